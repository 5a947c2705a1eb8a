/// Tells texts that the text model cannot read. Its vocabulary is English; it was trained on rows of
/// a few other languages too, and the word lists cover those. Of any other language the honest answer
/// is that nobody has judged the text.
enum LanguageGate {
  /// Fewer letters than this are a name or an exclamation; the model's score of them does no harm.
  private static let fewestLetters = 8
  /// With fewer words, too little speaks against English.
  private static let fewestWords = 6
  /// English has 0.7 and more of its words in the vocabulary, misspelt English half.
  private static let knownShare = 0.3
  /// The words below are about a third of any text in their languages.
  private static let commonShare = 0.12

  /// Whether `text`, normalised, is in a language that nothing here was trained on.
  static func isUnread(_ text: NormalizedText, words: WordList) -> Bool {
    var letters = 0
    var strange = 0
    var hasLatin = false
    for scalar in text.text.unicodeScalars where scalar.properties.isAlphabetic {
      letters += 1
      if scalar.isASCII { hasLatin = true }
      if !isReadScript(scalar.value) { strange += 1 }
    }
    guard letters >= fewestLetters else { return false }
    if strange * 3 > letters { return true }
    return hasLatin && isUnreadLatin(text.text, words)
  }

  /// Latin, Cyrillic, Arabic, Devanagari, kana, ideographs and hangul.
  private static func isReadScript(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x41...0x24F, 0x400...0x4FF, 0x600...0x6FF, 0x750...0x77F, 0x900...0x97F,
      0x1E00...0x1EFF, 0x3041...0x30FF, 0x3400...0x9FFF, 0xAC00...0xD7A3, 0x1100...0x11FF:
      true
    default: false
    }
  }

  private static func isUnreadLatin(_ text: String, _ words: WordList) -> Bool {
    guard !words.isEmpty else { return false }
    let found = text.split { !$0.isLetter }.map(String.init)
    let long = found.filter { $0.utf8.count > 2 && $0.utf8.allSatisfy { $0 < 0x80 } }
    guard long.count >= fewestWords else { return false }
    let known = long.count { words.contains($0) }
    guard Double(known) < knownShare * Double(long.count) else { return false }
    let common = found.count { commonWords.contains($0) }
    return Double(common) < commonShare * Double(found.count)
  }

  /// Common words of the Latin-script languages among the training rows: Spanish, French, German,
  /// Italian, Portuguese. Without marks, as the normaliser leaves them.
  private static let commonWords = Set(
    """
    de la el que y en un una los las por con para del se es su al como mas le et les des est dans \
    une pour qui sur pas ce il au avec ne plus par der die und das ist nicht den von zu mit sich \
    auf ein eine dem im auch wie er sie wir ich aus nach bei il di che non per sono con da gli \
    della nel piu uno o os as do dos da em um uma nao na no com mais ao foi muito esta este
    """.split(separator: " ").map(String.init))
}
