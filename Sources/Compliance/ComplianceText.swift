public import StrictJSON

extension ComplianceReport {
  /// For a terminal. Texts out of files are made harmless by whoever prints.
  public var text: String {
    var lines: [String] = []
    for file in files {
      lines.append(file.file)
      for jurisdiction in jurisdictions {
        lines.append("  \(jurisdiction.name)")
        for finding in file.findings where finding.rule.jurisdiction == jurisdiction {
          let level = finding.severity == .none ? "" : " (\(finding.severity.rawValue))"
          let id = finding.rule.id + String(repeating: " ", count: 6 - finding.rule.id.count)
          lines.append("    \(id)\(finding.outcome.name)\(level): \(finding.outcome.explanation)")
          lines.append("          \(finding.rule.citation): \(finding.rule.requirement)")
        }
      }
    }
    lines.append(
      "Taken on \(day). No legal advice: a rule that was not read in its own text is never more "
        + "than a warning.")
    return lines.joined(separator: "\n")
  }

  /// One object with all files.
  public var json: JSONValue {
    [
      "day": .string(day), "severity": .string(severity.rawValue),
      "files": .array(
        files.map { file in
          [
            "file": .string(file.file),
            "findings": .array(
              file.findings.map { finding in
                [
                  "rule": .string(finding.rule.id),
                  "jurisdiction": .string(finding.rule.jurisdiction.rawValue),
                  "citation": .string(finding.rule.citation),
                  "requirement": .string(finding.rule.requirement),
                  "basis": .string(finding.rule.basis.rawValue),
                  "since": .string(finding.rule.since),
                  "status": .string(finding.outcome.name),
                  "severity": .string(finding.severity.rawValue),
                  "explanation": .string(finding.outcome.explanation),
                ]
              }),
          ]
        }),
    ]
  }
}
