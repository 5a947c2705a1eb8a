/// Finds bars around a picture: rows and columns that stay the same over space and time.
public struct FlatBorders: Sendable {
  /// The part inside the bars, in pixels.
  public struct Box: Equatable, Sendable {
    public let x: Int
    public let y: Int
    public let width: Int
    public let height: Int
  }

  /// One frame in this many is looked at, of the first ``frameLimit``.
  static let step = 4
  static let frameLimit = 240
  /// Luma steps that compression may make in a bar.
  private static let tolerance = 6
  /// Of each row and column this share may differ: a logo's edge, a subtitle's corner.
  private static let outliers = 0.02

  private var width = 0
  private var height = 0
  private var lowest: [UInt8] = []
  private var highest: [UInt8] = []
  private var seen = 0

  public init() {}

  /// - Precondition: `height` rows, `stride` bytes apart.
  public mutating func add(luma: Span<UInt8>, width: Int, height: Int, stride: Int) {
    defer { seen += 1 }
    guard seen % Self.step == 0, seen < Self.frameLimit else { return }
    if lowest.isEmpty {
      self.width = width
      self.height = height
      lowest = [UInt8](repeating: 255, count: width * height)
      highest = [UInt8](repeating: 0, count: width * height)
    }
    guard width == self.width, height == self.height else { return }
    luma.withUnsafeBufferPointer { luma in
      lowest.withUnsafeMutableBufferPointer { lowest in
        highest.withUnsafeMutableBufferPointer { highest in
          for y in 0..<height {
            let row = luma.baseAddress! + y * stride
            let low = lowest.baseAddress! + y * width
            let high = highest.baseAddress! + y * width
            for x in 0..<width {
              low[x] = row[x] < low[x] ? row[x] : low[x]
              high[x] = row[x] > high[x] ? row[x] : high[x]
            }
          }
        }
      }
    }
  }

  /// The inside of the bars; nil when there are none worth cutting or too little is left.
  public var inside: Box? {
    guard !lowest.isEmpty else { return nil }
    let rows = busy(count: height, length: width, start: { $0 * self.width }, step: 1)
    let columns = busy(count: width, length: height, start: { $0 }, step: width)
    guard let rows, let columns else { return nil }
    let box = Box(
      x: columns.lowerBound, y: rows.lowerBound, width: columns.count, height: rows.count)
    guard box.width >= 64, box.height >= 64,
      Double(box.width * box.height) <= 0.97 * Double(width * height)
    else { return nil }
    return box
  }

  /// From the first to the last line that is no bar: that changes over space or time, or stays at
  /// another level than the picture's edge does. A scene may well be flat beside its bars.
  private func busy(
    count: Int, length: Int, start: (Int) -> Int, step: Int
  ) -> Range<Int>? {
    /// The lowest and highest value of a line, but for outliers.
    func extremes(_ line: Int) -> (low: Int, high: Int) {
      var lows = [Int](repeating: 0, count: 256)
      var highs = lows
      var index = start(line)
      for _ in 0..<length {
        lows[Int(lowest[index])] += 1
        highs[Int(highest[index])] += 1
        index += step
      }
      let skipped = Int(Double(length) * Self.outliers)
      return (
        Self.percentile(lows, skipped), 255 - Self.percentile(highs.reversed(), skipped)
      )
    }
    func isBar(_ line: Int, _ edge: (low: Int, high: Int)) -> Bool {
      let own = extremes(line)
      return max(own.high, edge.high) - min(own.low, edge.low) <= Self.tolerance
    }
    let edges = (extremes(0), extremes(count - 1))
    guard let first = (0..<count).first(where: { !isBar($0, edges.0) }),
      let last = (first..<count).last(where: { !isBar($0, edges.1) })
    else { return nil }
    return first..<last + 1
  }

  /// The first value after `skipped` entries of a histogram.
  private static func percentile(_ histogram: some Sequence<Int>, _ skipped: Int) -> Int {
    var left = skipped
    for (value, entries) in histogram.enumerated() {
      if entries > left { return value }
      left -= entries
    }
    return 255
  }
}
