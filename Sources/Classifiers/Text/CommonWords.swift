/// How much a run of characters reads like English: the share of its words that are among the most
/// common ones.
enum CommonWords {
  static func share(_ glyphs: [Glyph]) -> Double {
    var total = 0
    var common = 0
    var word = ""
    func finish() {
      guard !word.isEmpty else { return }
      total += 1
      if words.contains(word) { common += 1 }
      word = ""
    }
    for glyph in glyphs {
      if glyph.isASCIILetter {
        word.unicodeScalars.append(Unicode.Scalar(glyph.scalar.value | 0x20)!)
      } else if glyph.scalar != "'" {
        finish()
      }
    }
    finish()
    return total == 0 ? 0 : Double(common) / Double(total)
  }

  private static let words = Set(
    """
    the a an of and to in is on for with that it you i are be this as at from by or not have was \
    but they his her my your we he she all can will who people man woman into out up how what \
    where when there their one so do like me just about if no more some while over make show then \
    him them us its than get go does did been has had
    """.split(separator: " ").map(String.init))
}
