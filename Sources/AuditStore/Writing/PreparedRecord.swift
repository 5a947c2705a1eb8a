import Evidence
import MerkleLog
import PKI

/// A record with its leaf and sealed payload, ready to be given an index. Made on the caller's
/// thread, so that the sequencer only writes.
struct PreparedRecord: Sendable {
  let id: String
  private let asset: String
  private let kind: String
  private let stage: String
  private let decision: String
  private let time: Int64
  private let subject: String
  private let tenant: String
  private let categories: [String]
  private let rules: [String]
  private let leaf: LogLeaf
  private let leafHash: TreeHash
  private let retentionClass: String
  private let sealed: SealedPayload?

  init(_ record: DecisionRecord, keys: PayloadKeys) throws(AuditError) {
    let (sealed, commitment) = PreparedRecord.seal(record.payload, id: record.id, keys: keys)
    leaf = try LogLeaf(record, commitment: commitment)
    self.sealed = sealed
    leafHash = .leaf(leaf.bytes)
    id = record.id
    asset = record.asset
    kind = LogLeaf.Kind.decision.rawValue
    stage = record.decision.stage.rawValue
    decision = record.decision.outcome.rawValue
    time = record.time
    subject = record.subject
    tenant = record.tenant
    (categories, rules) = leaf.labels
    retentionClass = record.payloadClass
  }

  init(_ event: AuditEvent, keys: PayloadKeys) throws(AuditError) {
    let (sealed, commitment) = PreparedRecord.seal(event.payload, id: event.id, keys: keys)
    leaf = try LogLeaf(event, commitment: commitment)
    self.sealed = sealed
    leafHash = .leaf(leaf.bytes)
    id = event.id
    asset = event.asset
    kind = event.kind.rawValue
    stage = ""
    decision = ""
    time = event.time
    subject = ""
    tenant = ""
    (categories, rules) = ([], [])
    retentionClass = event.retentionClass
  }

  /// Records of one call that one task encodes: with fewer, the tasks would cost more than they share.
  private static let taskWidth = 25

  /// Encodes and seals on several processors at once; in the order of the records.
  static func all(
    _ records: [DecisionRecord], keys: PayloadKeys
  ) async throws(AuditError) -> [PreparedRecord] {
    let starts = stride(from: 0, to: records.count, by: taskWidth)
    let parts = await withTaskGroup(of: (Int, Result<[PreparedRecord], AuditError>).self) { group in
      for start in starts {
        let part = records[start..<min(start + taskWidth, records.count)]
        group.addTask { (start, Result { () throws(AuditError) in try all(part, keys: keys) }) }
      }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    var prepared: [PreparedRecord] = []
    prepared.reserveCapacity(records.count)
    for start in starts { prepared += try parts[start]!.get() }
    return prepared
  }

  private static func all(
    _ records: ArraySlice<DecisionRecord>, keys: PayloadKeys
  ) throws(AuditError) -> [PreparedRecord] {
    var prepared: [PreparedRecord] = []
    prepared.reserveCapacity(records.count)
    for record in records { prepared.append(try PreparedRecord(record, keys: keys)) }
    return prepared
  }

  func entry(index: UInt64) -> LogEntry {
    LogEntry(
      index: index, id: id, asset: asset, kind: kind, stage: stage, decision: decision, time: time,
      subject: subject, tenant: tenant, categories: categories, rules: rules, bytes: leaf.bytes,
      leafHash: leafHash)
  }

  func payload(index: UInt64) -> PayloadDatabase.Payload? {
    sealed.map {
      PayloadDatabase.Payload(
        index: index, id: id, retentionClass: retentionClass, time: time, sealed: $0)
    }
  }

  private static func seal(
    _ payload: [UInt8], id: String, keys: PayloadKeys
  ) -> (SealedPayload?, commitment: [UInt8]?) {
    guard !payload.isEmpty else { return (nil, nil) }
    let salt = SecureRandom.bytes(LogLeaf.saltByteCount)
    return (
      SealedPayload(payload, salt: salt, id: id, keys: keys),
      LogLeaf.commitment(to: payload, salt: salt)
    )
  }
}
