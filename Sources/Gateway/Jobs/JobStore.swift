import Evidence
import GRDB
import Moderation
import Synchronization

/// A job with its place in the store.
struct StoredJob: Equatable, Sendable {
  let job: Job
  /// Grows with every change; a change made from an older version is refused.
  let version: Int
  /// Runs begun in the present state without an end. Unlike `Job.attempts`, which only grows and
  /// numbers the log's records, it starts anew when the job moves on.
  let strikes: Int
  /// Runs in the present state that the end of the whole server cut off. They are no fault of the
  /// job's that anybody can see, and have a limit of their own.
  var interruptions = 0
  /// `traceparent` of the request that made the job.
  var trace: String?
}

/// A change was made from a version that is no longer the newest: two hands on one job.
struct StaleJob: Error, Equatable, Sendable, CustomStringConvertible {
  let id: String
  var description: String { "job \(id) was changed or deleted by somebody else meanwhile" }
}

/// One page of a listing.
struct JobPage: Equatable, Sendable {
  let jobs: [Job]
  let hasMore: Bool
}

/// The jobs in SQLite: every accepted job is here before its caller hears of it, and every step is
/// here before the next begins, so that a killed server goes on where it was.
final class JobStore: Sendable {
  private let database: DatabasePool
  private let writer: GroupCommit
  /// Jobs of each tenant that are not terminal: counted here, as it is asked at every create.
  private let waiting: Mutex<[String: Int]>

  /// Opens or makes the database. Write-ahead log, and `synchronous=FULL`: what was answered stays,
  /// also when the power goes.
  init(path: String) throws {
    var configuration = Configuration()
    configuration.label = "jobs"
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
    database = try DatabasePool(path: path, configuration: configuration)
    try JobSchema.migrator.migrate(database)
    writer = GroupCommit(database)
    waiting = Mutex(
      try database.read { db in
        try Row.fetchAll(
          db,
          sql: """
            SELECT tenant, count(*) AS n FROM jobs
            WHERE state IN ('queued', 'generated', 'inspected', 'sealed') GROUP BY tenant
            """
        ).reduce(into: [:]) { $0[$1["tenant"]] = $1["n"] }
      })
  }

  /// Whether a file with this SHA-256 was released here, whoever asked for it.
  func isReleased(sealedHash: String) async throws -> Bool {
    try await database.read { db in
      try Bool.fetchOne(
        db,
        sql: """
          SELECT 1 FROM jobs
          WHERE json_extract(job, '$.hashes.sealed') = ? AND state = 'released' LIMIT 1
          """, arguments: [sealedHash]) ?? false
    }
  }

  /// The job whose clip carries this id in its invisible mark, whoever asked for it and whether or
  /// not it can still be fetched.
  func job(watermark id: String) async throws -> StoredJob? {
    try await database.read { db in
      try Row.fetchOne(
        db, sql: "SELECT * FROM jobs WHERE json_extract(job, '$.watermark') = ?", arguments: [id]
      ).map(JobStore.read)
    }
  }

  /// Stores a new job. When the tenant has used `idempotencyKey` before, that older job is returned
  /// and nothing is stored.
  func insert(
    _ job: Job, bodyHash: String, idempotencyKey: String? = nil
  ) async throws -> StoredJob {
    let trace = TraceContext.current?.traceparent
    let stored = try await writer.write { db in
      if let idempotencyKey,
        let row = try Row.fetchOne(
          db, sql: "SELECT * FROM jobs WHERE tenant = ? AND idempotency_key = ?",
          arguments: [job.subject.tenant, idempotencyKey])
      {
        return try JobStore.read(row)
      }
      try db.execute(
        sql: """
          INSERT INTO jobs
            (id, tenant, state, version, created_at, body_hash, idempotency_key, trace, job)
          VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?)
          """,
        arguments: [
          job.id, job.subject.tenant, job.state.rawValue, job.createdAt, bodyHash, idempotencyKey,
          trace, JobCoding.encode(job),
        ])
      return StoredJob(job: job, version: 1, strikes: 0, trace: trace)
    }
    if stored.job.id == job.id { count(job.subject.tenant, from: nil, to: job.state) }
    return stored
  }

  /// Replaces a job, if `version` is still its newest.
  ///
  /// - Parameters:
  ///   - notBefore: seconds since 1970 before which it is not claimed again.
  ///   - isRunning: whether the run that began with `claim` goes on.
  ///   - isUntold: whether its owner is still to be told of this state.
  /// - Returns: the new version.
  /// - Throws: `StaleJob`, or the database's error.
  @discardableResult
  func update(
    _ job: Job, from version: Int, strikes: Int = 0, notBefore: Int64 = 0,
    isRunning: Bool = false, isUntold: Bool = false
  ) async throws -> Int {
    let before = try await writer.write { db in
      let before = try String.fetchOne(
        db, sql: "SELECT state FROM jobs WHERE id = ? AND version = ?",
        arguments: [job.id, version])
      guard let before else { throw StaleJob(id: job.id) }
      try db.execute(
        sql: """
          UPDATE jobs SET state = ?, version = version + 1, strikes = ?, not_before = ?,
            expires_at = ?, is_running = ?, is_untold = ?,
            interruptions = CASE WHEN state = ? THEN interruptions ELSE 0 END, job = ?
          WHERE id = ?
          """,
        arguments: [
          job.state.rawValue, strikes, notBefore, job.expiresAt, isRunning, isUntold,
          job.state.rawValue, JobCoding.encode(job), job.id,
        ])
      return JobState(rawValue: before)
    }
    count(job.subject.tenant, from: before, to: job.state)
    return version + 1
  }

  /// To be called before the first claim of a process: what was running then was cut off with the
  /// process before it. Such a run is no strike against the job, but a job that was cut off more
  /// than once makes way for others first.
  ///
  /// - Parameter backOff: seconds to wait after the second, third … interruption.
  func recover(now: Int64, backOff: [Int64]) async throws {
    try await writer.write { db in
      let rows = try Row.fetchAll(
        db, sql: "SELECT id, interruptions FROM jobs WHERE is_running = 1")
      for row in rows {
        let earlier: Int = row["interruptions"]
        let wait = earlier == 0 ? 0 : backOff[min(earlier - 1, backOff.count - 1)]
        try db.execute(
          sql: """
            UPDATE jobs SET is_running = 0, version = version + 1,
              strikes = max(strikes - 1, 0), interruptions = interruptions + 1, not_before = ?
            WHERE id = ?
            """, arguments: [now + wait, row["id"] as String])
      }
    }
  }

  /// Terminal jobs whose owners were not told before the last process ended.
  func untold() async throws -> [Job] {
    try await database.read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM jobs WHERE is_untold = 1 ORDER BY seq").map {
        try JobStore.read($0).job
      }
    }
  }

  func markTold(_ id: String) async throws {
    try await writer.write { db in
      try db.execute(sql: "UPDATE jobs SET is_untold = 0 WHERE id = ?", arguments: [id])
    }
  }

  /// The oldest job that is not terminal, due, and not among `running`, with its attempt counted
  /// on disk before any work: a job that kills its worker is seen at the next start.
  func claim(excluding running: Set<String>, now: Int64) async throws -> StoredJob? {
    try await writer.write { db in
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT * FROM jobs
          WHERE state IN ('queued', 'generated', 'inspected', 'sealed') AND not_before <= ?
          ORDER BY seq
          """, arguments: [now])
      while let row = try rows.next() {
        let stored = try JobStore.read(row)
        guard !running.contains(stored.job.id) else { continue }
        var job = stored.job
        job.attempts += 1
        try db.execute(
          sql: """
            UPDATE jobs SET version = version + 1, strikes = strikes + 1, is_running = 1, job = ?
            WHERE id = ?
            """,
          arguments: [JobCoding.encode(job), job.id])
        return StoredJob(
          job: job, version: stored.version + 1, strikes: stored.strikes + 1,
          interruptions: stored.interruptions, trace: stored.trace)
      }
      return nil
    }
  }

  /// Anybody's job, for the operator's own hands.
  func job(_ id: String) async throws -> StoredJob? {
    try await database.read { db in
      try Row.fetchOne(db, sql: "SELECT * FROM jobs WHERE id = ?", arguments: [id])
        .map(JobStore.read)
    }
  }

  /// Jobs in these states, oldest first, hidden ones included.
  func jobs(in states: [JobState], limit: Int) async throws -> [StoredJob] {
    try await database.read { db in
      let marks = states.map { _ in "?" }.joined(separator: ", ")
      return try Row.fetchAll(
        db, sql: "SELECT * FROM jobs WHERE state IN (\(marks)) ORDER BY seq LIMIT ?",
        arguments: StatementArguments(states.map(\.rawValue)) + [limit]
      ).map(JobStore.read)
    }
  }

  /// A tenant's job; nil for unknown, deleted and other people's ids alike.
  func job(_ id: String, of tenant: String) async throws -> StoredJob? {
    try await database.read { db in
      try Row.fetchOne(
        db, sql: "SELECT * FROM jobs WHERE id = ? AND tenant = ? AND is_hidden = 0",
        arguments: [id, tenant]
      ).map(JobStore.read)
    }
  }

  /// The job a tenant made with this idempotency key, with the hash of the body it sent.
  func job(
    idempotencyKey: String, of tenant: String
  ) async throws -> (stored: StoredJob, bodyHash: String)? {
    try await database.read { db in
      try Row.fetchOne(
        db, sql: "SELECT * FROM jobs WHERE tenant = ? AND idempotency_key = ?",
        arguments: [tenant, idempotencyKey]
      ).map { (try JobStore.read($0), $0["body_hash"]) }
    }
  }

  /// The newest job a tenant made with an equal body at or after `time`.
  func job(
    bodyHash: String, of tenant: String, since time: Int64
  ) async throws -> StoredJob? {
    try await database.read { db in
      try Row.fetchOne(
        db,
        sql: """
          SELECT * FROM jobs
          WHERE tenant = ? AND body_hash = ? AND created_at >= ? AND is_hidden = 0
          ORDER BY seq DESC
          """, arguments: [tenant, bodyHash, time]
      ).map(JobStore.read)
    }
  }

  /// A tenant's jobs by age.
  ///
  /// - Returns: nil when `after` is no id of this tenant.
  func jobs(
    of tenant: String, after: String?, limit: Int, ascending: Bool
  ) async throws -> JobPage? {
    try await database.read { db in
      var place: Int64 = ascending ? 0 : .max
      if let after {
        guard
          let found = try Int64.fetchOne(
            db, sql: "SELECT seq FROM jobs WHERE id = ? AND tenant = ? AND is_hidden = 0",
            arguments: [after, tenant])
        else { return nil }
        place = found
      }
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT * FROM jobs
          WHERE tenant = ? AND is_hidden = 0 AND seq \(ascending ? ">" : "<") ?
          ORDER BY seq \(ascending ? "ASC" : "DESC") LIMIT ?
          """, arguments: [tenant, place, limit + 1])
      return JobPage(
        jobs: try rows.prefix(limit).map { try JobStore.read($0).job },
        hasMore: rows.count > limit)
    }
  }

  /// Forgets a job, prompt and all.
  func delete(_ id: String) async throws {
    try await writer.write { db in
      try db.execute(sql: "DELETE FROM jobs WHERE id = ?", arguments: [id])
    }
  }

  /// Hides a job from its tenant and keeps it for the operator.
  func hide(_ id: String) async throws {
    try await writer.write { db in
      try db.execute(sql: "UPDATE jobs SET is_hidden = 1 WHERE id = ?", arguments: [id])
    }
  }

  /// How many of a tenant's jobs are not terminal.
  func waitingCount(of tenant: String) -> Int { waiting.withLock { $0[tenant] ?? 0 } }

  private func count(_ tenant: String, from before: JobState?, to after: JobState) {
    let change = (after.isTerminal ? 0 : 1) - (before.map { $0.isTerminal ? 0 : 1 } ?? 0)
    guard change != 0 else { return }
    waiting.withLock { $0[tenant, default: 0] += change }
  }

  /// Every job there is, hidden ones included.
  func ids() async throws -> Set<String> {
    try await database.read { db in try Set(String.fetchAll(db, sql: "SELECT id FROM jobs")) }
  }

  /// Jobs whose clips have expired and were not swept yet.
  func expired(at time: Int64) async throws -> [String] {
    try await database.read { db in
      try String.fetchAll(
        db, sql: "SELECT id FROM jobs WHERE expires_at <= ? ORDER BY seq", arguments: [time])
    }
  }

  /// Notes that an expired job has no files any more.
  func markSwept(_ id: String) async throws {
    try await writer.write { db in
      try db.execute(sql: "UPDATE jobs SET expires_at = NULL WHERE id = ?", arguments: [id])
    }
  }

  /// How many jobs there are in each state, hidden ones included.
  func counts() async throws -> [JobState: Int] {
    try await database.read { db in
      var counts: [JobState: Int] = [:]
      for row in try Row.fetchAll(db, sql: "SELECT state, count(*) AS n FROM jobs GROUP BY state") {
        if let state = JobState(rawValue: row["state"]) { counts[state] = row["n"] }
      }
      return counts
    }
  }

  /// Whether an error of this store means that nothing can be stored now: disk full, no permission,
  /// failing device.
  static func isStorageFailure(_ error: any Error) -> Bool {
    guard let error = error as? DatabaseError else { return false }
    return [.SQLITE_FULL, .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_BUSY]
      .contains(error.resultCode)
  }

  private static func read(_ row: Row) throws -> StoredJob {
    StoredJob(
      job: try JobCoding.decode(row["job"]), version: row["version"], strikes: row["strikes"],
      interruptions: row["interruptions"], trace: row["trace"])
  }
}
