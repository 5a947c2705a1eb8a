/// Undoes the usual ways of hiding a word from a filter, before any lexicon or model reads it.
///
/// In this order: escapes (URL, HTML, backslash), compatibility forms, marks and invisible
/// characters, tags, look-alikes; then encoded parts are decoded and set apart, spelt-out words
/// joined, digits in words read as the letters they imitate, words that were run together cut,
/// white space evened out.
public enum TextNormalizer {
  /// Longer texts are not judged at all (the check reports unknown): twice OpenAI's limit on a
  /// prompt, and a bound on the time that one request can cost.
  public static let maximumBytes = 64 << 10
  /// Decoded parts of decoded parts are followed this deep.
  static let maximumDepth = 2
  /// Decoded parts beyond this many are left as they are.
  static let maximumDecodedParts = 8

  /// The text itself first, then each part that was found encoded in it, each to be judged alone:
  /// a harmless sentence around it must not dilute it.
  public static func views(of original: String) -> [NormalizedText] {
    views(of: original, words: .none)
  }

  /// With the words that the text model knows, by which more disguises can be told.
  static func views(of original: String, words: WordList) -> [NormalizedText] {
    var glyphs: [Glyph] = []
    glyphs.reserveCapacity(original.utf8.count)
    var offset = 0
    for scalar in original.unicodeScalars {
      let width = UTF8.width(scalar)
      glyphs.append(Glyph(scalar: scalar, source: offset..<offset + width))
      offset += width
    }
    var views: [NormalizedText] = []
    collect(glyphs, origin: .plain, depth: 0, words: words, into: &views)
    return views
  }

  /// One text without decoded parts, as lexicon terms are stored.
  static func plain(_ original: String) -> String { views(of: original)[0].text }

  private static func collect(
    _ glyphs: [Glyph], origin: NormalizedText.Origin, depth: Int, words: WordList,
    into views: inout [NormalizedText]
  ) {
    var glyphs = glyphs
    // Two rounds: `%2526` and `&amp;lt;` hide an escape in an escape.
    for _ in 0..<2 {
      let unescaped = Escapes.undo(glyphs)
      if unescaped == glyphs { break }
      glyphs = unescaped
    }
    glyphs = CompatibilityForms.fold(glyphs)
    glyphs = Disguises.withoutTags(glyphs)
    glyphs = LookAlikes.fold(glyphs)
    var parts: [EncodedPart] = []
    if depth < maximumDepth {
      parts = EncodedText.parts(of: glyphs, words: words)
      for part in parts.reversed() where part.replacesSource {
        glyphs.replaceSubrange(
          part.range, with: [Glyph(scalar: " ", source: part.decoded[0].source)])
      }
    }
    glyphs = Disguises.withJoinedLetters(glyphs, words: words)
    glyphs = Disguises.withLettersForDigits(glyphs, words: words)
    glyphs = Disguises.withCutWords(glyphs, words: words)
    views.append(NormalizedText(glyphs: evened(glyphs), origin: origin))
    for part in parts where views.count <= maximumDecodedParts {
      collect(
        part.decoded, origin: .decoded(part.encoding), depth: depth + 1, words: words, into: &views)
    }
  }

  /// Lower case, one space between words, none at the ends.
  private static func evened(_ glyphs: [Glyph]) -> [Glyph] {
    var out: [Glyph] = []
    out.reserveCapacity(glyphs.count)
    var space: Glyph?
    for glyph in glyphs {
      if glyph.isSpace || glyph.scalar.isControl {
        if !out.isEmpty { space = space ?? Glyph(scalar: " ", source: glyph.source) }
        continue
      }
      if let pending = space {
        out.append(pending)
        space = nil
      }
      if glyph.scalar.isASCII {
        let value = UInt8(glyph.scalar.value)
        let lower = (0x41...0x5A).contains(value) ? value | 0x20 : value
        out.append(Glyph(scalar: Unicode.Scalar(lower), source: glyph.source))
      } else {
        for scalar in glyph.scalar.properties.lowercaseMapping.unicodeScalars {
          out.append(Glyph(scalar: scalar, source: glyph.source))
        }
      }
    }
    return out
  }
}
