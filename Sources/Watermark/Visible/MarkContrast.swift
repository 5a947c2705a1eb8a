import Glibc

/// How opaque the mark's plate must be over a background, so that its letters read.
///
/// Contrast is WCAG 2's: (L1 + 0.05) / (L2 + 0.05) of relative luminances; here of the luma signal
/// alone, linearised with sRGB's curve.
struct MarkContrast: Sendable {
  /// WCAG 2.2, success criterion 1.4.3, for text of any size.
  static let minimumRatio = 4.5
  /// Aimed at, so that the codec's loss and the background's grain do not undercut the minimum.
  static let aimedRatio = 5.4
  static let plateOpacity = 0.35...0.85
  static let glyphOpacity = 0.85

  /// Dark letters on a light plate, or light letters on a dark plate.
  enum Polarity: Sendable {
    case lightOnDark
    case darkOnLight

    /// Luma from 0 to 1. Neither is the signal's limit: rounding and ringing need room.
    var plate: Double { self == .lightOnDark ? 0.03 : 0.97 }
    var glyph: Double { self == .lightOnDark ? 1.0 : 0.02 }
  }

  /// Bright scenes carry a light plate, all others a dark one.
  static func polarity(backgroundMean mean: Double) -> Polarity {
    mean > 0.62 ? .darkOnLight : .lightOnDark
  }

  /// The least plate opacity that reaches ``aimedRatio`` over a background of this mean and
  /// standard deviation of luma (0 to 1).
  static func plateOpacity(mean: Double, deviation: Double, polarity: Polarity) -> Double {
    // The unfavourable side: bright parts under light letters, dark parts under dark ones.
    let worst =
      polarity == .lightOnDark ? min(1, mean + deviation) : max(0, mean - deviation)
    var opacity = plateOpacity.lowerBound
    while opacity < plateOpacity.upperBound {
      let plate = worst + (polarity.plate - worst) * opacity
      let glyph = plate + (polarity.glyph - plate) * glyphOpacity
      if ratio(plate, glyph) >= aimedRatio { return opacity }
      opacity += 0.01
    }
    return plateOpacity.upperBound
  }

  /// Contrast ratio of two lumas from 0 to 1, whichever is the brighter.
  static func ratio(_ a: Double, _ b: Double) -> Double {
    let (low, high) = (min(luminance(a), luminance(b)), max(luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)
  }

  private static func luminance(_ luma: Double) -> Double {
    let value = min(max(luma, 0), 1)
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }
}
