// GRDB binds BLOBs as Data.
import FoundationEssentials
import GRDB
import PKI

/// `payloads.sqlite`: what may have to be forgotten, sealed, in a file of its own so that forgetting
/// never touches the log's. `secure_delete` overwrites freed pages.
struct PayloadDatabase: Sendable {
  static let fileName = "payloads.sqlite"
  /// "ASPL".
  private static let applicationID = 0x4153_504C
  private static let schemaVersion = 2

  /// A row. Payloads are numbered as their entries, so that both files are read side by side.
  struct Payload: Equatable, Sendable {
    let index: UInt64
    let id: String
    /// How long it is kept, such as `decision`.
    let retentionClass: String
    /// Milliseconds since 1970, as the entry's.
    let time: Int64
    let sealed: SealedPayload

    init(index: UInt64, id: String, retentionClass: String, time: Int64, sealed: SealedPayload) {
      self.index = index
      self.id = id
      self.retentionClass = retentionClass
      self.time = time
      self.sealed = sealed
    }

    /// A row of `columns`.
    init(_ row: Row) throws {
      index = UInt64(bitPattern: row[0] as Int64)
      id = row[1]
      retentionClass = row[2]
      time = row[3]
      sealed = SealedPayload(
        keyID: row[4], wrappedKey: try row.bytes(at: 5), sealed: try row.bytes(at: 6))
    }

    static let columns = "idx, id, class, time, key_id, wrapped_key, sealed"
  }

  let queue: DatabaseQueue

  /// - Parameter entry: index and time of a record, for the migration of older files.
  init(
    writing folder: String, keys: PayloadKeys,
    entry: (String) throws -> (index: UInt64, time: Int64)?
  ) throws {
    queue = try SQLiteFile.open(
      "\(folder)/\(PayloadDatabase.fileName)", readonly: false, forgets: true)
    let wasMigrated = try queue.write { database in
      let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
      guard version <= PayloadDatabase.schemaVersion else {
        throw AuditError(
          .unreadable, "the payloads were written by a newer version of Assay (schema \(version))")
      }
      let isOld = try version == 0 && database.tableExists("payloads")
      if version < PayloadDatabase.schemaVersion {
        if isOld { try database.execute(sql: "ALTER TABLE payloads RENAME TO plain") }
        try PayloadDatabase.createTables(database)
        if isOld { try PayloadDatabase.sealOld(database, keys: keys, entry: entry) }
      }
      try PayloadDatabase.checkKeys(keys, in: database)
      return isOld
    }
    // The old rows' bytes stand in the write-ahead log until it is emptied.
    if wasMigrated { try truncateLog() }
  }

  init(reading folder: String) throws {
    queue = try SQLiteFile.open("\(folder)/\(PayloadDatabase.fileName)", readonly: true)
  }

  private static func createTables(_ database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE payloads (
          idx INTEGER PRIMARY KEY, id TEXT NOT NULL, class TEXT NOT NULL, time INTEGER NOT NULL,
          key_id TEXT NOT NULL, wrapped_key BLOB NOT NULL, sealed BLOB NOT NULL) STRICT;
        CREATE TABLE keys (key_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
        PRAGMA application_id = \(applicationID);
        PRAGMA user_version = \(schemaVersion);
        """)
  }

  /// Schema 1 had salts and payloads in the clear.
  private static func sealOld(
    _ database: Database, keys: PayloadKeys, entry: (String) throws -> (index: UInt64, time: Int64)?
  ) throws {
    let rows = try Row.fetchCursor(database, sql: "SELECT id, salt, payload FROM plain")
    while let row = try rows.next() {
      let id: String = row["id"]
      // One without an entry was left by a crash and is not kept.
      guard let entry = try entry(id) else { continue }
      let sealed = SealedPayload(
        try row.bytes("payload"), salt: try row.bytes("salt"), id: id, keys: keys)
      try insert(
        Payload(
          index: entry.index, id: id, retentionClass: "decision", time: entry.time, sealed: sealed),
        into: database)
    }
    try database.execute(sql: "DROP TABLE plain")
  }

  /// A lost key file must not be taken for a new installation: nothing old would open again, and
  /// nobody would notice.
  private static func checkKeys(_ keys: PayloadKeys, in database: Database) throws {
    let used = try String.fetchAll(database, sql: "SELECT key_id FROM keys")
    guard used.isEmpty || used.contains(where: { keys.key($0) != nil }) else {
      throw AuditError(
        .wrongKey,
        "the payloads were sealed under another payload key; restore the key file, or add the old "
          + "key as its second line")
    }
    try database.execute(
      sql: "INSERT OR IGNORE INTO keys VALUES (?)", arguments: [keys.newest.identifier])
  }

  private static func insert(_ payload: Payload, into database: Database) throws {
    try database.cachedStatement(
      sql: "INSERT OR REPLACE INTO payloads (\(Payload.columns)) VALUES (?, ?, ?, ?, ?, ?, ?)"
    ).execute(arguments: [
      Int64(payload.index), payload.id, payload.retentionClass, payload.time,
      payload.sealed.keyID, Data(payload.sealed.wrappedKey), Data(payload.sealed.sealed),
    ])
  }

  /// One transaction. A payload left behind by a batch whose log transaction failed is replaced.
  func insert(_ payloads: [Payload]) throws {
    guard !payloads.isEmpty else { return }
    try queue.write { database in
      for payload in payloads { try PayloadDatabase.insert(payload, into: database) }
    }
  }

  /// Deletes payloads with their keys and salts, then empties the write-ahead log, where their bytes
  /// would stay.
  func erase(_ indices: [UInt64]) throws {
    try delete(indices)
    try truncateLog()
  }

  func delete(_ indices: [UInt64]) throws {
    guard !indices.isEmpty else { return }
    try queue.write { database in
      for index in indices {
        try database.execute(
          sql: "DELETE FROM payloads WHERE idx = ?", arguments: [Int64(bitPattern: index)])
      }
    }
  }

  /// What lies at or behind `size` has no entry: a crash came between the two transactions.
  func deleteAll(from size: UInt64) throws {
    try queue.write { database in
      try database.execute(
        sql: "DELETE FROM payloads WHERE idx >= ?", arguments: [Int64(bitPattern: size)])
    }
  }

  /// - Throws: `.writeFailed` when a reader keeps the old pages alive; the next erasure or the next
  ///   start then empties the log.
  func truncateLog() throws {
    let isBusy = try queue.writeWithoutTransaction { database in
      try Int.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)") ?? 1
    }
    guard isBusy == 0 else {
      throw AuditError(
        .writeFailed, "a reader still holds the erased pages; repeat the erasure in a moment")
    }
  }

  static func payload(index: UInt64, in database: Database) throws -> Payload? {
    try Row.fetchOne(
      database.cachedStatement(sql: "SELECT \(Payload.columns) FROM payloads WHERE idx = ?"),
      arguments: [Int64(bitPattern: index)]
    ).map { try Payload($0) }
  }
}
