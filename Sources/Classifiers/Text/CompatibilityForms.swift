// Foundation for one property: the standard library keeps its compatibility decomposition
// (UAX #15, NFKD) to itself.
import Foundation

/// Full-width, mathematical, circled, ligature and other compatibility forms to plain characters;
/// combining marks and characters that show nothing are dropped.
enum CompatibilityForms {
  static func fold(_ glyphs: [Glyph]) -> [Glyph] {
    guard glyphs.contains(where: { !$0.scalar.isASCII }) else { return glyphs }
    var out: [Glyph] = []
    out.reserveCapacity(glyphs.count)
    for glyph in glyphs {
      if glyph.scalar.isASCII {
        out.append(glyph)
      } else if isKept(glyph.scalar) {
        if !isDropped(glyph.scalar) { out.append(glyph) }
      } else {
        for scalar in decomposed(glyph.scalar) where !isDropped(scalar) {
          out.append(Glyph(scalar: scalar, source: glyph.source))
        }
      }
    }
    return out
  }

  /// Hangul syllables, kana and unified ideographs are what their readers write; taking them apart
  /// would only make other words of them.
  private static func isKept(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x3041...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7A3, 0x20000...0x3FFFF:
      true
    default: false
    }
  }

  /// Format characters (zero width, direction, soft hyphen, tags), variation selectors, and marks
  /// set over or through any letter. Vowel signs that belong to a script are letters to it: kept.
  private static func isDropped(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0300...0x036F, 0x0483...0x0489, 0x1AB0...0x1AFF, 0x1DC0...0x1DFF, 0x20D0...0x20FF,
      0xFE00...0xFE0F, 0xFE20...0xFE2F, 0xE0000...0xE0FFF:
      return true
    case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, 0x2800:
      // They take no ink but are not of category Cf.
      return true
    default:
      return scalar.properties.generalCategory == .format
    }
  }

  private static func decomposed(_ scalar: Unicode.Scalar) -> String.UnicodeScalarView {
    // Squared and circled Latin letters (U+1F130-1F189) are symbols without a decomposition in
    // part of the block.
    switch scalar.value {
    case 0x1F130...0x1F149: return letter(scalar.value - 0x1F130)
    case 0x1F150...0x1F169: return letter(scalar.value - 0x1F150)
    case 0x1F170...0x1F189: return letter(scalar.value - 0x1F170)
    case 0x1F1E6...0x1F1FF: return letter(scalar.value - 0x1F1E6)
    default: return String(scalar).decomposedStringWithCompatibilityMapping.unicodeScalars
    }
  }

  private static func letter(_ index: UInt32) -> String.UnicodeScalarView {
    String(Unicode.Scalar(UInt8(0x61 + index))).unicodeScalars
  }
}
