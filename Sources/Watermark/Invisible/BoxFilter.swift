/// Moving averages over a plane of numbers. A window that reaches over the picture's edge sees the
/// edge's pixels repeated.
///
/// Sums are formed anew for each window rather than carried along: rounding errors do not
/// accumulate, and compilers turn the row-wise additions into vector code.
struct BoxFilter {
  private var sums: [Float] = []
  private var padded: [Float] = []

  /// Writes the mean over `2 * radius + 1` pixels a side of `source` into `target`, a different buffer
  /// of the same size.
  mutating func apply(
    _ source: [Float], into target: inout [Float], width: Int, height: Int, radius: Int
  ) {
    let norm = 1 / Float((2 * radius + 1) * (2 * radius + 1))
    let paddedWidth = width + 2 * radius
    if padded.count != paddedWidth { padded = [Float](repeating: 0, count: paddedWidth) }
    if sums.count != paddedWidth { sums = [Float](repeating: 0, count: paddedWidth) }
    source.withUnsafeBufferPointer { source in
      target.withUnsafeMutableBufferPointer { target in
        padded.withUnsafeMutableBufferPointer { padded in
          sums.withUnsafeMutableBufferPointer { sums in
            let row = padded.baseAddress! + radius
            for y in 0..<height {
              Self.sumColumns(
                source.baseAddress!, row, y: y, width: width, height: height, radius: radius)
              for x in 0..<radius {
                padded[x] = row[0]
                row[width + x] = row[width - 1]
              }
              Self.sumRow(
                padded.baseAddress!, sums.baseAddress!, target.baseAddress! + y * width,
                width: width, radius: radius, norm: norm)
            }
          }
        }
      }
    }
  }

  /// The sums over the `2 * radius + 1` rows around `y`, added from the top down whatever the radius. The
  /// usual radii read each row once and write the sum once.
  @inline(__always)
  private static func sumColumns(
    _ source: UnsafePointer<Float>, _ sums: UnsafeMutablePointer<Float>, y: Int, width: Int,
    height: Int, radius: Int
  ) {
    func row(_ offset: Int) -> UnsafePointer<Float> {
      source + min(max(y + offset, 0), height - 1) * width
    }
    switch radius {
    case 2:
      let (a, b, c, d, e) = (row(-2), row(-1), row(0), row(1), row(2))
      for x in 0..<width { sums[x] = a[x] + b[x] + c[x] + d[x] + e[x] }
    case 3:
      let (a, b, c, d, e, f, g) = (row(-3), row(-2), row(-1), row(0), row(1), row(2), row(3))
      for x in 0..<width {
        let upper = a[x] + b[x] + c[x] + d[x]
        sums[x] = upper + e[x] + f[x] + g[x]
      }
    default:
      sums.update(from: row(-radius), count: width)
      for offset in (1 - radius)...radius {
        let next = row(offset)
        for x in 0..<width { sums[x] += next[x] }
      }
    }
  }

  @inline(__always)
  private static func sumRow(
    _ padded: UnsafeMutablePointer<Float>, _ pairs: UnsafeMutablePointer<Float>,
    _ target: UnsafeMutablePointer<Float>, width: Int, radius: Int, norm: Float
  ) {
    // Sums of two, so that a window of 2r + 1 takes r + 1 additions.
    let count = width + 2 * radius - 1
    for x in 0..<count { pairs[x] = padded[x] + padded[x + 1] }
    switch radius {
    case 2:
      for x in 0..<width { target[x] = (pairs[x] + pairs[x + 2] + padded[x + 4]) * norm }
    case 3:
      for x in 0..<width {
        target[x] = (pairs[x] + pairs[x + 2] + pairs[x + 4] + padded[x + 6]) * norm
      }
    case 4:
      for x in 0..<width {
        target[x] =
          (pairs[x] + pairs[x + 2] + pairs[x + 4] + pairs[x + 6] + padded[x + 8]) * norm
      }
    default:
      for x in 0..<width {
        var sum: Float = 0
        for tap in 0...2 * radius { sum += padded[x + tap] }
        target[x] = sum * norm
      }
    }
  }
}
