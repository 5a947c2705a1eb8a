import Pixels

/// Lays a residual over the tile as a geometry says and adds up what falls on each of its places.
enum TileFold {
  private static let side = CarrierPlan.side

  /// Sum over the square root of the count, so that every place has the same noise.
  static func fold(_ residual: FloatPlane, _ geometry: TileGeometry) -> [Float] {
    var sums = [Float](repeating: 0, count: side * side)
    var counts = sums
    let (width, height) = (residual.width, residual.height)
    let columns = Int((Double(width) * geometry.across).rounded())
    let rows = Int((Double(height) * geometry.down).rounded())
    // From places over the tile to pixels of the residual, centre upon centre.
    let (c, s) = (geometry.cosine, geometry.sine)
    let matrix = (
      c / geometry.across, -s / geometry.across, s / geometry.down, c / geometry.down
    )
    let middleX = Double(columns - 1) / 2
    let middleY = Double(rows - 1) / 2
    residual.values.withUnsafeBufferPointer { values in
      sums.withUnsafeMutableBufferPointer { sums in
        counts.withUnsafeMutableBufferPointer { counts in
          for y in 0..<rows {
            let dy = Double(y) - middleY
            let startX = Double(width - 1) / 2 - matrix.0 * middleX + matrix.1 * dy
            let startY = Double(height - 1) / 2 - matrix.2 * middleX + matrix.3 * dy
            let range = Self.inside(startX, matrix.0, limit: width - 1, count: columns)
              .clamped(to: Self.inside(startY, matrix.2, limit: height - 1, count: columns))
            let target = (y & (side - 1)) * side
            foldRow(
              values, width: width, start: (startX, startY), step: (matrix.0, matrix.2), range,
              sums.baseAddress! + target, counts.baseAddress! + target)
          }
        }
      }
    }
    for index in sums.indices where counts[index] > 0 {
      sums[index] /= counts[index].squareRoot()
    }
    return sums
  }

  /// The places x for which start + step x stays within 0...limit, by a pixel's margin at the end.
  private static func inside(
    _ start: Double, _ step: Double, limit: Int, count: Int
  ) -> Range<Int> {
    // Beyond rounding of the fixed-point steps.
    let (low, high) = (0.0, Double(limit) - 0.01)
    guard abs(step) > 1e-9 else { return start >= low && start < high ? 0..<count : 0..<0 }
    let (a, b) = ((low - start) / step, (high - start) / step)
    let first = max(Int(min(a, b).rounded(.up)), 0)
    let last = min(Int(max(a, b).rounded(.down)), count - 1)
    return first <= last ? first..<last + 1 : 0..<0
  }

  /// One row by bilinear interpolation, in steps of 1/65536 pixel.
  @inline(__always)
  private static func foldRow(
    _ values: UnsafeBufferPointer<Float>, width: Int, start: (Double, Double),
    step: (Double, Double), _ range: Range<Int>, _ sums: UnsafeMutablePointer<Float>,
    _ counts: UnsafeMutablePointer<Float>
  ) {
    guard !range.isEmpty else { return }
    let (stepX, stepY) = (Int(step.0 * 65536), Int(step.1 * 65536))
    var x = max(Int((start.0 + step.0 * Double(range.lowerBound)) * 65536), 0)
    var y = max(Int((start.1 + step.1 * Double(range.lowerBound)) * 65536), 0)
    let base = values.baseAddress!
    for place in range {
      let top = base + ((y >> 16) &* width &+ (x >> 16))
      let fx = Float(x & 0xFFFF) * 0x1p-16
      let fy = Float(y & 0xFFFF) * 0x1p-16
      let upper = top[0] + (top[1] - top[0]) * fx
      let lower = top[width] + (top[width + 1] - top[width]) * fx
      let index = place & (side - 1)
      sums[index] += upper + (lower - upper) * fy
      counts[index] += 1
      x &+= stepX
      y &+= stepY
    }
  }
}
