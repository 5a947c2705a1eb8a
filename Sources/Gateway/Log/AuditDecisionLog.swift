import AuditStore
import Evidence
import Moderation

/// The audit log as the stages see it.
struct AuditDecisionLog: DecisionLog {
  let log: AuditLog
  let metrics: Metrics

  func append(_ record: DecisionRecord) async throws -> UInt64 {
    let index = try await log.append(record)
    metrics.count(
      "assay_decisions_total", "stage", record.decision.stage.rawValue, "outcome",
      record.decision.outcome.rawValue)
    return index
  }

  func receipt(index: UInt64) async throws -> DecisionReceipt {
    let receipt = try await log.receipt(index: index)
    return DecisionReceipt(index: receipt.index, entry: receipt.entry, proof: receipt.proof)
  }
}
