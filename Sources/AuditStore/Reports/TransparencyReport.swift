public import StrictJSON

/// The figures that yearly reports ask for (DSA Articles 15, 24 and 42): restrictions by category
/// and by degree of automation, complaints with their outcome, error indicators, median times.
public struct TransparencyReport: Equatable, Sendable {
  public let json: JSONValue

  fileprivate init(
    _ statistics: LogStatistics, _ count: Count, filter: LogFilter, complaints: Int
  ) {
    let decided = count.fully + count.partially + count.notAutomated
    func share(_ part: Int, of whole: Int) -> JSONValue {
      whole == 0 ? .null : .real(Double(part) / Double(whole))
    }
    json = [
      "report": "transparency-counters/v1",
      "decisions": .integer(statistics.decisions),
      "measures": .integer(decided),
      "measures_by_category": .object(
        count.categories.sorted { $0.key < $1.key }.map { .init($0.key, .integer($0.value)) }),
      "measures_by_automation": [
        "AUTOMATED_DECISION_FULLY": .integer(count.fully),
        "AUTOMATED_DECISION_PARTIALLY": .integer(count.partially),
        "AUTOMATED_DECISION_NOT_AUTOMATED": .integer(count.notAutomated),
      ],
      "measures_by_source": .object(
        count.sources.sorted { $0.key < $1.key }.map { .init($0.key, .integer($0.value)) }),
      "automated_means": [
        "reviewed_by_a_person": .integer(statistics.review.decisions),
        "reversed": .integer(statistics.review.overRefusals),
        // Of those that a person looked at; what nobody looked at is in neither number.
        "error_rate_of_reviewed": share(
          statistics.review.overRefusals, of: statistics.review.decisions),
        "unknown_checks": .integer(statistics.rules.values.reduce(0) { $0 + $1.unknown }),
      ],
      "complaints": [
        "received": .integer(complaints),
        "decisions_reversed": .integer(statistics.review.overRefusals),
        "median_time_to_review_ms": statistics.reviewTime.quantile(0.5).map { .integer(Int($0)) }
          ?? .null,
      ],
      "first_day": statistics.days.keys.min().map { .string($0) } ?? .null,
      "last_day": statistics.days.keys.max().map { .string($0) } ?? .null,
    ]
  }

  fileprivate struct Count {
    var categories: [String: Int] = [:]
    var sources: [String: Int] = [:]
    var fully = 0
    var partially = 0
    var notAutomated = 0

    mutating func add(_ statement: StatementOfReasons) {
      if let category = statement.json["category"]?.string { categories[category, default: 0] += 1 }
      if let source = statement.json["source_type"]?.string { sources[source, default: 0] += 1 }
      switch statement.json["automated_decision"]?.string {
      case "AUTOMATED_DECISION_PARTIALLY": partially += 1
      case "AUTOMATED_DECISION_NOT_AUTOMATED": notAutomated += 1
      default: fully += 1
      }
    }
  }
}

extension AuditReader {
  /// Counts in one pass.
  public func transparencyReport(
    _ filter: LogFilter, profile: StatementProfile
  ) async throws(AuditError) -> TransparencyReport {
    var pass = StatisticsCount()
    var count = TransparencyReport.Count()
    do {
      for try await page in try await leaves(0..<(filter.before ?? .max)) {
        for leaf in page {
          pass.add(leaf, filter)
          guard filter.includes(time: leaf.time),
            let statement = StatementOfReasons(leaf, profile: profile),
            let facts = leaf.facts(), filter.matches(facts, index: leaf.index, time: leaf.time)
          else { continue }
          count.add(statement)
        }
      }
    } catch {
      throw AuditError(error, while: "cannot count")
    }
    return TransparencyReport(
      pass.statistics, count, filter: filter,
      complaints: pass.statistics.kinds["complaint.received"] ?? 0)
  }
}
