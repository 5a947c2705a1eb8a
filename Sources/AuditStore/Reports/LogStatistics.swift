import Bytes
public import StrictJSON

/// Counts over a stretch of the log: what was decided, by which rule, how often a person thought
/// otherwise, and how long it took.
public struct LogStatistics: Equatable, Sendable {
  /// Decisions by outcome: `allow`, `flag`, `review`, `block`.
  public typealias Outcomes = [String: Int]

  public struct RuleCount: Equatable, Sendable {
    /// Leaves in which it fired, by its own outcome.
    public var fired: Outcomes = [:]
    /// Leaves in which it fired and was not enforced.
    public var shadow = 0
    /// Leaves in which it could not be evaluated.
    public var unknown = 0
    /// Decisions it had a part in that a person reversed.
    public var reversed = 0
  }

  public struct Review: Equatable, Sendable {
    /// Decisions that a person took.
    public var decisions = 0
    /// Refused or held by a rule, allowed by a person.
    public var overRefusals = 0
    /// Allowed by a rule, refused by a person.
    public var overAllowances = 0
  }

  public internal(set) var leaves = 0
  public internal(set) var decisions = 0
  /// Leaves that could not be read; `assay audit verify` says more.
  public internal(set) var unreadable = 0
  public internal(set) var kinds: [String: Int] = [:]
  public internal(set) var stages: [String: Outcomes] = [:]
  public internal(set) var categories: [String: Outcomes] = [:]
  public internal(set) var rules: [String: RuleCount] = [:]
  /// By day, `2026-11-22`.
  public internal(set) var days: [String: Outcomes] = [:]
  public internal(set) var review = Review()
  /// From the request's decision to its release.
  public internal(set) var releaseTime = Durations()
  /// From a decision that held or refused to the person's.
  public internal(set) var reviewTime = Durations()

  /// Of all that a person looked at, the share that had been refused or held without need; nil
  /// when nobody looked at any.
  public var overRefusalShare: Double? {
    review.decisions == 0 ? nil : Double(review.overRefusals) / Double(review.decisions)
  }
}

/// Durations in milliseconds. At most this many are kept, evenly drawn; the count is exact.
public struct Durations: Equatable, Sendable {
  /// Enough for a median within half a per cent.
  private static let sampleLimit = 40_000

  public private(set) var count = 0
  private var sample: [Int64] = []
  private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

  public mutating func add(_ milliseconds: Int64) {
    count += 1
    guard sample.count >= Durations.sampleLimit else { return sample.append(milliseconds) }
    // Reservoir sampling with a fixed generator: the same log gives the same figures.
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    let place = Int(state % UInt64(count))
    if place < sample.count { sample[place] = milliseconds }
  }

  /// Nil when there are none. `part` from 0 to 1; 0.5 is the median.
  public func quantile(_ part: Double) -> Int64? {
    guard !sample.isEmpty else { return nil }
    let sorted = sample.sorted()
    return sorted[min(Int(part * Double(sorted.count)), sorted.count - 1)]
  }

  public var json: JSONValue {
    [
      "count": .integer(count),
      "median_ms": quantile(0.5).map { .integer(Int($0)) } ?? .null,
      "p95_ms": quantile(0.95).map { .integer(Int($0)) } ?? .null,
    ]
  }
}

extension AuditReader {
  /// Counts the leaves that fit: one pass, about two seconds for a million.
  public func statistics(
    _ filter: LogFilter = LogFilter()
  ) async throws(AuditError) -> LogStatistics {
    var count = StatisticsCount()
    do {
      for try await page in try await leaves() {
        for leaf in page { count.add(leaf, filter) }
      }
    } catch {
      throw AuditError(error, while: "cannot count")
    }
    return count.statistics
  }
}

/// The pass. It keeps what is still open: requests without release, refusals without review.
struct StatisticsCount {
  private(set) var statistics = LogStatistics()
  /// By asset.
  private var requested: [String: Int64] = [:]
  /// Decisions that a person may reverse, by id.
  private var judged: [String: (time: Int64, outcome: String, rules: [String])] = [:]

  mutating func add(_ leaf: StreamedLeaf, _ filter: LogFilter) {
    guard let facts = leaf.facts() else {
      if filter == LogFilter() { statistics.unreadable += 1 }
      return
    }
    let fits =
      filter.matches(facts, index: leaf.index, time: leaf.time)
    if facts.isDecision { follow(facts, at: leaf.time, counts: fits) }
    guard fits else { return }
    statistics.leaves += 1
    statistics.kinds[facts.kind, default: 0] += 1
    if facts.isDecision { count(facts) }
  }

  private mutating func count(_ facts: LeafFacts) {
    statistics.decisions += 1
    let outcome = facts.decision
    statistics.stages[facts.stage, default: [:]][outcome, default: 0] += 1
    statistics.days[String(facts.timestamp.prefix(10)), default: [:]][outcome, default: 0] += 1
    for category in LogFacet.category.values(of: facts) {
      statistics.categories[category, default: [:]][outcome, default: 0] += 1
    }
    var seen: Set<String> = []
    for rule in facts.rules where seen.insert(rule.rule).inserted {
      if rule.isShadow {
        statistics.rules[rule.rule, default: .init()].shadow += 1
      } else {
        statistics.rules[rule.rule, default: .init()].fired[rule.outcome, default: 0] += 1
      }
      if rule.unknown != nil { statistics.rules[rule.rule, default: .init()].unknown += 1 }
    }
  }

  /// Times between leaves, and reversals. Followed for every decision, counted for those that fit.
  private mutating func follow(_ facts: LeafFacts, at time: Int64, counts: Bool) {
    switch facts.stage {
    case "screen": requested[facts.asset] = time
    case "release":
      if let start = requested.removeValue(forKey: facts.asset), counts {
        statistics.releaseTime.add(max(time - start, 0))
      }
    default: break
    }
    if let reversed = facts.reverses {
      if counts { statistics.review.decisions += 1 }
      guard let first = judged.removeValue(forKey: reversed), counts else { return }
      statistics.reviewTime.add(max(time - first.time, 0))
      switch (StatisticsCount.stops(first.outcome), StatisticsCount.stops(facts.decision)) {
      case (true, false):
        statistics.review.overRefusals += 1
        for rule in first.rules { statistics.rules[rule, default: .init()].reversed += 1 }
      case (false, true): statistics.review.overAllowances += 1
      default: break
      }
    } else if facts.reviewer != nil {
      if counts { statistics.review.decisions += 1 }
    } else if StatisticsCount.stops(facts.decision) {
      judged[facts.id] = (
        time, facts.decision,
        facts.rules.filter { !$0.isShadow && StatisticsCount.stops($0.outcome) }.map(\.rule)
      )
      if facts.decision == "block" { requested.removeValue(forKey: facts.asset) }
    }
  }

  private static func stops(_ outcome: String) -> Bool { outcome == "review" || outcome == "block" }
}

extension LogStatistics {
  public var json: JSONValue {
    [
      "leaves": .integer(leaves), "decisions": .integer(decisions),
      "unreadable": .integer(unreadable), "kinds": LogStatistics.json(kinds),
      "stages": LogStatistics.json(stages), "categories": LogStatistics.json(categories),
      "rules": .object(
        rules.sorted { $0.key < $1.key }.map { name, count in
          .init(
            name,
            [
              "fired": LogStatistics.json(count.fired), "shadow": .integer(count.shadow),
              "unknown": .integer(count.unknown), "reversed": .integer(count.reversed),
            ])
        }),
      "days": LogStatistics.json(days),
      "review": [
        "decisions": .integer(review.decisions), "over_refusals": .integer(review.overRefusals),
        "over_allowances": .integer(review.overAllowances),
        "over_refusal_share": overRefusalShare.map { .real($0) } ?? .null,
      ],
      "time_to_release": releaseTime.json, "time_to_review": reviewTime.json,
    ]
  }

  private static func json(_ counts: [String: Int]) -> JSONValue {
    .object(counts.sorted { $0.key < $1.key }.map { .init($0.key, .integer($0.value)) })
  }

  private static func json(_ counts: [String: Outcomes]) -> JSONValue {
    .object(counts.sorted { $0.key < $1.key }.map { .init($0.key, json($0.value)) })
  }
}
