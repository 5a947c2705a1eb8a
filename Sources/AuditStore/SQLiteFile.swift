import GRDB

/// How both files are opened.
enum SQLiteFile {
  /// A writer of a short transaction or a checkpoint is waited for that long, in seconds.
  private static let busyTimeout = 5.0

  /// Pages of the write-ahead log before it is copied into the file: a checkpoint costs two flushes,
  /// so not after every few batches; 16 MiB at most are then read twice at a start.
  private static let pagesBetweenCheckpoints = 4000

  /// Pages that a writer keeps in memory, in KiB. Ids are random, so each new one lies on another page
  /// of their index, which would else be read again for nearly every entry.
  private static let writerCache = 32 << 10

  /// - Parameter forgets: freed bytes are overwritten.
  static func open(_ path: String, readonly: Bool, forgets: Bool = false) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.readonly = readonly
    configuration.busyMode = .timeout(busyTimeout)
    if !readonly { configuration.journalMode = .wal }
    configuration.prepareDatabase { database in
      try database.execute(
        sql: """
          PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;
          PRAGMA secure_delete = \(forgets ? "ON" : "OFF");
          PRAGMA wal_autocheckpoint = \(pagesBetweenCheckpoints);
          """)
      if !readonly { try database.execute(sql: "PRAGMA cache_size = -\(writerCache)") }
    }
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    guard !readonly else { return queue }
    // GRDB sets NORMAL for WAL, which loses the last commits at power loss: an answered append
    // must not be lost.
    try queue.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA synchronous = FULL")
      guard try Int.fetchOne(database, sql: "PRAGMA synchronous") == 2 else {
        throw AuditError(.writeFailed, "SQLite does not take synchronous = FULL")
      }
    }
    return queue
  }
}
