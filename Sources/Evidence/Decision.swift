/// A policy file by name, version and the SHA-256 of its canonical form.
public struct PolicyIdentity: Equatable, Hashable, Sendable {
  public let name: String
  public let version: String
  public let sha256: String

  public init(name: String, version: String, sha256: String) {
    self.name = name
    self.version = version
    self.sha256 = sha256
  }
}

/// A rule that fired, and what made it fire.
public struct FiredRule: Equatable, Sendable {
  public let rule: String
  public let policy: String
  public let outcome: Outcome
  /// The category told to callers, such as `sexual`.
  public let category: String
  /// The sentence for callers; nil means the general one.
  public let say: String?
  public let evidence: EvidenceItem.Kind
  public let time: ClosedRange<Double>?
  /// The deciding score, or nil when the rule fired because something was unknown.
  public let score: Double?
  public let signal: String?
  /// Set when the rule could not be evaluated and `on_error` decided.
  public let unknown: UnknownReason?
  /// Evaluated and logged, not enforced.
  public let isShadow: Bool

  public init(
    rule: String, policy: String, outcome: Outcome, category: String, say: String? = nil,
    evidence: EvidenceItem.Kind, time: ClosedRange<Double>? = nil, score: Double? = nil,
    signal: String? = nil, unknown: UnknownReason? = nil, isShadow: Bool = false
  ) {
    self.rule = rule
    self.policy = policy
    self.outcome = outcome
    self.category = category
    self.say = say
    self.evidence = evidence
    self.time = time
    self.score = score
    self.signal = signal
    self.unknown = unknown
    self.isShadow = isShadow
  }
}

/// The answer of one stage.
public struct Decision: Equatable, Sendable {
  public let stage: Stage
  public let outcome: Outcome
  /// All that fired, shadow rules included, most severe first.
  public let fired: [FiredRule]
  /// Floor first.
  public let policies: [PolicyIdentity]

  public init(
    stage: Stage, outcome: Outcome, fired: [FiredRule] = [], policies: [PolicyIdentity]
  ) {
    self.stage = stage
    self.outcome = outcome
    self.fired = fired
    self.policies = policies
  }
}
