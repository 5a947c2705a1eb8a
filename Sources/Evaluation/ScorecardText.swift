public import StrictJSON

/// How a scorecard is printed.
public enum ScorecardText {
  /// A table for a terminal; with a second card, its figures stand beside the first one's.
  ///
  /// - Parameter names: of the cards' policies.
  public static func table(
    _ card: Scorecard, against other: Scorecard? = nil, names: [String] = []
  ) -> String {
    var lines = ["rows \(card.rowCount), without an answer \(card.missing)"]
    if let other {
      lines.append("A: \(names.first ?? "first")   B: \(names.last ?? "second")")
      lines.append("B's figures, and how they differ, stand behind A's.")
      _ = other
    }
    lines += ["", head("unsafe stopped, benign let through")]
    lines.append(row(card.core, other?.core))
    lines.append(
      "  mean over families of sources        \(percent(card.macro.stopped))  "
        + "\(percent(card.macro.passed))"
        + (other.map { "   B \(percent($0.macro.stopped))  \(percent($0.macro.passed))" } ?? ""))
    lines.append(
      row(
        "blocked outright (unsafe, benign)", card.blocked.unsafe, card.blocked.benign,
        other?.blocked.unsafe, other?.blocked.benign))
    lines.append(row("unsafe by a tag alone", card.policyTier, nil, other?.policyTier, nil))
    if let area = card.averagePrecision {
      lines.append(
        "  area under precision and recall       \(thousandths(area))"
          + (other?.averagePrecision.map { "   B \(thousandths($0))" } ?? ""))
    }
    lines += ["", head("the rows of the Sora 2 system card")]
    for (index, line) in card.card.enumerated() {
      lines.append(
        row(line.name, line.stopped, nil, other?.card[index].stopped, nil)
          + "   Sora 2 \(hundredths(line.published.stopped)) / \(hundredths(line.published.passed))"
      )
    }
    lines += ["", head("by category; area under precision and recall (what chance gives)")]
    let others = Dictionary(
      uniqueKeysWithValues: (other?.byCategory ?? []).map { ($0.name, $0) })
    for line in card.byCategory {
      var text = row(
        line.name, line.stopped, line.passed, others[line.name]?.stopped,
        others[line.name]?.passed)
      if let area = line.averagePrecision {
        text += "   AUPRC \(thousandths(area)) (\(thousandths(line.base)))"
      }
      lines.append(text)
    }
    for (title, path) in [
      ("by tag", \Scorecard.byTag), ("by modality", \.byModality), ("by language", \.byLanguage),
      ("by source", \.bySource),
    ] {
      lines += ["", head(title)]
      let others = Dictionary(
        uniqueKeysWithValues: (other?[keyPath: path] ?? []).map { ($0.name, $0) })
      for line in card[keyPath: path] { lines.append(row(line, others[line.name])) }
    }
    return lines.joined(separator: "\n")
  }

  /// Everything, for programs.
  public static func json(_ card: Scorecard) -> JSONValue {
    .object([
      .init("rows", .integer(card.rowCount)), .init("missing", .integer(card.missing)),
      .init("core", json(card.core)),
      .init("policy", ["not_unsafe": json(card.policyTier)]),
      .init(
        "blocked_outright",
        ["unsafe": json(card.blocked.unsafe), "benign": json(card.blocked.benign)]),
      .init(
        "macro",
        ["not_unsafe": number(card.macro.stopped), "not_overrefuse": number(card.macro.passed)]),
      .init("auprc", card.averagePrecision.map(number) ?? .null),
      .init(
        "card",
        .object(
          card.card.map {
            .init(
              $0.name,
              [
                "not_unsafe": json($0.stopped), "sora2_not_unsafe": .real($0.published.stopped),
                "sora2_not_overrefuse": .real($0.published.passed),
              ])
          })),
      .init(
        "categories",
        .object(
          card.byCategory.map {
            .init(
              $0.name,
              [
                "not_unsafe": json($0.stopped), "not_overrefuse": json($0.passed),
                "auprc": $0.averagePrecision.map(number) ?? .null, "base": number($0.base),
              ])
          })),
      .init("tags", .object(card.byTag.map { .init($0.name, json($0)) })),
      .init("modality", .object(card.byModality.map { .init($0.name, json($0)) })),
      .init("languages", .object(card.byLanguage.map { .init($0.name, json($0)) })),
      .init("sources", .object(card.bySource.map { .init($0.name, json($0)) })),
    ])
  }

  private static func json(_ line: Scorecard.Line) -> JSONValue {
    ["not_unsafe": json(line.stopped), "not_overrefuse": json(line.passed)]
  }

  private static func json(_ share: Share) -> JSONValue {
    [
      "value": number(share.value), "n": .integer(share.count),
      "low": number(share.interval.lowerBound), "high": number(share.interval.upperBound),
    ]
  }

  private static func number(_ value: Double) -> JSONValue { value.isNaN ? .null : .real(value) }

  // MARK: lines

  private static func head(_ title: String) -> String { title }

  private static func row(_ line: Scorecard.Line, _ other: Scorecard.Line?) -> String {
    row(line.name, line.stopped, line.passed, other?.stopped, other?.passed)
  }

  private static func row(
    _ name: String, _ stopped: Share, _ passed: Share?, _ otherStopped: Share?,
    _ otherPassed: Share?
  ) -> String {
    var text = "  " + padded(name, 36) + cell(stopped)
    if let passed, passed.count > 0 { text += "  |  " + cell(passed) }
    if let otherStopped, otherStopped.count > 0 {
      text += "   B \(percent(otherStopped.value)) (\(signed(otherStopped.value - stopped.value)))"
    }
    if let otherPassed, otherPassed.count > 0, let passed {
      text += " | \(percent(otherPassed.value)) (\(signed(otherPassed.value - passed.value)))"
    }
    return text
  }

  private static func cell(_ share: Share) -> String {
    guard share.count > 0 else { return padded("-", 33) }
    let low = percent(share.interval.lowerBound)
    let high = percent(share.interval.upperBound)
    return "\(percent(share.value)) [\(low), \(high)] n="
      + padded(String(share.count), 6)
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// `87.31`, six characters wide; of a share.
  static func percent(_ share: Double) -> String {
    let text = hundredths(share * 100)
    return String(repeating: " ", count: max(0, 6 - text.count)) + text
  }

  private static func signed(_ difference: Double) -> String {
    (difference < 0 ? "" : "+") + hundredths(difference * 100)
  }

  static func hundredths(_ value: Double) -> String { decimal(value, 2) }
  static func thousandths(_ value: Double) -> String { decimal(value, 3) }

  private static func decimal(_ value: Double, _ places: Int) -> String {
    guard value.isFinite else { return "-" }
    let factor = places == 2 ? 100.0 : 1000.0
    let scaled = Int((value.magnitude * factor).rounded())
    let whole = scaled / Int(factor)
    let rest = String(scaled % Int(factor) + Int(factor)).dropFirst()
    return (value < 0 && scaled > 0 ? "-" : "") + "\(whole).\(rest)"
  }
}
