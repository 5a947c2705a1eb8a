import Evidence
import Policy

/// A document out of a literal, so that a test shows the policy it is about.
func document(
  _ text: String, file: String = "test.json"
) throws(PolicyLoadError) -> PolicyDocument {
  try PolicyDocument.parse(Array(text.utf8), file: file)
}

/// A document with these rules and checks.
func policy(
  _ name: String, rules: String, checks: String = "{}", marking: String = "{}"
) throws(PolicyLoadError) -> PolicyDocument {
  try document(
    """
    {"policy": "\(name)", "version": "1", "rules": [\(rules)], "checks": \(checks),
     "marking": \(marking)}
    """, file: "\(name).json")
}

/// A set with an empty floor over these rules.
func policySet(rules: String, checks: String = "{}") throws(PolicyLoadError) -> PolicySet {
  try PolicySet(layers: [
    try policy("floor", rules: ""), try policy("default", rules: rules, checks: checks),
  ])
}

func diagnostics(_ body: () throws(PolicyLoadError) -> Void) -> [Diagnostic] {
  do {
    try body()
    return []
  } catch {
    return error.diagnostics
  }
}

extension EvidenceItem {
  /// A text with these scores, all from the check `text`.
  static func text(
    _ kind: Kind, _ scores: [String: Double], unknown: [String: UnknownReason] = [:],
    at time: ClosedRange<Double>? = nil
  ) -> EvidenceItem {
    EvidenceItem(
      kind: kind, time: time,
      signals: scores.map { Signal(name: $0.key, value: .score($0.value), check: "text") }
        + unknown.map { Signal(name: $0.key, value: .unknown($0.value), check: "text") })
  }

  static func text(
    _ scores: [String: Double], unknown: [String: UnknownReason] = [:]
  ) -> EvidenceItem {
    text(.prompt, scores, unknown: unknown)
  }

  static func frame(_ nudity: Double?, at time: Double?) -> EvidenceItem {
    let value: Signal.Value = nudity.map { .score($0) } ?? .unknown(.timedOut)
    return EvidenceItem(
      kind: .frame, time: time.map { $0...$0 },
      signals: [Signal(name: "nudity", value: value, check: "nudity")])
  }
}

extension PolicySet {
  func outcome(
    _ items: [EvidenceItem], _ subject: Subject = Subject(tenant: "test"),
    stage: Stage = .inspect
  ) -> Outcome {
    evaluate(stage: stage, items: items, subject: subject).outcome
  }
}
