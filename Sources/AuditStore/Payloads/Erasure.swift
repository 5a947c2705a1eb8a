import GRDB
import MerkleLog
public import StrictJSON

/// What an erasure did, or would do.
public struct ErasureReport: Equatable, Sendable {
  public struct Item: Equatable, Sendable {
    /// Of the decision or event whose payload it was.
    public let index: UInt64
    public let id: String
    /// The `payload.erased` entry; nil when nothing was done.
    public internal(set) var erasure: UInt64?
  }

  public struct Kept: Equatable, Sendable {
    public let index: UInt64
    public let id: String
    /// The hold that keeps it.
    public let hold: String
  }

  public internal(set) var items: [Item] = []
  public internal(set) var held: [Kept] = []
  /// Decisions that were meant and have no payload any more, or never had one.
  public internal(set) var withoutPayload = 0
}

extension ErasureReport {
  public var json: JSONValue {
    [
      "erased": .array(
        items.map { item in
          [
            "index": .integer(Int(item.index)), "id": .string(item.id),
            "entry": item.erasure.map { .integer(Int($0)) } ?? .null,
          ]
        }),
      "held": .array(
        held.map { kept in
          ["index": .integer(Int(kept.index)), "id": .string(kept.id), "hold": .string(kept.hold)]
        }),
      "without_payload": .integer(withoutPayload),
    ]
  }
}

extension AuditLog {
  /// Deletes the payload of one decision and logs that, with the ground (`gdpr.art17` and the like).
  /// The tree, all proofs and all receipts stay valid; the commitment can no longer be opened.
  /// Returns the index of the `payload.erased` entry, the first one's if it was erased before.
  ///
  /// - Throws: `.notFound` for an unknown id; `.held` when a legal hold keeps it; `.writeFailed`
  ///   when a reader keeps the old pages.
  @discardableResult
  public func erase(id: String, ground: String) async throws(AuditError) -> UInt64 {
    let report = try await erase(.decision(id), ground: ground)
    if let kept = report.held.first {
      throw AuditError(.held, "the legal hold \(kept.hold) keeps this payload; release it first")
    }
    if let index = report.items.first?.erasure { return index }
    let reader = try AuditReader.open(directory: directory)
    if let earlier = try await reader.index(ofID: LogLeaf.erasureID(of: id)) { return earlier }
    throw AuditError(.notFound, "that decision never had a payload")
  }

  /// Entries that one transaction of an erasure adds.
  static let erasureBatch = 256

  /// Deletes the payloads of all that `scope` names, and logs each with the ground. What a legal
  /// hold covers stays.
  ///
  /// - Parameter isRehearsal: does nothing and reports what would be done.
  /// - Throws: `.notFound` when the log has nothing of that name; `.writeFailed` when a reader keeps
  ///   the old pages alive: the payloads are then gone from the table, and the same call again
  ///   empties the files.
  public func erase(
    _ scope: LegalHold.Scope, ground: String, isRehearsal: Bool = false
  ) async throws(AuditError) -> ErasureReport {
    try LogLeaf.check(ground: ground)
    let reader = try AuditReader.open(directory: directory)
    let entries: [LogEntry]
    switch scope {
    case .decision(let id):
      let index = try await reader.index(ofID: id)
      entries = try await reader.entries(at: index.map { [$0] } ?? [])
    case .asset(let asset): entries = try await reader.entries(forAsset: asset)
    case .subject(let subject):
      entries = try await reader.list(LogFilter(subject: subject), limit: .max)
    }
    let targets = entries.filter { $0.kind != LogLeaf.Kind.erased.rawValue }.map(\.index)
    guard !targets.isEmpty else {
      throw AuditError(.notFound, "the log has no decision of that \(scope.name)")
    }
    return try await erase(targets.sorted(), ground: ground, isRehearsal: isRehearsal)
  }

  /// In batches, so that appends wait for a few hundred entries at most; then empties the files.
  func erase(
    _ targets: [UInt64], ground: String, isRehearsal: Bool
  ) async throws(AuditError) -> ErasureReport {
    var report = ErasureReport()
    for start in stride(from: 0, to: targets.count, by: AuditLog.erasureBatch) {
      let batch = Array(targets[start..<min(start + AuditLog.erasureBatch, targets.count)])
      let part = try await sequenced { sequencer throws(AuditError) in
        try sequencer.erase(batch, ground: ground, isRehearsal: isRehearsal)
      }
      report.items += part.items
      report.held += part.held
      report.withoutPayload += part.withoutPayload
    }
    if !isRehearsal {
      try await sequenced { sequencer throws(AuditError) in try sequencer.forgetErased() }
    }
    return report
  }
}

extension LogSequencer {
  /// One transaction of `payload.erased` entries, then one of deletions. What a crash leaves between
  /// them is finished at the next start.
  func erase(
    _ targets: [UInt64], ground: String, isRehearsal: Bool
  ) throws(AuditError) -> ErasureReport {
    do {
      try checkIsOpen()
      let now = milliseconds()
      let (entries, earlier, holds) = try log.queue.read { database in
        let entries = try targets.compactMap { try LogDatabase.entry(index: $0, in: database) }
        return (
          entries,
          try entries.map {
            try LogDatabase.index(ofID: LogLeaf.erasureID(of: $0.id), in: database)
          },
          try LegalHold.all(in: database).filter { $0.isActive(at: now) }
        )
      }
      let present = try payloads.present(targets)
      var report = ErasureReport()
      var erasures: [LogEntry] = []
      for (entry, earlier) in zip(entries, earlier) {
        guard present.contains(entry.index) else {
          report.withoutPayload += 1
          continue
        }
        let hold = holds.first {
          $0.covers(id: entry.id, asset: entry.asset, subject: entry.subject)
        }
        if let hold {
          report.held.append(.init(index: entry.index, id: entry.id, hold: hold.id))
          continue
        }
        var item = ErasureReport.Item(index: entry.index, id: entry.id)
        if let earlier {
          // Logged, and then the deletion failed.
          item.erasure = earlier
        } else if !isRehearsal {
          item.erasure = nextIndex + UInt64(erasures.count)
          erasures.append(erasure(of: entry, at: item.erasure!, ground: ground, time: now))
        }
        report.items.append(item)
      }
      if !isRehearsal {
        try write(erasures)
        try payloads.delete(report.items.map(\.index))
      }
      return report
    } catch {
      throw AuditError(error, while: "the payloads were not erased")
    }
  }

  /// Empties the write-ahead log, where erased bytes would stay.
  func forgetErased() throws(AuditError) {
    do {
      try payloads.truncateLog()
    } catch {
      throw AuditError(error, while: "the payloads are erased, but not out of every file")
    }
  }

  private func erasure(
    of entry: LogEntry, at index: UInt64, ground: String, time: Int64
  ) -> LogEntry {
    let leaf = LogLeaf(
      erasing: entry.index, id: entry.id, asset: entry.asset, ground: ground, time: time)
    return LogEntry(
      index: index, id: LogLeaf.erasureID(of: entry.id), asset: entry.asset,
      kind: LogLeaf.Kind.erased.rawValue, time: time, bytes: leaf.bytes,
      leafHash: .leaf(leaf.bytes))
  }
}

extension PayloadDatabase {
  /// Those of the entries that have a payload.
  func present(_ indices: [UInt64]) throws -> Set<UInt64> {
    try queue.read { database in
      let find = try database.cachedStatement(sql: "SELECT 1 FROM payloads WHERE idx = ?")
      return Set(
        try indices.filter {
          try Int.fetchOne(find, arguments: [Int64(bitPattern: $0)]) != nil
        })
    }
  }

  /// Payloads of a class from before a moment, from an index on.
  func old(
    class name: String, before time: Int64, from index: UInt64, limit: Int
  ) throws -> [UInt64] {
    try queue.read { database in
      try Int64.fetchAll(
        database.cachedStatement(
          sql: """
            SELECT idx FROM payloads WHERE idx >= ? AND class = ? AND time < ? ORDER BY idx LIMIT ?
            """),
        arguments: [Int64(bitPattern: index), name, time, limit]
      ).map { UInt64(bitPattern: $0) }
    }
  }

  /// Payloads by class.
  func classes() throws -> [String: Int] {
    try queue.read { database in
      var counts: [String: Int] = [:]
      for row in try Row.fetchAll(
        database, sql: "SELECT class, count(*) FROM payloads GROUP BY class")
      {
        counts[row[0]] = row[1]
      }
      return counts
    }
  }
}
