import Testing

@testable import Classifiers

@Suite struct LanguageGateTests {
  private let words = WordList(
    vocabulary: """
      the
      a
      of
      and
      to
      in
      is
      dog
      runs
      along
      beach
      with
      happy
      child
      behind
      it
      """)

  private func isUnread(_ text: String) -> Bool {
    LanguageGate.isUnread(TextNormalizer.views(of: text, words: words)[0], words: words)
  }

  @Test(arguments: [
    "สุนัขวิ่งบนชายหาดตอนพระอาทิตย์ตก", "כלב רץ לאורך החוף בשקיעה", "Ένας σκύλος τρέχει στην παραλία",
    "შაბათს ძაღლი გარბის პლაჟზე",
    "Mbwa anakimbia kando ya bahari wakati jua linatua jioni",
    "Koira juoksee rannalla auringon laskiessa hitaasti mereen",
  ])
  func knowsWhatItCannotRead(_ text: String) { #expect(isUnread(text)) }

  @Test(arguments: [
    "A dog runs along the beach with a happy child behind it", "It is a dog",
    "Ein Hund läuft mit dem Kind auf der Wiese und bellt",
    "Un perro corre por la playa con una niña",
    "Un chien court sur la plage avec une fille dans le vent", "Собака бежит по пляжу", "一只狗在海滩上奔跑",
    "犬がビーチを走っている", "개가 해변을 달린다", "كلب يركض على الشاطئ", "एक कुत्ता समुद्र तट पर दौड़ता है", "Nairobi!",
    "Παρίσι",
  ])
  func leavesTheOthersToTheModelAndTheLists(_ text: String) { #expect(!isUnread(text)) }
}
