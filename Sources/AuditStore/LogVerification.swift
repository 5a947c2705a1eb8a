import Bytes
import GRDB
public import MerkleLog
import StrictJSON

/// Something in a log that does not agree with the rest.
public struct LogProblem: Equatable, Sendable {
  /// The entry it is about; nil when it is about the log.
  public let index: UInt64?
  /// Stable word for programs.
  public let code: String
  public let detail: String
}

/// What reading a whole log came to.
public struct LogVerdict: Equatable, Sendable {
  /// Entries that are stored.
  public internal(set) var size: UInt64 = 0
  /// Root over all of them, recomputed from the leaf hashes, each compared with its entry's bytes.
  public internal(set) var root = TreeHash.empty
  /// The newest good checkpoint; entries behind its size are not covered yet.
  public internal(set) var checkpoint: Checkpoint?
  public internal(set) var checkpointCount = 0
  /// Payloads that are there and open their commitments.
  public internal(set) var openedPayloads = 0
  /// Payloads that are there and were not opened, because their key was not given.
  public internal(set) var sealedPayloads = 0
  /// Payloads that are gone and logged as erased.
  public internal(set) var erasedPayloads = 0
  /// The first of them; see `problemCount`.
  public internal(set) var problems: [LogProblem] = []
  public internal(set) var problemCount = 0

  /// More are counted, not kept: a destroyed log would have one an entry.
  public static let problemLimit = 100

  /// Nothing was changed, dropped or reordered as far as the newest checkpoint reaches, and what
  /// lies behind it agrees with itself.
  public var isIntact: Bool { problemCount == 0 }

  mutating func report(_ code: String, at index: UInt64? = nil, _ detail: String) {
    problemCount += 1
    guard problems.count < LogVerdict.problemLimit else { return }
    problems.append(LogProblem(index: index, code: code, detail: detail))
  }
}

extension AuditReader {
  /// Recomputes everything from the entries' bytes: indices without gap, leaf hashes, all nodes,
  /// the root under every checkpoint and its signature, and for every commitment an opening
  /// payload or an entry that says it was erased.
  ///
  /// - Parameter log: the key of the log's checkpoints, obtained from somewhere else than the log.
  /// - Throws: `.unreadable` when the files cannot be read at all; what they say is the verdict.
  public func verify(_ log: VerifierKey) async throws(AuditError) -> LogVerdict {
    let payloads = payloads
    let payloadKeys = payloadKeys
    // Before the snapshot: a checkpoint that is published meanwhile may cover entries behind it.
    let published = try? FileByteSource.contents(of: "\(directory)/checkpoint")
    let (verdict, suspects) = try await read { database in
      try payloads.queue.read { payloadDatabase in
        var walk = LogWalk(
          database: database, payloads: payloadDatabase, payloadKeys: payloadKeys, key: log)
        if let published { walk.add(published) }
        try walk.run()
        return (walk.verdict, walk.suspects)
      }
    }
    return try await settle(suspects, of: verdict)
  }

  /// A payload may have been erased while the log was read: then the newer log says so.
  private func settle(
    _ suspects: [(index: UInt64, id: String)], of verdict: LogVerdict
  ) async throws(AuditError) -> LogVerdict {
    var verdict = verdict
    for suspect in suspects {
      if try await index(ofID: LogLeaf.erasureID(of: suspect.id)) != nil {
        verdict.erasedPayloads += 1
      } else {
        verdict.report(
          "payload_missing", at: suspect.index,
          "the payload is gone and no entry says that it was erased")
      }
    }
    return verdict
  }
}

/// One pass over a snapshot of both files.
private struct LogWalk {
  let database: Database
  let payloads: Database
  let payloadKeys: PayloadKeys?
  let key: VerifierKey
  var verdict = LogVerdict()
  var suspects: [(index: UInt64, id: String)] = []
  private var edge = RightEdge()
  /// By size; taken off as the walk reaches it.
  private var checkpoints: [UInt64: Checkpoint] = [:]

  init(
    database: Database, payloads: Database, payloadKeys: PayloadKeys?, key: VerifierKey
  ) {
    self.database = database
    self.payloads = payloads
    self.payloadKeys = payloadKeys
    self.key = key
  }

  /// The published checkpoint counts like a stored one: it shows when the database is an old copy.
  mutating func add(_ published: [UInt8]) {
    guard let note = try? SignedNote(parsing: published),
      case .verified(let checkpoint) = note.checkpoint(signedBy: key)
    else {
      return verdict.report("checkpoint_bad", "the published checkpoint is not signed by this key")
    }
    checkpoints[checkpoint.size] = checkpoint
  }

  mutating func run() throws {
    try readCheckpoints()
    compareWithCheckpoint()
    let rows = try Row.fetchCursor(
      database, sql: "SELECT \(LogEntry.columns) FROM entries ORDER BY idx")
    while let row = try rows.next() {
      guard let entry = try? LogEntry(row) else {
        verdict.report("entry_malformed", at: edge.size, "the entry's row cannot be read")
        edge.append(.empty)
        continue
      }
      try check(entry)
    }
    verdict.size = edge.size
    verdict.root = edge.root
    if (try? LogDatabase.edge(in: database)) != edge {
      verdict.report("edge_mismatch", "the stored right edge does not belong to the entries")
    }
    for size in checkpoints.keys.sorted() {
      verdict.report(
        "entries_dropped",
        "a checkpoint over \(size) entries was signed; the log has \(edge.size)")
    }
  }

  private mutating func check(_ entry: LogEntry) throws {
    // Rows come in order, so the first index that does not fit tells of a gap.
    if entry.index != edge.size {
      verdict.report(
        "index_gap", at: entry.index, "entries \(edge.size) and on are missing before it")
    }
    // The tree is built from the stored hashes: a changed entry is then named alone, and not with
    // every node above it.
    if TreeHash.leaf(entry.bytes) != entry.leafHash {
      verdict.report(
        "leaf_mismatch", at: entry.index, "the entry's bytes do not have the stored leaf hash")
    }
    for (subtree, hash) in edge.append(entry.leafHash) where LogDatabase.isStored(subtree) {
      let stored = try? LogDatabase.hashes(
        level: subtree.level, from: subtree.index, count: 1, in: database)
      if stored != [hash] {
        verdict.report(
          "node_mismatch", at: entry.index,
          "node \(subtree.index) of level \(subtree.level) is not what the entries give")
      }
    }
    compareWithCheckpoint()
    guard let json = try? JSONValue.parse(entry.bytes) else {
      return verdict.report("entry_malformed", at: entry.index, "the entry is no JSON")
    }
    checkColumns(of: entry, json)
    try checkPayload(of: entry, json)
  }

  /// The columns serve lists and searches; a changed one would hide an entry.
  private mutating func checkColumns(of entry: LogEntry, _ json: JSONValue) {
    let columns = [
      ("id", entry.id), ("asset", entry.asset), ("kind", entry.kind), ("stage", entry.stage),
      ("decision", entry.decision), ("subject", entry.subject), ("tenant", entry.tenant),
      ("t", RFC3339.text(milliseconds: entry.time)),
    ]
    for (name, stored) in columns where !(json[name]?.string ?? "").utf8.elementsEqual(stored.utf8)
    {
      verdict.report(
        "column_mismatch", at: entry.index, "the column for \(name) is not what the entry says")
    }
    let labels = LogLeaf(json).labels
    if labels.categories != entry.categories || labels.rules != entry.rules {
      verdict.report(
        "column_mismatch", at: entry.index, "the columns for rules are not what the entry says")
    }
    if json.canonical != entry.bytes {
      verdict.report("entry_malformed", at: entry.index, "the entry is not canonical JSON")
    }
  }

  private mutating func checkPayload(of entry: LogEntry, _ json: JSONValue) throws {
    guard let text = json["commit"]?.string else { return }
    let payload = try PayloadDatabase.payload(index: entry.index, in: payloads)
    let erasure = try LogDatabase.index(ofID: LogLeaf.erasureID(of: entry.id), in: database)
    guard let payload else {
      if erasure != nil {
        verdict.erasedPayloads += 1
      } else {
        suspects.append((entry.index, entry.id))
      }
      return
    }
    guard let payloadKeys, payloadKeys.key(payload.sealed.keyID) != nil else {
      if erasure == nil { verdict.sealedPayloads += 1 }
      return
    }
    let opened = payload.sealed.open(id: entry.id, keys: payloadKeys)
    guard let opened,
      Hex.decode(text) == LogLeaf.commitment(to: opened.bytes, salt: opened.salt)
    else {
      return verdict.report(
        "payload_changed", at: entry.index, "the payload does not open the entry's commitment")
    }
    // With an erasure logged, the writer is between its two steps, or the next start finishes it.
    if erasure == nil { verdict.openedPayloads += 1 }
  }

  private mutating func readCheckpoints() throws {
    let rows = try Row.fetchCursor(
      database, sql: "SELECT size, root, note FROM checkpoints ORDER BY size")
    while let row = try rows.next() {
      let size = UInt64(bitPattern: row["size"] as Int64)
      verdict.checkpointCount += 1
      guard let note = try? SignedNote(parsing: row.bytes("note")) else {
        verdict.report("checkpoint_malformed", "the checkpoint over \(size) entries cannot be read")
        continue
      }
      switch note.checkpoint(signedBy: key) {
      case .rejected(let reason):
        verdict.report("checkpoint_bad", "the checkpoint over \(size) entries: \(reason)")
      case .verified(let checkpoint):
        guard checkpoint.size == size else {
          verdict.report(
            "checkpoint_bad", "the checkpoint stored for \(size) entries is over \(checkpoint.size)"
          )
          continue
        }
        if let other = checkpoints[size], other.root != checkpoint.root {
          verdict.report("checkpoint_bad", "two checkpoints over \(size) entries have two roots")
        }
        checkpoints[size] = checkpoint
      }
    }
  }

  private mutating func compareWithCheckpoint() {
    guard let checkpoint = checkpoints.removeValue(forKey: edge.size) else { return }
    guard checkpoint.root == edge.root else {
      return verdict.report(
        "root_mismatch",
        "the first \(edge.size) entries do not lead to the root that was signed for them")
    }
    verdict.checkpoint = checkpoint
  }
}
