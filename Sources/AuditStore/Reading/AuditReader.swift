import GRDB
import Glibc
public import MerkleLog
public import StrictJSON

/// An entry with what it commits to.
public struct LogRecord: Equatable, Sendable {
  public enum Payload: Equatable, Sendable {
    /// The decision had none.
    case none
    case present(JSONValue)
    /// It is there, and the reader has no key for it, or it was changed.
    case sealed
    /// Erased, and logged as erased at that index.
    case erased(UInt64)
    /// The leaf commits to one, and it is neither there nor logged as erased.
    case missing
  }

  public let entry: LogEntry
  /// The leaf's members.
  public let leaf: JSONValue
  public let payload: Payload
}

/// Reads a log beside its writer, or after it.
public final class AuditReader: Sendable {
  let log: LogDatabase
  let payloads: PayloadDatabase
  public let directory: String
  /// Nil: payloads stay sealed.
  let payloadKeys: PayloadKeys?

  /// - Throws: `.unreadable` when there is no log in `directory` or it cannot be read.
  public static func open(
    directory: String, payloadKeys: PayloadKeys? = nil
  ) throws(AuditError) -> AuditReader {
    guard access("\(directory)/\(LogDatabase.fileName)", F_OK) == 0 else {
      throw AuditError(
        .unreadable,
        "there is no log in \(directory); name the gateway's data folder with --data or ASSAY_DATA")
    }
    do {
      return try AuditReader(directory, payloadKeys)
    } catch {
      throw AuditError(
        .unreadable,
        "cannot read a log in \(directory): \(AuditError(error, while: "SQLite").detail)")
    }
  }

  private init(_ directory: String, _ payloadKeys: PayloadKeys?) throws {
    self.directory = directory
    self.payloadKeys = payloadKeys
    log = try LogDatabase(reading: directory)
    payloads = try PayloadDatabase(reading: directory)
  }

  /// The key that the log says is its own. An auditor brings a copy obtained elsewhere.
  public func verifierKey() async throws(AuditError) -> VerifierKey {
    try await read { database in
      guard let text = try LogDatabase.setting("vkey", in: database) else {
        throw AuditError(.unreadable, "the log has no verifier key; it was never opened to write")
      }
      return try VerifierKey(text)
    }
  }

  /// All entries about one job or request, in their order.
  public func entries(forAsset asset: String) async throws(AuditError) -> [LogEntry] {
    try await read { database in
      try Row.fetchAll(
        database,
        sql: "SELECT \(LogEntry.columns) FROM entries WHERE asset = ? ORDER BY idx",
        arguments: [asset]
      ).map { try LogEntry($0) }
    }
  }

  /// When a job or request first came into the log, in milliseconds since 1970.
  func firstTime(ofAsset asset: String) async throws(AuditError) -> Int64? {
    try await read { database in
      try Int64.fetchOne(
        database, sql: "SELECT time FROM entries WHERE asset = ? ORDER BY idx LIMIT 1",
        arguments: [asset])
    }
  }

  /// One entry with its payload; nil when the log has no such id.
  public func show(id: String) async throws(AuditError) -> LogRecord? {
    let found = try await read { database -> (LogEntry, JSONValue, UInt64?)? in
      guard let entry = try LogDatabase.entry(id: id, in: database) else { return nil }
      return (
        entry, try LogLeaf(parsing: entry.bytes).json,
        try LogDatabase.index(ofID: LogLeaf.erasureID(of: id), in: database)
      )
    }
    guard let (entry, leaf, erasure) = found else { return nil }
    guard leaf["commit"] != nil else { return LogRecord(entry: entry, leaf: leaf, payload: .none) }
    if let erasure { return LogRecord(entry: entry, leaf: leaf, payload: .erased(erasure)) }
    let stored: PayloadDatabase.Payload?
    do {
      stored = try await payloads.queue.read {
        try PayloadDatabase.payload(index: entry.index, in: $0)
      }
    } catch {
      throw AuditError(error, while: "cannot read the payload")
    }
    guard let stored else { return LogRecord(entry: entry, leaf: leaf, payload: .missing) }
    guard let payloadKeys, let opened = stored.sealed.open(id: id, keys: payloadKeys) else {
      return LogRecord(entry: entry, leaf: leaf, payload: .sealed)
    }
    let json = (try? JSONValue.parse(opened.bytes)) ?? .string("the payload is no JSON")
    return LogRecord(entry: entry, leaf: leaf, payload: .present(json))
  }

  /// The entry at `index`, or nil.
  public func entry(index: UInt64) async throws(AuditError) -> LogEntry? {
    try await read { try LogDatabase.entry(index: index, in: $0) }
  }

  /// The index of an id, or nil.
  public func index(ofID id: String) async throws(AuditError) -> UInt64? {
    try await read { try LogDatabase.index(ofID: id, in: $0) }
  }

  /// The newest signed checkpoint, unverified; nil before the first.
  public func checkpoint() async throws(AuditError) -> SignedNote? {
    try await read { try LogDatabase.latestCheckpoint(in: $0) }
  }

  /// The receipt of an entry under the newest checkpoint.
  ///
  /// - Throws: `.notFound` when no checkpoint covers it yet: only the writer can sign one.
  public func receipt(index: UInt64) async throws(AuditError) -> Receipt {
    try await read { database in
      guard let note = try LogDatabase.latestCheckpoint(in: database) else {
        throw AuditError(.notFound, "the log has no signed checkpoint yet")
      }
      return try LogDatabase.receipt(index: index, under: note, in: database)
    }
  }

  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(AuditError) -> Value {
    do {
      return try await log.queue.read(body)
    } catch {
      throw AuditError(error, while: "cannot read the log")
    }
  }
}
