/// Every rule's word on every file.
public struct ComplianceReport: Sendable {
  public struct FileReport: Sendable {
    public let file: String
    public let findings: [ComplianceFinding]
  }

  public let files: [FileReport]
  public let jurisdictions: [Jurisdiction]
  /// The day on which the rules are taken, `2026-11-22`.
  public let day: String

  /// - Parameter jurisdictions: whose rules are asked; all when empty.
  public init(_ evidence: [ComplianceEvidence], jurisdictions: [Jurisdiction], day: String) {
    let asked = jurisdictions.isEmpty ? Jurisdiction.allCases : jurisdictions
    self.jurisdictions = asked
    self.day = day
    files = evidence.map { file in
      FileReport(
        file: file.file,
        findings: ComplianceRule.all.filter { asked.contains($0.jurisdiction) }.map { rule in
          let outcome = rule.check(file)
          let isFailure = if case .notMet = outcome { true } else { false }
          return ComplianceFinding(
            rule: rule, outcome: outcome, severity: isFailure ? rule.severity(on: day) : .none)
        })
    }
  }

  /// The loudest finding of all.
  public var severity: ComplianceFinding.Severity {
    files.flatMap(\.findings).map(\.severity).max() ?? .none
  }
}
