/// Says whether the visible mark stands where its path says, frame by frame.
///
/// The score is the normalised cross-correlation of the frame's luma with the letters' coverage,
/// over the inside of the plate; its sign (light or dark letters) does not matter. A marked frame
/// scores near 1; pictures without the mark stay below 0.3, since fine letter strokes are
/// orthogonal to most of what pictures are made of.
public struct VisibleMarkDetector: Sendable {
  /// A frame counts as marked at or above this score.
  public static let threshold = 0.5

  public let geometry: MarkGeometry

  public init(geometry: MarkGeometry) {
    self.geometry = geometry
  }

  /// The best score among the placements of this time: one outside a jump, two within it.
  ///
  /// - Precondition: `luma` holds `frameHeight` rows, `stride` bytes apart.
  public func score(luma: Span<UInt8>, stride: Int, at time: Double) -> Double {
    var best = 0.0
    for (_, box) in geometry.boxes(at: time) {
      best = max(best, correlation(luma, stride: stride, box: box))
    }
    return best
  }

  public func isMarked(luma: Span<UInt8>, stride: Int, at time: Double) -> Bool {
    score(luma: luma, stride: stride, at: time) >= Self.threshold
  }

  private func correlation(
    _ luma: Span<UInt8>, stride: Int, box: MarkGeometry.Box
  ) -> Double {
    let plate = geometry.plate.span
    let glyphs = geometry.glyphs.span
    var count = 0
    var sumA = 0
    var sumB = 0
    var squaresA = 0
    var squaresB = 0
    var products = 0
    for y in 0..<box.height {
      var source = y * box.width
      var target = (box.y + y) * stride + box.x
      for _ in 0..<box.width {
        if plate[source] == 255 {
          let a = Int(luma[target])
          let b = Int(glyphs[source])
          count &+= 1
          sumA &+= a
          sumB &+= b
          squaresA &+= a &* a
          squaresB &+= b &* b
          products &+= a &* b
        }
        source &+= 1
        target &+= 1
      }
    }
    guard count > 0 else { return 0 }
    let n = Double(count)
    let covariance = Double(products) - Double(sumA) * Double(sumB) / n
    let varianceA = Double(squaresA) - Double(sumA) * Double(sumA) / n
    let varianceB = Double(squaresB) - Double(sumB) * Double(sumB) / n
    // A flat box holds no letters; without this guard rounding would divide by almost nothing.
    guard varianceA > n, varianceB > 0 else { return 0 }
    return abs(covariance) / (varianceA * varianceB).squareRoot()
  }
}
