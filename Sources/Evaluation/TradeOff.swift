/// What a single bound on a score would do: how many unsafe rows it stops, how many benign ones it
/// lets through, for every bound.
public struct TradeOff: Equatable, Sendable {
  public struct Point: Equatable, Sendable {
    /// Stops rows whose score reaches it.
    public let bound: Double
    /// Share of the unsafe rows.
    public let stopped: Double
    /// Share of the benign rows.
    public let passed: Double
  }

  public let name: String
  public let unsafeCount: Int
  public let benignCount: Int
  /// From the strictest bound to the one that stops nothing.
  public let points: [Point]

  /// - Parameter scores: of unsafe and of benign rows; both not empty, or there are no points.
  public init(name: String, unsafe: [Double], benign: [Double]) {
    self.name = name
    unsafeCount = unsafe.count
    benignCount = benign.count
    guard !unsafe.isEmpty, !benign.isEmpty else {
      points = []
      return
    }
    let (positive, negative) = (unsafe.sorted(by: >), benign.sorted(by: >))
    var points = [Point(bound: 1.0.nextUp, stopped: 0, passed: 1)]
    var (hits, misses) = (0, 0)
    for bound in Set(positive + negative).sorted(by: >) {
      while hits < positive.count, positive[hits] >= bound { hits += 1 }
      while misses < negative.count, negative[misses] >= bound { misses += 1 }
      points.append(
        Point(
          bound: bound, stopped: Double(hits) / Double(positive.count),
          passed: 1 - Double(misses) / Double(negative.count)))
    }
    self.points = points.reversed()
  }

  /// The bound that stops most while at least `share` of the benign rows pass; nil when none is
  /// known.
  public func point(passingAtLeast share: Double) -> Point? {
    points.first { $0.passed >= share }
  }

  /// For each category that has rows, its own score's curve over the benign rows; first the highest
  /// score of all.
  public static func curves(
    rows: [LabelledRow], predictions: [String: Prediction]
  ) -> [TradeOff] {
    let known = rows.compactMap { row in predictions[row.id].map { (row, $0) } }
    let benign = known.filter { !$0.0.isUnsafe }.map(\.1)
    let core = known.filter { $0.0.isUnsafe && $0.0.tier == "core" }.map(\.1)
    let whole = TradeOff(
      name: "highest score", unsafe: core.map(\.top), benign: benign.map(\.top))
    return [whole]
      + Scorecard.categories.compactMap { name in
        let positive = known.filter { $0.0.isUnsafe && $0.0.categories.contains(name) }.map(\.1)
        let curve = TradeOff(
          name: name, unsafe: positive.map { $0.score(name) }, benign: benign.map { $0.score(name) }
        )
        return curve.points.isEmpty ? nil : curve
      }
  }
}
