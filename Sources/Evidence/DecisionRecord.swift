/// A decision as the audit log keeps it: a small leaf without personal data, and the payload that
/// can be erased.
public struct DecisionRecord: Equatable, Sendable {
  /// Unique in the log and chosen by the caller (`video_….inspect.1`): appending the same id again
  /// returns the first entry, so a restarted job cannot log one act twice.
  public let id: String
  public let decision: Decision
  /// The job, or the request that never became one.
  public let asset: String
  /// Keyed pseudonym of the tenant and end user; never a name.
  public let subject: String
  /// Milliseconds since 1970.
  public let time: Int64
  /// The models whose answers the decision rests on.
  public let models: [ModelIdentity]
  /// Lower-case hexadecimal SHA-256 by role (`raw`, `sealed`, `manifest`); never of a prompt.
  public let hashes: [String: String]
  /// Canonical JSON with prompt, transcript, scores and the like; empty when there is none.
  public let payload: [UInt8]

  /// Keyed pseudonym of the tenant alone; empty when it is not told apart.
  public let tenant: String
  /// Keyed pseudonym of the person who decided; nil when nobody did.
  public let reviewer: String?
  /// Id of the earlier decision that this one replaces: a reversal is a new entry, never an edit.
  public let reverses: String?
  /// The highest score of each signal, highest first.
  public let scores: [EvidenceScore]
  /// What took the decision, such as `Assay 0.1.0`.
  public let software: String
  /// How long the payload is kept, as the retention rules name it.
  public let payloadClass: String

  public init(
    id: String, decision: Decision, asset: String, subject: String, time: Int64,
    models: [ModelIdentity] = [], hashes: [String: String] = [:], payload: [UInt8] = [],
    tenant: String = "", reviewer: String? = nil, reverses: String? = nil,
    scores: [EvidenceScore] = [], software: String = "", payloadClass: String = "decision"
  ) {
    self.id = id
    self.decision = decision
    self.asset = asset
    self.subject = subject
    self.time = time
    self.models = models
    self.hashes = hashes
    self.payload = payload
    self.tenant = tenant
    self.reviewer = reviewer
    self.reverses = reverses
    self.scores = scores
    self.software = software
    self.payloadClass = payloadClass
  }
}
