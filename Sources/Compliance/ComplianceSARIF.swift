public import StrictJSON

extension ComplianceReport {
  /// The report as Static Analysis Results Interchange Format 2.1.0 (OASIS), for code scanning.
  ///
  /// - Parameter version: of this program.
  public func sarif(version: String) -> JSONValue {
    let rules = ComplianceRule.all.filter { jurisdictions.contains($0.jurisdiction) }
    let numbers = Dictionary(
      uniqueKeysWithValues: rules.enumerated().map { ($0.element.id, $0.offset) })
    let results = files.flatMap { file in
      file.findings.map { finding in
        result(finding, index: numbers[finding.rule.id] ?? -1, file: file.file)
      }
    }
    return [
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
      "runs": [
        [
          "tool": [
            "driver": [
              "name": "assay compliance", "semanticVersion": .string(version),
              "rules": .array(rules.map { descriptor($0) }),
            ]
          ],
          "results": .array(results),
        ]
      ],
    ]
  }

  private func descriptor(_ rule: ComplianceRule) -> JSONValue {
    [
      "id": .string(rule.id),
      "shortDescription": ["text": .string(rule.requirement)],
      "fullDescription": ["text": .string("\(rule.citation): \(rule.requirement)")],
      "defaultConfiguration": ["level": .string(rule.severity(on: day).rawValue)],
      "properties": [
        "jurisdiction": .string(rule.jurisdiction.rawValue),
        "basis": .string(rule.basis.rawValue), "since": .string(rule.since),
      ],
    ]
  }

  private func result(_ finding: ComplianceFinding, index: Int, file: String) -> JSONValue {
    // Section 3.27.9: everything but a failure has the level "none".
    let kind =
      switch finding.outcome {
      case .met: "pass"
      case .notMet: "fail"
      case .notCheckable: "open"
      }
    return [
      "ruleId": .string(finding.rule.id), "ruleIndex": .integer(index), "kind": .string(kind),
      "level": .string(finding.severity.rawValue),
      "message": [
        "text": .string("\(finding.rule.requirement) \(finding.outcome.explanation).")
      ],
      "locations": [
        ["physicalLocation": ["artifactLocation": ["uri": .string(Self.reference(file))]]]
      ],
    ]
  }

  /// A path as a URI reference (RFC 3986 section 4.2); a name with a colon is no scheme.
  private static func reference(_ path: String) -> String {
    var text = ""
    for byte in path.utf8 {
      let isPlain =
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
        || (0x61...0x7A).contains(byte) || Array("-._~/".utf8).contains(byte)
      if isPlain {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        text += "%" + (digits.count == 1 ? "0" : "") + digits
      }
    }
    return path.hasPrefix("/") ? "file://" + text : text
  }
}
