public import Evidence

/// The audit log as the stages see it. `AuditStore.AuditLog` is the real one.
public protocol DecisionLog: Sendable {
  /// Returns the entry's index once it is durable. The same record id again returns the first
  /// entry's index and writes nothing.
  func append(_ record: DecisionRecord) async throws -> UInt64

  /// The entry with its inclusion proof under a signed checkpoint, as a C2SP `.tlog-proof` text.
  func receipt(index: UInt64) async throws -> DecisionReceipt
}

/// Proof that a decision stands in the log: travels inside the clip's manifest.
public struct DecisionReceipt: Equatable, Sendable {
  public let index: UInt64
  /// The leaf exactly as hashed: canonical JSON.
  public let entry: [UInt8]
  /// `c2sp.org/tlog-proof@v1` text, checkpoint included.
  public let proof: String

  public init(index: UInt64, entry: [UInt8], proof: String) {
    self.index = index
    self.entry = entry
    self.proof = proof
  }
}
