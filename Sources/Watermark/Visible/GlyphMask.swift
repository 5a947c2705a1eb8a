/// Ink as coverage: how much of each pixel the letters cover, 0 to 255, row by row from the top.
public struct GlyphMask: Equatable, Sendable {
  public let width: Int
  public let height: Int
  public let coverage: [UInt8]

  /// Nil when a side is not positive or `coverage` is not exactly `width * height` bytes.
  public init?(width: Int, height: Int, coverage: [UInt8]) {
    guard width > 0, height > 0 else { return nil }
    let (area, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, coverage.count == area else { return nil }
    self.width = width
    self.height = height
    self.coverage = coverage
  }

  /// Lines under each other, centred, `gap` pixels apart. Nil without a line.
  public static func stack(_ lines: [GlyphMask], gap: Int) -> GlyphMask? {
    guard let width = lines.map(\.width).max() else { return nil }
    let gap = max(gap, 0)
    let height = lines.reduce(0) { $0 + $1.height } + gap * (lines.count - 1)
    var coverage = [UInt8](repeating: 0, count: width * height)
    var top = 0
    for line in lines {
      let left = (width - line.width) / 2
      for y in 0..<line.height {
        let target = (top + y) * width + left
        coverage.replaceSubrange(
          target..<target + line.width,
          with: line.coverage[y * line.width..<(y + 1) * line.width])
      }
      top += line.height + gap
    }
    return GlyphMask(width: width, height: height, coverage: coverage)
  }

  /// The smallest part that holds all the ink; nil when there is none.
  public func trimmed() -> GlyphMask? {
    var left = width
    var right = -1
    var top = height
    var bottom = -1
    for y in 0..<height {
      for x in 0..<width where coverage[y * width + x] > 0 {
        left = min(left, x)
        right = max(right, x)
        top = min(top, y)
        bottom = y
      }
    }
    guard right >= left else { return nil }
    var kept: [UInt8] = []
    kept.reserveCapacity((right - left + 1) * (bottom - top + 1))
    for y in top...bottom {
      kept += coverage[y * width + left...y * width + right]
    }
    return GlyphMask(width: right - left + 1, height: bottom - top + 1, coverage: kept)
  }
}
