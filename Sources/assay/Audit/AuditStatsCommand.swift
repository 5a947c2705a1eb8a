import ArgumentParser
import AuditStore
import C2PA
import StrictJSON

/// `audit stats`: how much, by what, how often in error, how fast.
struct AuditStatsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats",
    abstract: "Count decisions by stage, category and rule; reversals and times.",
    discussion: """
      A decision is an over-refusal when a rule held or refused it and a person then allowed it; \
      what no person looked at is counted on neither side.
      """)

  @OptionGroup var options: AuditOptions
  @OptionGroup var leaves: LeafOptions
  @Flag(name: .long, help: "Print one JSON object.") var json = false
  @Option(name: .long, help: "Draw decisions a day and categories into this SVG file.")
  var svg: String?

  func run() async throws {
    try await AuditConsole.reportingFailures {
      let statistics = try await options.reader().statistics(leaves.filter)
      if let svg {
        let sink = try LineSink(path: svg)
        try sink.write(StatisticsPlot.svg(statistics))
        try sink.commit()
      }
      if json {
        AuditText.printLine(statistics.json)
      } else {
        print(AuditText.text(statistics))
      }
    }
  }
}

extension AuditText {
  private static let outcomes = ["allow", "flag", "review", "block"]

  static func text(_ statistics: LogStatistics) -> String {
    var parts = ["\(statistics.leaves) entries, \(statistics.decisions) decisions"]
    if statistics.unreadable > 0 {
      parts[0] += ", \(statistics.unreadable) UNREADABLE: run assay audit verify"
    }
    let others = statistics.kinds.filter { $0.key != "moderation.decision" }
    if !others.isEmpty {
      parts.append(
        others.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
    }
    parts.append(table("STAGE", statistics.stages))
    if !statistics.categories.isEmpty { parts.append(table("CATEGORY", statistics.categories)) }
    if !statistics.rules.isEmpty {
      let rules = statistics.rules.sorted { $0.key < $1.key }.map { name, count in
        [name] + outcomes.dropFirst().map { String(count.fired[$0] ?? 0) }
          + [String(count.shadow), String(count.unknown), String(count.reversed)]
      }
      parts.append(
        columns(["RULE", "FLAG", "REVIEW", "BLOCK", "SHADOW", "UNKNOWN", "REVERSED"], rules))
    }
    let review = statistics.review
    parts.append(
      "a person decided \(review.decisions) times: \(review.overRefusals) over-refusals"
        + (statistics.overRefusalShare.map { " (\(Int(($0 * 100).rounded())) %)" } ?? "")
        + ", \(review.overAllowances) allowed in error")
    parts.append(
      "request to release: \(text(statistics.releaseTime))\n"
        + "decision to review: \(text(statistics.reviewTime))")
    return parts.joined(separator: "\n\n")
  }

  private static func table(_ head: String, _ counts: [String: LogStatistics.Outcomes]) -> String {
    columns(
      [head] + outcomes.map { $0.uppercased() },
      counts.sorted { $0.key < $1.key }.map { name, counts in
        [name] + outcomes.map { String(counts[$0] ?? 0) }
      })
  }

  private static func text(_ durations: Durations) -> String {
    guard let median = durations.quantile(0.5), let slow = durations.quantile(0.95) else {
      return "none yet"
    }
    func seconds(_ milliseconds: Int64) -> String { "\(Double(milliseconds / 10) / 100) s" }
    return "\(durations.count) times, median \(seconds(median)), 95 % within \(seconds(slow))"
  }
}
