/// A character of a text that is being normalised, and the bytes of the original it stands for.
struct Glyph: Equatable {
  var scalar: Unicode.Scalar
  /// UTF-8 offsets in the original text.
  var source: Range<Int>

  var isWord: Bool {
    if scalar.isASCII { return isASCIILetter || isDigit }
    let properties = scalar.properties
    return properties.isAlphabetic || properties.numericType != nil
  }
  var isASCIILetter: Bool { (0x61...0x7A).contains(scalar.value | 0x20) }
  var isDigit: Bool { (0x30...0x39).contains(scalar.value) }
  var isSpace: Bool { scalar.isWhitespace }

  /// All of the original that `glyphs` (not empty) stand for. They need not stand in its order:
  /// backward writing is read from its end.
  static func source(of glyphs: some Collection<Glyph>) -> Range<Int> {
    let lower = glyphs.lazy.map(\.source.lowerBound).min() ?? 0
    return lower..<(glyphs.lazy.map(\.source.upperBound).max() ?? lower)
  }
}

extension Unicode.Scalar {
  /// The Unicode property White_Space. ASCII without a look into Unicode's tables, for most of all
  /// text is that.
  var isWhitespace: Bool {
    isASCII ? value == 0x20 || (0x09...0x0D).contains(value) : properties.isWhitespace
  }

  /// The general category Cc.
  var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }
}

/// Text as the classifiers read it: lower case, one space between words, disguises undone.
public struct NormalizedText: Equatable, Sendable {
  /// What this text is of the original.
  public enum Origin: Equatable, Sendable {
    /// The text itself.
    case plain
    /// Decoded out of a part of it: base64, hexadecimal, rot13 or backward writing.
    case decoded(String)
  }

  public let text: String
  public let origin: Origin
  /// For each byte of `text`, the original's bytes it came from.
  private let sources: [Range<Int>]

  init(glyphs: [Glyph], origin: Origin) {
    var scalars = String.UnicodeScalarView()
    var sources: [Range<Int>] = []
    for glyph in glyphs {
      scalars.append(glyph.scalar)
      for _ in 0..<UTF8.width(glyph.scalar) { sources.append(glyph.source) }
    }
    text = String(scalars)
    self.origin = origin
    self.sources = sources
  }

  /// The original's UTF-8 offsets that `range` of `text` (UTF-8 offsets, not empty) came from.
  public func sourceRange(_ range: Range<Int>) -> Range<Int> {
    let parts = sources[range]
    let lower = parts.map(\.lowerBound).min() ?? 0
    return lower..<(parts.map(\.upperBound).max() ?? lower)
  }
}
