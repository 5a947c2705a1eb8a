/// One thing that a law or its code asks for, as far as software can see it in a file.
public struct ComplianceRule: Sendable {
  /// How well the rule's words are known. It bounds how loudly a finding may speak.
  public enum Basis: String, Sendable {
    /// Read in the text itself or in a linter that cites it word for word.
    case verified
    /// Known from summaries only.
    case secondary
    /// A recommendation, or known from memory.
    case informative
  }

  /// What a check found.
  public enum Outcome: Equatable, Sendable {
    /// With what was found.
    case met(String)
    /// With what is missing, and what to do.
    case notMet(String)
    /// With the reason: a file cannot show it, or something was not given.
    case notCheckable(String)

    public var explanation: String {
      switch self {
      case .met(let text), .notMet(let text), .notCheckable(let text): text
      }
    }

    public var name: String {
      switch self {
      case .met: "met"
      case .notMet: "not met"
      case .notCheckable: "not checkable"
      }
    }
  }

  /// `EU-1` and so on.
  public let id: String
  public let jurisdiction: Jurisdiction
  /// The article.
  public let citation: String
  /// What must be shown, in one sentence.
  public let requirement: String
  public let basis: Basis
  /// The day from which it applies, `2026-08-02`.
  public let since: String
  let check: @Sendable (ComplianceEvidence) -> Outcome

  init(
    _ id: String, _ jurisdiction: Jurisdiction, _ citation: String, _ basis: Basis, since: String,
    _ requirement: String, check: @escaping @Sendable (ComplianceEvidence) -> Outcome
  ) {
    self.id = id
    self.jurisdiction = jurisdiction
    self.citation = citation
    self.basis = basis
    self.since = since
    self.requirement = requirement
    self.check = check
  }

  /// The loudest that a finding of this rule may be on a day: a rule that was not read word for word
  /// warns, one that does not apply yet is a note.
  public func severity(on day: String) -> ComplianceFinding.Severity {
    guard since <= day else { return .note }
    return switch basis {
    case .verified: .error
    case .secondary: .warning
    case .informative: .note
    }
  }
}

/// What one rule says of one file.
public struct ComplianceFinding: Sendable {
  public enum Severity: String, Sendable, Comparable {
    case none, note, warning, error

    public static func < (left: Severity, right: Severity) -> Bool {
      let order: [Severity] = [.none, .note, .warning, .error]
      return (order.firstIndex(of: left) ?? 0) < (order.firstIndex(of: right) ?? 0)
    }
  }

  public let rule: ComplianceRule
  public let outcome: ComplianceRule.Outcome
  /// `none` unless the rule is not met.
  public let severity: Severity
}
