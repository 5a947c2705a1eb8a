// GRDB binds BLOBs as Data.
import FoundationEssentials
import GRDB
import MerkleLog
import StrictJSON

/// `log.sqlite`: entries, tree, checkpoints. Rows are added and never changed; triggers see to it
/// that a slip in our own code cannot do otherwise. Who edits the file is found by the tree.
struct LogDatabase: Sendable {
  static let fileName = "log.sqlite"
  /// "ASLG", so that `file` and a careless restore can tell the files apart.
  private static let applicationID = 0x4153_4C47
  private static let schemaVersion = 2

  /// Perfect subtrees of every fourth level are stored: what lies between is hashed from at most
  /// eight of them when a proof asks. Tiles need every eighth.
  private static let levelStride = 4

  let queue: DatabaseQueue

  init(writing folder: String) throws {
    queue = try SQLiteFile.open("\(folder)/\(LogDatabase.fileName)", readonly: false)
    try queue.write { database in
      let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
      guard version <= LogDatabase.schemaVersion else {
        throw AuditError(
          .unreadable, "the log was written by a newer version of Assay (schema \(version))")
      }
      if version == 0 { try LogDatabase.createTables(database) }
      if version < 2 { try LogDatabase.addSearch(database, isNew: version == 0) }
      if version < LogDatabase.schemaVersion {
        try database.execute(sql: "PRAGMA user_version = \(LogDatabase.schemaVersion)")
      }
    }
  }

  init(reading folder: String) throws {
    queue = try SQLiteFile.open("\(folder)/\(LogDatabase.fileName)", readonly: true)
  }

  private static func createTables(_ database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE entries (
          idx INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, asset TEXT NOT NULL,
          kind TEXT NOT NULL, stage TEXT NOT NULL, decision TEXT NOT NULL,
          time INTEGER NOT NULL, entry BLOB NOT NULL,
          leaf_hash BLOB NOT NULL CHECK (length(leaf_hash) = 32)) STRICT;
        CREATE INDEX entries_by_asset ON entries (asset, idx);
        CREATE TABLE nodes (
          level INTEGER NOT NULL, position INTEGER NOT NULL,
          hash BLOB NOT NULL CHECK (length(hash) = 32),
          PRIMARY KEY (level, position)) STRICT, WITHOUT ROWID;
        CREATE TABLE edge (
          one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL,
          hashes BLOB NOT NULL) STRICT;
        CREATE TABLE checkpoints (
          size INTEGER PRIMARY KEY, root BLOB NOT NULL CHECK (length(root) = 32),
          note BLOB NOT NULL) STRICT;
        INSERT INTO edge VALUES (1, 0, x'');
        """)
    for table in ["settings", "entries", "nodes", "checkpoints"] {
      try makeAppendOnly(table, database)
    }
    try database.execute(sql: "PRAGMA application_id = \(applicationID)")
  }

  /// Schema 2: what people filter by, cosignatures, and fewer stored nodes.
  private static func addSearch(_ database: Database, isNew: Bool) throws {
    for table in ["entries", "nodes"] { try allowChanges(of: table, database) }
    for column in ["subject", "tenant", "categories", "rules"] {
      try database.execute(
        sql: "ALTER TABLE entries ADD COLUMN \(column) TEXT NOT NULL DEFAULT ''")
    }
    try database.execute(
      sql: """
        CREATE INDEX entries_of_other_kinds ON entries (kind, idx)
          WHERE kind <> 'moderation.decision';
        CREATE TABLE cosignatures (
          size INTEGER NOT NULL, witness TEXT NOT NULL, line BLOB NOT NULL,
          PRIMARY KEY (size, witness)) STRICT, WITHOUT ROWID;
        DELETE FROM nodes WHERE level % \(levelStride) <> 0;
        """)
    if !isNew { try fillSearch(database) }
    for table in ["entries", "nodes", "cosignatures"] { try makeAppendOnly(table, database) }
  }

  private static func fillSearch(_ database: Database) throws {
    let rows = try Row.fetchCursor(database, sql: "SELECT idx, entry FROM entries ORDER BY idx")
    while let row = try rows.next() {
      // An entry that is no JSON was tampered with; verification names it.
      guard let leaf = try? LogLeaf(parsing: row.bytes("entry")) else { continue }
      let (categories, rules) = leaf.labels
      try database.cachedStatement(
        sql: "UPDATE entries SET subject = ?, categories = ?, rules = ? WHERE idx = ?"
      ).execute(arguments: [
        leaf.json["subject"]?.string ?? "", LogEntry.join(categories), LogEntry.join(rules),
        row["idx"] as Int64,
      ])
    }
  }

  private static func makeAppendOnly(_ table: String, _ database: Database) throws {
    for action in ["UPDATE", "DELETE"] {
      try database.execute(
        sql: """
          CREATE TRIGGER \(table)_no_\(action.lowercased()) BEFORE \(action) ON \(table)
          BEGIN SELECT RAISE(ABORT, '\(table) is append-only'); END
          """)
    }
  }

  private static func allowChanges(of table: String, _ database: Database) throws {
    try database.execute(
      sql: "DROP TRIGGER \(table)_no_update; DROP TRIGGER \(table)_no_delete")
  }

  // MARK: Writing, inside one transaction

  static func insert(_ entry: LogEntry, into database: Database) throws {
    try database.cachedStatement(
      sql:
        "INSERT INTO entries (\(LogEntry.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    ).execute(arguments: [
      Int64(entry.index), entry.id, entry.asset, entry.kind, entry.stage, entry.decision,
      entry.time, entry.subject, entry.tenant, LogEntry.join(entry.categories),
      LogEntry.join(entry.rules), Data(entry.leafHash.bytes), Data(entry.bytes),
    ])
  }

  /// Copies the write-ahead log into the file and empties it.
  func truncateLog() throws {
    try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
  }

  /// Whether a completed subtree has a row. Level 0 is the entries' own hash column.
  static func isStored(_ subtree: Subtree) -> Bool {
    subtree.level > 0 && subtree.level % levelStride == 0
  }

  static func insert(_ subtree: Subtree, _ hash: TreeHash, into database: Database) throws {
    try database.cachedStatement(
      sql: "INSERT INTO nodes (level, position, hash) VALUES (?, ?, ?)"
    ).execute(arguments: [subtree.level, Int64(subtree.index), Data(hash.bytes)])
  }

  static func store(_ edge: RightEdge, in database: Database) throws {
    try database.execute(
      sql: "UPDATE edge SET size = ?, hashes = ?",
      arguments: [Int64(edge.size), Data(edge.hashes.flatMap(\.bytes))])
  }

  static func insert(
    _ note: SignedNote, of checkpoint: Checkpoint, into database: Database
  ) throws {
    try database.execute(
      sql: "INSERT INTO checkpoints (size, root, note) VALUES (?, ?, ?)",
      arguments: [Int64(checkpoint.size), Data(checkpoint.root.bytes), Data(note.bytes)])
  }

  // MARK: Reading

  static func setting(_ name: String, in database: Database) throws -> String? {
    try String.fetchOne(
      database, sql: "SELECT value FROM settings WHERE name = ?", arguments: [name])
  }

  static func set(_ name: String, _ value: String, in database: Database) throws {
    try database.execute(sql: "INSERT INTO settings VALUES (?, ?)", arguments: [name, value])
  }

  static func edge(in database: Database) throws -> RightEdge {
    guard let row = try Row.fetchOne(database, sql: "SELECT size, hashes FROM edge") else {
      throw AuditError(.inconsistent, "the log's right edge is missing")
    }
    let bytes = try row.bytes("hashes")
    let hashes = stride(from: 0, to: bytes.count, by: TreeHash.byteCount).compactMap {
      TreeHash(Array(bytes[$0..<min($0 + TreeHash.byteCount, bytes.count)]))
    }
    guard let edge = RightEdge(size: UInt64(bitPattern: row["size"] as Int64), hashes: hashes)
    else { throw AuditError(.inconsistent, "the log's right edge is damaged") }
    return edge
  }

  static func entry(id: String, in database: Database) throws -> LogEntry? {
    try Row.fetchOne(
      database, sql: "SELECT \(LogEntry.columns) FROM entries WHERE id = ?", arguments: [id]
    ).map { try LogEntry($0) }
  }

  static func index(ofID id: String, in database: Database) throws -> UInt64? {
    try Int64.fetchOne(
      database.cachedStatement(sql: "SELECT idx FROM entries WHERE id = ?"), arguments: [id]
    ).map { UInt64(bitPattern: $0) }
  }

  static func entry(index: UInt64, in database: Database) throws -> LogEntry? {
    try Row.fetchOne(
      database, sql: "SELECT \(LogEntry.columns) FROM entries WHERE idx = ?",
      arguments: [Int64(bitPattern: index)]
    ).map { try LogEntry($0) }
  }

  /// Whether the last entry says that another log goes on.
  static func isRotated(in database: Database) throws -> Bool {
    let kind = try String.fetchOne(
      database, sql: "SELECT kind FROM entries ORDER BY idx DESC LIMIT 1")
    return kind == AuditEvent.Kind.rotated.rawValue
  }

  /// Entries whose payload is logged as erased.
  static func erasedIndices(in database: Database) throws -> [UInt64] {
    try Int64.fetchAll(
      database,
      sql: """
        SELECT json_extract(CAST(entry AS TEXT), '$.index') FROM entries
        WHERE kind = '\(LogLeaf.Kind.erased.rawValue)' AND kind <> 'moderation.decision'
        """
    ).map { UInt64(bitPattern: $0) }
  }

  /// The largest stored checkpoint, read but not verified.
  static func latestCheckpoint(in database: Database) throws -> SignedNote? {
    try Row.fetchOne(
      database, sql: "SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1"
    ).map { try SignedNote(parsing: $0.bytes("note")) }
  }

  /// The hash of a perfect subtree that is complete.
  static func hash(of subtree: Subtree, in database: Database) throws -> TreeHash {
    let above = subtree.level % levelStride
    let count = UInt64(1) << UInt64(above)
    let hashes = try hashes(
      level: subtree.level - above, from: subtree.index * count, count: count, in: database)
    return MerkleTree.perfectRoot(of: hashes[...], level: above)
  }

  /// The hashes of `count` complete subtrees side by side, of a level that is stored.
  static func hashes(
    level: Int, from first: UInt64, count: UInt64, in database: Database
  ) throws -> [TreeHash] {
    let range: StatementArguments = [Int64(bitPattern: first), Int64(bitPattern: first + count)]
    let rows =
      level == 0
      ? try Row.fetchCursor(
        database.cachedStatement(
          sql: "SELECT leaf_hash AS hash FROM entries WHERE idx >= ? AND idx < ? ORDER BY idx"),
        arguments: range)
      : try Row.fetchCursor(
        database.cachedStatement(
          sql: """
            SELECT hash FROM nodes WHERE level = \(level) AND position >= ? AND position < ?
            ORDER BY position
            """), arguments: range)
    var hashes: [TreeHash] = []
    hashes.reserveCapacity(Int(count))
    while let row = try rows.next() { hashes.append(try row.treeHash(at: 0)) }
    guard hashes.count == count else {
      throw AuditError(
        .inconsistent, "the tree lacks nodes of level \(level) from \(first) on")
    }
    return hashes
  }

  /// The bytes of `count` entries side by side.
  static func entryBytes(
    from first: UInt64, count: Int, in database: Database
  ) throws -> [[UInt8]] {
    let rows = try Row.fetchCursor(
      database.cachedStatement(
        sql: "SELECT entry FROM entries WHERE idx >= ? AND idx < ? ORDER BY idx"),
      arguments: [Int64(bitPattern: first), Int64(bitPattern: first) + Int64(count)])
    var entries: [[UInt8]] = []
    entries.reserveCapacity(count)
    while let row = try rows.next() { entries.append(try row.bytes("entry")) }
    guard entries.count == count else {
      throw AuditError(.inconsistent, "the log lacks entries from \(first) on")
    }
    return entries
  }

  // MARK: Cosignatures

  static func insert(
    cosignature line: [UInt8], of size: UInt64, by witness: String, into database: Database
  ) throws {
    try database.execute(
      sql: "INSERT OR IGNORE INTO cosignatures VALUES (?, ?, ?)",
      arguments: [Int64(bitPattern: size), witness, Data(line)])
  }

  /// The largest size that a witness cosigned; 0 for none.
  static func cosignedSize(by witness: String, in database: Database) throws -> UInt64 {
    let size = try Int64.fetchOne(
      database, sql: "SELECT max(size) FROM cosignatures WHERE witness = ?", arguments: [witness])
    return UInt64(bitPattern: size ?? 0)
  }

  /// The note with the witnesses' lines that came in since it was signed.
  static func withCosignatures(
    _ note: SignedNote, size: UInt64, in database: Database
  ) throws -> SignedNote {
    var note = note
    let rows = try Row.fetchAll(
      database.cachedStatement(
        sql: "SELECT line FROM cosignatures WHERE size = ? ORDER BY witness"),
      arguments: [Int64(bitPattern: size)])
    for row in rows { try note.add(signatureLines: try row.bytes("line")) }
    return note
  }

  /// The receipt of an entry under a checkpoint that covers it. What was built is checked before it
  /// is handed out, so a damaged node table cannot issue bad receipts.
  static func receipt(
    index: UInt64, under note: SignedNote, in database: Database
  ) throws -> Receipt {
    let checkpoint = try Checkpoint(text: note.text)
    guard let entry = try entry(index: index, in: database) else {
      throw AuditError(.notFound, "the log has no entry \(index)")
    }
    guard index < checkpoint.size else {
      throw AuditError(
        .notFound,
        "entry \(index) is not under a signed checkpoint yet; the gateway signs one in a moment")
    }
    let hashes = try MerkleProof.inclusion(index: index, size: checkpoint.size) {
      try hash(of: $0, in: database)
    }
    let isGood = MerkleProof.verifyInclusion(
      leaf: .leaf(entry.bytes), index: index, size: checkpoint.size, proof: hashes,
      root: checkpoint.root)
    guard isGood else {
      throw AuditError(
        .inconsistent,
        "entry \(index) does not lead to the signed checkpoint; run the log's verification")
    }
    let file = ProofFile(
      index: index, hashes: hashes,
      checkpoint: try withCosignatures(note, size: checkpoint.size, in: database))
    return Receipt(
      index: index, entry: entry.bytes, proof: String(decoding: file.bytes, as: UTF8.self))
  }
}
