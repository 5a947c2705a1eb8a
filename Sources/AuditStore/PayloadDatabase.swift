// GRDB binds BLOBs as Data.
import FoundationEssentials
import GRDB

/// `payloads.sqlite`: what may have to be forgotten, in a file of its own so that forgetting never
/// touches the log's. `secure_delete` overwrites freed pages.
struct PayloadDatabase: Sendable {
  static let fileName = "payloads.sqlite"
  /// "ASPL".
  private static let applicationID = 0x4153_504C

  struct Payload: Equatable, Sendable {
    let id: String
    let salt: [UInt8]
    let bytes: [UInt8]
  }

  let queue: DatabaseQueue

  init(writing folder: String) throws {
    queue = try SQLiteFile.open("\(folder)/\(PayloadDatabase.fileName)", readonly: false)
    try queue.write { database in
      try database.execute(
        sql: """
          CREATE TABLE IF NOT EXISTS payloads (
            id TEXT PRIMARY KEY, salt BLOB NOT NULL, payload BLOB NOT NULL) STRICT;
          PRAGMA application_id = \(PayloadDatabase.applicationID);
          """)
    }
  }

  init(reading folder: String) throws {
    queue = try SQLiteFile.open("\(folder)/\(PayloadDatabase.fileName)", readonly: true)
  }

  /// One transaction. A payload left behind by a batch whose log transaction failed is replaced.
  func insert(_ payloads: [Payload]) throws {
    guard !payloads.isEmpty else { return }
    try queue.write { database in
      for payload in payloads {
        try database.cachedStatement(sql: "INSERT OR REPLACE INTO payloads VALUES (?, ?, ?)")
          .execute(arguments: [payload.id, Data(payload.salt), Data(payload.bytes)])
      }
    }
  }

  /// Deletes payloads and salts, then empties the write-ahead log, where their bytes would stay.
  func erase(_ ids: [String]) throws {
    try delete(ids)
    try truncateLog()
  }

  func delete(_ ids: [String]) throws {
    guard !ids.isEmpty else { return }
    try queue.write { database in
      for id in ids {
        try database.execute(sql: "DELETE FROM payloads WHERE id = ?", arguments: [id])
      }
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

  func ids() throws -> [String] {
    try queue.read { try String.fetchAll($0, sql: "SELECT id FROM payloads") }
  }

  static func payload(id: String, in database: Database) throws -> Payload? {
    try Row.fetchOne(
      database.cachedStatement(sql: "SELECT id, salt, payload FROM payloads WHERE id = ?"),
      arguments: [id]
    ).map { Payload(id: $0["id"], salt: try $0.bytes("salt"), bytes: try $0.bytes("payload")) }
  }
}
