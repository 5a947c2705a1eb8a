import GRDB
import StrictJSON

/// A small document with an owner: a character, an asset, a webhook, a review.
struct Record: Equatable, Sendable {
  let kind: String
  let id: String
  let tenant: String
  let document: JSONValue
  /// Grows with every change.
  let version: Int
  /// Seconds since 1970; nil for what stays until it is deleted.
  let expiresAt: Int64?
}

/// Everything of the gateway that is neither a job nor a decision, in SQLite. Documents are small and
/// few; what is hot or large has a store of its own.
final class RecordStore: Sendable {
  private let database: DatabasePool

  init(path: String) throws {
    var configuration = Configuration()
    configuration.label = "records"
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
    database = try DatabasePool(path: path, configuration: configuration)
    var migrator = DatabaseMigrator()
    migrator.registerMigration("records") { db in
      try db.execute(
        sql: """
          CREATE TABLE records (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            id TEXT NOT NULL,
            tenant TEXT NOT NULL,
            version INTEGER NOT NULL,
            expires_at INTEGER,
            document TEXT NOT NULL,
            UNIQUE (kind, id)
          ) STRICT;
          CREATE INDEX records_by_tenant ON records (kind, tenant, seq);
          CREATE INDEX records_expiring ON records (expires_at) WHERE expires_at IS NOT NULL;
          """)
    }
    try migrator.migrate(database)
  }

  /// Stores a new record; false when the id is taken, and nothing is changed then.
  @discardableResult
  func insert(
    _ kind: String, _ id: String, tenant: String, _ document: JSONValue, expiresAt: Int64? = nil
  ) async throws -> Bool {
    try await database.write { db in
      try db.execute(
        sql: """
          INSERT INTO records (kind, id, tenant, version, expires_at, document)
          VALUES (?, ?, ?, 1, ?, ?) ON CONFLICT DO NOTHING
          """, arguments: [kind, id, tenant, expiresAt, document.compact])
      return db.changesCount == 1
    }
  }

  /// Stores a record in the place of whatever had its kind and id.
  func replace(
    _ kind: String, _ id: String, tenant: String, _ document: JSONValue, expiresAt: Int64?
  ) async throws {
    try await database.write { db in
      try db.execute(
        sql: """
          INSERT INTO records (kind, id, tenant, version, expires_at, document)
          VALUES (?, ?, ?, 1, ?, ?)
          ON CONFLICT (kind, id) DO UPDATE SET tenant = excluded.tenant, version = version + 1,
            expires_at = excluded.expires_at, document = excluded.document
          """, arguments: [kind, id, tenant, expiresAt, document.compact])
    }
  }

  /// Replaces a record if `version` is still its newest.
  ///
  /// - Parameter kind: files it under another kind from now on.
  func update(
    _ record: Record, to document: JSONValue, kind: String? = nil
  ) async throws -> Bool {
    try await database.write { db in
      try db.execute(
        sql: """
          UPDATE records SET document = ?, version = version + 1, kind = ?
          WHERE kind = ? AND id = ? AND version = ?
          """,
        arguments: [
          document.compact, kind ?? record.kind, record.kind, record.id, record.version,
        ])
      return db.changesCount == 1
    }
  }

  /// - Parameter tenant: nil asks for anybody's.
  func record(_ kind: String, _ id: String, tenant: String? = nil) async throws -> Record? {
    try await database.read { db in
      try Row.fetchOne(
        db, sql: "SELECT * FROM records WHERE kind = ? AND id = ? AND (? IS NULL OR tenant = ?)",
        arguments: [kind, id, tenant, tenant]
      ).map(RecordStore.read)
    }
  }

  /// Records of a kind, oldest first.
  ///
  /// - Parameter tenant: nil asks for everybody's.
  func records(
    _ kind: String, tenant: String? = nil, limit: Int = 1000, newestFirst: Bool = false
  ) async throws -> [Record] {
    try await database.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT * FROM records WHERE kind = ? AND (? IS NULL OR tenant = ?)
          ORDER BY seq \(newestFirst ? "DESC" : "ASC") LIMIT ?
          """, arguments: [kind, tenant, tenant, limit]
      ).map(RecordStore.read)
    }
  }

  func delete(_ kind: String, _ id: String) async throws {
    try await database.write { db in
      try db.execute(
        sql: "DELETE FROM records WHERE kind = ? AND id = ?", arguments: [kind, id])
    }
  }

  func expired(at time: Int64) async throws -> [Record] {
    try await database.read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM records WHERE expires_at <= ? ORDER BY seq", arguments: [time]
      ).map(RecordStore.read)
    }
  }

  private static func read(_ row: Row) throws -> Record {
    Record(
      kind: row["kind"], id: row["id"], tenant: row["tenant"],
      document: try JSONValue.parse(Array((row["document"] as String).utf8)),
      version: row["version"], expiresAt: row["expires_at"])
  }
}
