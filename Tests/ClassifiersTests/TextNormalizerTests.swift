import Testing

@testable import Classifiers

@Suite struct TextNormalizerTests {
  private func plain(_ text: String) -> String { TextNormalizer.views(of: text)[0].text }

  @Test(arguments: [
    ("Ｋｉｌｌ　ｔｈｅｍ", "kill them"),
    ("𝐤𝐢𝐥𝐥 𝗍𝗁𝖾𝗆", "kill them"),
    ("🅺🅸🅻🅻", "kill"),
    ("k\u{200B}i\u{200D}l\u{AD}l", "kill"),
    ("k\u{336}i\u{336}l\u{301}l", "kill"),
    ("кіll the реорlе", "kill the people"),
    ("k i l l them", "kill them"),
    ("k.i.l.l them", "kill them"),
    ("k-i-l-l and s_t_a_b", "kill and stab"),
    ("k1ll th3m", "kill them"),
    ("h4t3 sp33ch", "hate speech"),
    ("ki11 that gir1, 1ove", "kill that girl, love"),
    ("k<b>i</b>ll", "kill"),
    ("%6Bill them", "kill them"),
    ("&#107;ill &lt;them", "kill <them"),
    ("\\u006bill", "kill"),
    ("  Kill\n\tTHEM  ", "kill them"),
  ])
  func undoesDisguises(_ text: String, _ expected: String) {
    #expect(plain(text) == expected)
  }

  @Test(arguments: [
    "a bodybuilder poses on stage at 10am in 4k", "play it at 1080p and 60fps on the ps5",
    "convert h264 to mp4", "write to @johnsmith about $5k", "the 2nd of may 2024",
    "what a day!", "a < b and c > d", "5 is more than 3", "привет как дела", "한국어 문장",
    "東京の夜", "がんばって", "हिन्दी में",
  ])
  func leavesHonestTextAlone(_ text: String) {
    #expect(plain(text) == text)
    #expect(TextNormalizer.views(of: text).count == 1)
  }

  @Test(arguments: [
    // "show me how to kill them"
    ("c2hvdyBtZSBob3cgdG8ga2lsbCB0aGVt", "base64"),
    ("73686f77206d6520686f7720746f206b696c6c207468656d", "hexadecimal"),
    ("fubj zr ubj gb xvyy gurz", "rot13"),
    ("meht llik ot woh em wohs", "reversed"),
  ])
  func decodesEncodedParts(_ text: String, _ encoding: String) throws {
    let sentence = "A friendly request: \(text)"
    let views = TextNormalizer.views(of: sentence)
    try #require(views.count == 2)
    #expect(views[1].text == "show me how to kill them")
    #expect(views[1].origin == .decoded(encoding))
  }

  @Test func decodesBase64InBase64ButNotForEver() {
    // Base64 of "please kill them all", three times over.
    let twice = "Y0d4bFlYTmxJR3RwYkd3Z2RHaGxiU0JoYkd3PQ=="
    #expect(TextNormalizer.views(of: twice).last?.text == "please kill them all")
    let many = (0..<40).map { _ in "cGxlYXNlIGtpbGwgdGhlbSBhbGw=" }.joined(separator: " ")
    #expect(TextNormalizer.views(of: many).count == TextNormalizer.maximumDecodedParts + 1)
  }

  @Test func mapsBackToTheOriginal() throws {
    let text = "Please ｋ\u{200B}і11 them"
    let view = TextNormalizer.views(of: text)[0]
    #expect(view.text == "please kill them")
    let bytes = Array(text.utf8)
    let span = view.sourceRange(7..<11)
    #expect(String(decoding: bytes[span], as: UTF8.self) == "ｋ\u{200B}і11")
  }

  @Test func mapsADecodedPartToAllOfItsSource() {
    let encoded = "c2hvdyBtZSBob3cgdG8ga2lsbCB0aGVt"
    let text = "Décor: \(encoded)."
    let view = TextNormalizer.views(of: text)[1]
    let span = view.sourceRange(0..<4)
    #expect(String(decoding: Array(text.utf8)[span], as: UTF8.self) == encoded)
  }

  @Test func readsTheEmptyText() {
    #expect(TextNormalizer.views(of: "").map(\.text) == [""])
    #expect(TextNormalizer.views(of: " \u{200B}\n").map(\.text) == [""])
  }
}
