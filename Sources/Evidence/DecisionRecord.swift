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

  public init(
    id: String, decision: Decision, asset: String, subject: String, time: Int64,
    models: [ModelIdentity] = [], hashes: [String: String] = [:], payload: [UInt8] = []
  ) {
    self.id = id
    self.decision = decision
    self.asset = asset
    self.subject = subject
    self.time = time
    self.models = models
    self.hashes = hashes
    self.payload = payload
  }
}
