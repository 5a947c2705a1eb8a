public import StrictJSON

/// One JSON line a file, for programs that read many.
public enum SummaryReport {
  /// `{"file","state","trust_source","active_manifest","failure","success","informational",
  /// "reason"}`, without a line end.
  public static func line(_ report: VerificationReport) -> String {
    DisplayText.escapedJSON(value(report).compact)
  }

  public static func value(_ report: VerificationReport) -> JSONValue {
    func codes(_ kind: StatusCode.Kind) -> JSONValue {
      .array(report.codes(kind).map { .string($0) })
    }
    return [
      "file": .optional(report.fileName), "state": .string(report.state.rawValue),
      "trust_source": .optional(report.trustSource),
      "active_manifest": .optional(report.activeManifest), "failure": codes(.failure),
      "success": codes(.success), "informational": codes(.informational),
      "reason": .string(report.reason),
    ]
  }
}

extension JSONValue {
  static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}
