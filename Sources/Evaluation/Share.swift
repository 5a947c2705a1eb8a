/// So many of so many.
public struct Share: Equatable, Sendable {
  public let hits: Int
  public let count: Int

  public init(_ hits: Int, of count: Int) {
    self.hits = hits
    self.count = count
  }

  /// NaN when there is nothing to count.
  public var value: Double { count == 0 ? .nan : Double(hits) / Double(count) }

  /// Wilson's 95 % interval (1927), which stays inside 0 to 1 and holds for few rows too.
  public var interval: ClosedRange<Double> {
    guard count > 0 else { return 0...1 }
    let z = 1.959963984540054
    let n = Double(count)
    let centre = (value + z * z / (2 * n)) / (1 + z * z / n)
    let half =
      z / (1 + z * z / n) * (value * (1 - value) / n + z * z / (4 * n * n)).squareRoot()
    return max(0, centre - half)...min(1, centre + half)
  }
}

/// The area under the curve of precision over recall, as steps: no interpolation flatters it. Equal
/// scores are one step.
public enum AveragePrecision {
  /// NaN when no row is positive.
  public static func value(_ rows: [(score: Double, isPositive: Bool)]) -> Double {
    let positives = rows.count { $0.isPositive }
    guard positives > 0 else { return .nan }
    let sorted = rows.sorted { $0.score > $1.score }
    var (hits, misses, area, last) = (0, 0, 0.0, 0)
    for index in sorted.indices {
      if sorted[index].isPositive { hits += 1 } else { misses += 1 }
      let endsStep = index + 1 == sorted.count || sorted[index + 1].score != sorted[index].score
      guard endsStep else { continue }
      area +=
        Double(hits - last) / Double(positives) * Double(hits) / Double(hits + misses)
      last = hits
    }
    return area
  }
}
