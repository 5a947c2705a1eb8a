import GRDB
import Glibc
import MerkleLog

/// `index.sqlite`: for each subject, rule, category … the leaves that name it, so that a list over
/// a million leaves is answered at once. Derived from the leaves and never trusted: what it finds
/// is read from the log and compared again, and deleting the file costs only the time to rebuild
/// it.
struct LogIndex: Sendable {
  static let fileName = "index.sqlite"
  private static let schemaVersion: Int32 = 1
  /// Leaves whose times are summed up in one row: a time range is cut to these.
  static let blockSize: UInt64 = 1024

  private let queue: DatabaseQueue

  /// Opens the index, or makes it.
  ///
  /// - Throws: anything; a reader that may not write the folder does without an index.
  init(folder: String) throws {
    var configuration = Configuration()
    configuration.busyMode = .timeout(30)
    configuration.journalMode = .wal
    // Losing the last commits at power loss only means indexing them again.
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
    }
    let path = "\(folder)/\(LogIndex.fileName)"
    let isNew = access(path, F_OK) != 0
    queue = try DatabaseQueue(path: path, configuration: configuration)
    if isNew { chmod(path, 0o600) }
    try queue.write { database in
      let version = try Int32.fetchOne(database, sql: "PRAGMA user_version") ?? 0
      if version != LogIndex.schemaVersion { try LogIndex.createTables(database) }
    }
  }

  private static func createTables(_ database: Database) throws {
    try database.execute(
      sql: """
        DROP TABLE IF EXISTS progress;
        DROP TABLE IF EXISTS terms;
        DROP TABLE IF EXISTS postings;
        DROP TABLE IF EXISTS times;
        DROP TABLE IF EXISTS blocks;
        CREATE TABLE progress (
          one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL,
          last_hash TEXT NOT NULL) STRICT;
        CREATE TABLE terms (
          id INTEGER PRIMARY KEY, facet INTEGER NOT NULL, value TEXT NOT NULL,
          count INTEGER NOT NULL, UNIQUE (facet, value)) STRICT;
        CREATE TABLE postings (
          term INTEGER NOT NULL, idx INTEGER NOT NULL,
          PRIMARY KEY (term, idx)) STRICT, WITHOUT ROWID;
        CREATE TABLE times (idx INTEGER PRIMARY KEY, time INTEGER NOT NULL) STRICT;
        CREATE TABLE blocks (
          block INTEGER PRIMARY KEY, earliest INTEGER NOT NULL, latest INTEGER NOT NULL) STRICT;
        INSERT INTO progress VALUES (1, 0, '');
        PRAGMA user_version = \(schemaVersion);
        """)
  }

  // MARK: Keeping up

  /// Leaves that are in the index, and the leaf hash of the last.
  func progress() async throws -> (size: UInt64, lastHash: String) {
    try await queue.read { try LogIndex.progress(in: $0) }
  }

  private static func progress(in database: Database) throws -> (size: UInt64, lastHash: String) {
    guard let row = try Row.fetchOne(database, sql: "SELECT size, last_hash FROM progress") else {
      return (0, "")
    }
    return (UInt64(bitPattern: row["size"] as Int64), row["last_hash"])
  }

  func clear() async throws { try await queue.write { try LogIndex.createTables($0) } }

  /// Adds a page of leaves in one transaction. Does nothing when another process was faster.
  func add(_ page: [StreamedLeaf]) async throws {
    guard let first = page.first, let last = page.last else { return }
    try await queue.write { database in
      guard try LogIndex.progress(in: database).size == first.index else { return }
      let writer = try LogIndexWriter(database)
      for leaf in page { try writer.add(leaf) }
      try writer.finish()
      try database.execute(
        sql: "UPDATE progress SET size = ?, last_hash = ?",
        arguments: [Int64(last.index) + 1, TreeHash.leaf(last.bytes).description])
    }
  }

  // MARK: Asking

  /// Indices of leaves that fit all but the asset, newest first.
  func find(_ filter: LogFilter, limit: Int) async throws -> [UInt64] {
    try await queue.read { database in
      guard let query = try LogIndexQuery(filter, in: database) else { return [] }
      return try Int64.fetchAll(
        database, sql: query.sql, arguments: query.arguments + [max(limit, 0)]
      ).map { UInt64(bitPattern: $0) }
    }
  }
}

/// One transaction's additions. The most frequent terms are looked up once a page.
private final class LogIndexWriter {
  private let database: Database
  private let insertTime: Statement
  private let insertPosting: Statement
  private var terms: [String: (id: Int64, added: Int)] = [:]
  private var blocks: [Int64: (earliest: Int64, latest: Int64)] = [:]

  init(_ database: Database) throws {
    self.database = database
    insertTime = try database.cachedStatement(sql: "INSERT INTO times VALUES (?, ?)")
    insertPosting = try database.cachedStatement(sql: "INSERT INTO postings VALUES (?, ?)")
  }

  func add(_ leaf: StreamedLeaf) throws {
    let index = Int64(leaf.index)
    try insertTime.execute(arguments: [index, leaf.time])
    let block = index / Int64(LogIndex.blockSize)
    let known = blocks[block]
    blocks[block] = (
      min(known?.earliest ?? leaf.time, leaf.time), max(known?.latest ?? leaf.time, leaf.time)
    )
    guard let facts = leaf.facts() else { return }
    for facet in LogFacet.allCases {
      for value in facet.values(of: facts) {
        try insertPosting.execute(arguments: [try term(facet, value), index])
      }
    }
  }

  func finish() throws {
    let count = try database.cachedStatement(
      sql: "UPDATE terms SET count = count + ? WHERE id = ?")
    for (_, term) in terms { try count.execute(arguments: [term.added, term.id]) }
    let merge = try database.cachedStatement(
      sql: """
        INSERT INTO blocks VALUES (?, ?, ?) ON CONFLICT (block) DO UPDATE SET
          earliest = min(earliest, excluded.earliest), latest = max(latest, excluded.latest)
        """)
    for (block, times) in blocks {
      try merge.execute(arguments: [block, times.earliest, times.latest])
    }
  }

  private func term(_ facet: LogFacet, _ value: String) throws -> Int64 {
    let key = "\(facet.rawValue) \(value)"
    if let known = terms[key] {
      terms[key] = (known.id, known.added + 1)
      return known.id
    }
    let find = try database.cachedStatement(
      sql: "SELECT id FROM terms WHERE facet = ? AND value = ?")
    var id = try Int64.fetchOne(find, arguments: [facet.rawValue, value])
    if id == nil {
      try database.cachedStatement(
        sql: "INSERT INTO terms (facet, value, count) VALUES (?, ?, 0)"
      ).execute(arguments: [facet.rawValue, value])
      id = database.lastInsertedRowID
    }
    terms[key] = (id!, 1)
    return id!
  }
}

/// A filter as SQL: walks the rarest term's leaves backwards and looks each up under the others.
private struct LogIndexQuery {
  var sql: String
  var arguments: StatementArguments

  /// Nil when no leaf can fit.
  init?(_ filter: LogFilter, in database: Database) throws {
    var terms: [(id: Int64, count: Int64)] = []
    for (facet, value) in filter.facets {
      let row = try Row.fetchOne(
        database, sql: "SELECT id, count FROM terms WHERE facet = ? AND value = ?",
        arguments: [facet.rawValue, value])
      guard let row else { return nil }
      terms.append((row[0], row[1]))
    }
    terms.sort { $0.count < $1.count }
    guard let bounds = try LogIndexQuery.bounds(filter, in: database) else { return nil }
    if let rarest = terms.first {
      sql = "SELECT p.idx FROM postings p WHERE p.term = ? AND p.idx >= ? AND p.idx < ?"
      arguments = [rarest.id, bounds.lowerBound, bounds.upperBound]
    } else {
      sql = "SELECT p.idx FROM times p WHERE p.idx >= ? AND p.idx < ?"
      arguments = [bounds.lowerBound, bounds.upperBound]
    }
    for term in terms.dropFirst() {
      sql += " AND EXISTS (SELECT 1 FROM postings q WHERE q.term = ? AND q.idx = p.idx)"
      arguments += [term.id]
    }
    if filter.since != nil || filter.until != nil {
      sql +=
        " AND EXISTS (SELECT 1 FROM times t WHERE t.idx = p.idx AND t.time >= ? AND t.time < ?)"
      arguments += [filter.since ?? .min, filter.until ?? .max]
    }
    sql += " ORDER BY p.idx DESC LIMIT ?"
  }

  /// The stretch of the log that can have the times asked for. Times may step back a little from
  /// one leaf to the next, so each leaf's own is compared too.
  private static func bounds(_ filter: LogFilter, in database: Database) throws -> Range<Int64>? {
    var low: Int64 = 0
    var high = Int64(clamping: filter.before ?? UInt64(Int64.max))
    let size = Int64(LogIndex.blockSize)
    if let since = filter.since {
      guard
        let first = try Int64.fetchOne(
          database, sql: "SELECT min(block) FROM blocks WHERE latest >= ?", arguments: [since])
      else { return nil }
      low = first * size
    }
    if let until = filter.until {
      guard
        let last = try Int64.fetchOne(
          database, sql: "SELECT max(block) FROM blocks WHERE earliest < ?", arguments: [until])
      else { return nil }
      high = min(high, (last + 1) * size)
    }
    return low < high ? low..<high : nil
  }
}
