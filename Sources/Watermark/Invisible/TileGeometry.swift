import Glibc

/// How a residual's pixels lie over the tile's: x' = Rot(-rotation) diag(s √a, s / √a) x.
struct TileGeometry: Equatable, Sendable {
  /// Canonical pixels of the marked original for one of the picture at hand: below 1 after a crop.
  var scale = 1.0
  /// Degrees.
  var rotation = 0.0
  /// Stretch of width against height.
  var aspect = 1.0

  var across: Double { scale * aspect.squareRoot() }
  var down: Double { scale / aspect.squareRoot() }
  var cosine: Double { cos(rotation * .pi / 180) }
  var sine: Double { sin(rotation * .pi / 180) }
}

/// A turn by quarters, with or without a mirror: the lattice of carriers looks the same in all eight.
enum Orientation: Int, CaseIterable, Sendable {
  case upright, quarter, half, threeQuarters
  case mirrored, mirroredQuarter, mirroredHalf, mirroredThreeQuarters

  var isMirrored: Bool { rawValue >= 4 }
  var degrees: Int { rawValue % 4 * 90 }

  /// Where a carrier of the upright tile stands in the spectrum at hand.
  func place(_ carrier: CarrierPlan.Frequency) -> Int {
    var (u, v) = (isMirrored ? -carrier.u : carrier.u, carrier.v)
    for _ in 0..<rawValue % 4 { (u, v) = (-v, u) }
    let side = CarrierPlan.side
    return (v & (side - 1)) * side + (u & (side - 1))
  }
}
