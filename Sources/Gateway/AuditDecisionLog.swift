import AuditStore
import Evidence
import Moderation

/// The audit log as the stages see it.
struct AuditDecisionLog: DecisionLog {
  let log: AuditLog

  func append(_ record: DecisionRecord) async throws -> UInt64 { try await log.append(record) }

  func receipt(index: UInt64) async throws -> DecisionReceipt {
    let receipt = try await log.receipt(index: index)
    return DecisionReceipt(index: receipt.index, entry: receipt.entry, proof: receipt.proof)
  }
}
