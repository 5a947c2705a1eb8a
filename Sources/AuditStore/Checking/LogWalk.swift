import Bytes
import GRDB
import MerkleLog
import StrictJSON

/// One pass over a snapshot of both files, entry by entry, with what it must look up held in memory:
/// a log of a million entries takes seconds, not minutes.
struct LogWalk {
  private static let log = LogDatabase.fileName
  private static let payloadFile = PayloadDatabase.fileName
  private static let publishedFile = "checkpoint"

  private let database: Database
  private let payloadKeys: PayloadKeys?
  private let opening: PayloadOpening?
  private let key: VerifierKey
  private(set) var verdict = LogVerdict()
  private(set) var suspects: [(index: UInt64, id: String)] = []
  private var edge = RightEdge()
  /// By size; taken off as the walk reaches it.
  private var checkpoints: [UInt64: Checkpoint] = [:]
  private let erased: Set<UInt64>
  private let payloads: RowCursor
  private var nextPayload: Row?

  init(
    database: Database, payloads: Database, payloadKeys: PayloadKeys?, key: VerifierKey
  ) throws {
    self.database = database
    self.payloadKeys = payloadKeys
    opening = payloadKeys.map(PayloadOpening.init)
    self.key = key
    erased = Set(try LogDatabase.erasedIndices(in: database))
    // Without a key nothing is opened, so nothing of it need be read.
    let columns = payloadKeys == nil ? "idx, id" : PayloadDatabase.Payload.columns
    self.payloads = try Row.fetchCursor(
      payloads, sql: "SELECT \(columns) FROM payloads ORDER BY idx")
    nextPayload = try self.payloads.next()
  }

  /// The published checkpoint counts like a stored one: it shows when the database is an old copy.
  mutating func add(_ published: [UInt8]) {
    guard let note = try? SignedNote(parsing: published),
      case .verified(let checkpoint) = note.checkpoint(signedBy: key)
    else {
      return verdict.report(
        "checkpoint_bad", "the published checkpoint is not signed by this key",
        file: Self.publishedFile)
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
    countOpenedPayloads()
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
    guard let columns = EntryColumns(entry.bytes) else {
      return verdict.report(
        "entry_malformed", at: entry.index, "the entry is no canonical JSON object")
    }
    for name in columns.differences(from: entry) {
      verdict.report(
        "column_mismatch", at: entry.index, "the column for \(name) is not what the entry says")
    }
    try checkPayload(of: entry, commitment: columns.commitment)
  }

  private mutating func checkPayload(of entry: LogEntry, commitment: String?) throws {
    let payload = try takePayload(of: entry.index)
    guard let commitment else {
      guard payload != nil else { return }
      return verdict.report(
        "payload_uncommitted", at: entry.index, "there is a payload that the entry says nothing of",
        file: Self.payloadFile)
    }
    let isErased = erased.contains(entry.index)
    guard let payload else {
      if isErased {
        verdict.erasedPayloads += 1
      } else {
        suspects.append((entry.index, entry.id))
      }
      return
    }
    guard let payloadKeys, let opening else {
      if !isErased { verdict.sealedPayloads += 1 }
      return
    }
    let stored = try PayloadDatabase.Payload(payload)
    guard payloadKeys.key(stored.sealed.keyID) != nil else {
      if !isErased { verdict.sealedPayloads += 1 }
      return
    }
    opening.add(
      PayloadOpening.Work(
        index: entry.index, id: entry.id, commitment: commitment, payload: stored,
        isErased: isErased))
  }

  private mutating func countOpenedPayloads() {
    guard let result = opening?.finish() else { return }
    verdict.openedPayloads = result.opened
    for index in result.changed {
      verdict.report(
        "payload_changed", at: index, "the payload does not open the entry's commitment",
        file: Self.payloadFile)
    }
  }

  /// Both files are read in the order of indices.
  private mutating func takePayload(of index: UInt64) throws -> Row? {
    while let row = nextPayload, UInt64(bitPattern: row[0] as Int64) <= index {
      let isIt = UInt64(bitPattern: row[0] as Int64) == index
      // The cursor reuses its row.
      let copy = isIt ? row.copy() : nil
      nextPayload = try payloads.next()
      if isIt { return copy }
    }
    return nil
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
          verdict.report(
            "fork", "two checkpoints over \(size) entries have two roots", file: Self.publishedFile)
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
