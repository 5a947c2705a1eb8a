public import Fingerprint
import FoundationEssentials
import GRDB
public import Provenance
import Synchronization

/// The records of delivered files in SQLite, and what they look and sound like in memory, by prints of
/// our own and by their International Standard Content Codes.
///
/// One process writes; others may read the same file, such as a command beside a running gateway.
public final class OutputStore: OutputKeeping, Sendable {
  /// The file's name in a gateway's data folder.
  public static let fileName = "outputs.sqlite"

  /// One record without its frames.
  public struct Output: Equatable, Sendable {
    public let asset: String
    public let manifestID: String
    public let mediaType: String
    public let mark: UInt64?
    public let sha256: String
    /// Milliseconds since 1970.
    public let deliveredAt: Int64
    public let width: Int
    public let height: Int
    public let seconds: Double
    public let isClip: Bool
    let row: Int64
  }

  private let database: any DatabaseReader
  private let writer: DatabasePool?
  let index: Mutex<OutputIndex>
  let sounds: Mutex<SoundIndex>
  let codes: Mutex<CodeIndex>

  /// Opens or makes the database. `secure_delete`: what is erased is overwritten.
  ///
  /// - Parameter isReadOnly: nothing is made or changed; the file must be there.
  public init(path: String, isReadOnly: Bool = false) throws {
    var configuration = Configuration()
    configuration.label = "outputs"
    configuration.busyMode = .timeout(5)
    configuration.foreignKeysEnabled = true
    if isReadOnly {
      configuration.readonly = true
      database = try DatabasePool(path: path, configuration: configuration)
      writer = nil
    } else {
      configuration.prepareDatabase {
        try $0.execute(sql: "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON")
      }
      let pool = try DatabasePool(path: path, configuration: configuration)
      try OutputSchema.migrator.migrate(pool)
      (database, writer) = (pool, pool)
    }
    index = Mutex(try database.read(Self.index))
    sounds = Mutex(try database.read(Self.sounds))
    codes = Mutex(try database.read(Self.contentCodes))
  }

  private static func index(_ db: Database) throws -> OutputIndex {
    var index = OutputIndex()
    let rows = try Row.fetchCursor(
      db, sql: "SELECT seq, output, hash, quality, codes FROM frames ORDER BY seq")
    while let row = try rows.next() {
      guard let hash = PDQHash(bytes: bytes(row["hash"])) else { continue }
      index.add(
        frame: row["seq"], of: row["output"], hash: hash, quality: row["quality"],
        codes: codes(row["codes"]))
    }
    return index
  }

  private static func sounds(_ db: Database) throws -> SoundIndex {
    var index = SoundIndex()
    try forEach("sound", db) { output, bytes in
      if let sound = Chromaprint(raw: bytes) { index.add(sound, of: output) }
    }
    return index
  }

  private static func contentCodes(_ db: Database) throws -> CodeIndex {
    var index = CodeIndex()
    try forEach("content_codes", db) { output, bytes in
      index.add(ISCCSequence.units(in: bytes) ?? [], of: output)
    }
    return index
  }

  /// Records of an earlier version, opened for reading alone, lack what was added since.
  private static func forEach(
    _ column: String, _ db: Database, _ body: (Int64, [UInt8]) -> Void
  ) throws {
    guard try db.columns(in: "outputs").contains(where: { $0.name == column }) else { return }
    let rows = try Row.fetchCursor(
      db,
      sql: "SELECT seq, \(column) AS value FROM outputs WHERE \(column) IS NOT NULL ORDER BY seq")
    while let row = try rows.next() { body(row["seq"], bytes(row["value"])) }
  }

  public func keep(_ record: OutputRecord) async throws {
    guard let writer else { throw OutputStoreError.isReadOnly }
    let frames = record.content.frames
    let codes = frames.map { WindowCode.codes(of: $0.sketch) }
    let rows = try await writer.write { db -> (gone: Int64?, output: Int64, frames: [Int64]) in
      let gone = try Int64.fetchOne(
        db, sql: "SELECT seq FROM outputs WHERE asset = ?", arguments: [record.asset])
      try db.execute(sql: "DELETE FROM outputs WHERE asset = ?", arguments: [record.asset])
      try db.execute(
        sql: """
          INSERT INTO outputs (asset, manifest_id, subject, mark, media_type, sha256, delivered_at,
            width, height, seconds, is_clip, manifest_store, thumbnail, sound, content_codes)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          record.asset, record.manifestID, record.subject, record.mark.map(WatermarkID.text),
          record.mediaType, record.sha256, record.deliveredAt, record.content.width,
          record.content.height, record.content.seconds, record.content.isClip,
          Data(record.manifestStore), record.thumbnail.map { Data($0) },
          record.sound.map { Data($0.raw) },
          record.codes.isEmpty ? nil : Data(ISCCSequence.encode(record.codes)),
        ])
      let output = db.lastInsertedRowID
      var inserted: [Int64] = []
      for (frame, codes) in zip(frames, codes) {
        try db.execute(
          sql: """
            INSERT INTO frames (output, time, hash, quality, codes, sketch)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
          arguments: [
            output, frame.time, Data(frame.hash.bytes), frame.quality,
            Self.data(codes), Data(frame.sketch.bytes),
          ])
        inserted.append(db.lastInsertedRowID)
      }
      return (gone, output, inserted)
    }
    sounds.withLock { sounds in
      if let gone = rows.gone { sounds.remove([gone]) }
      if let sound = record.sound { sounds.add(sound, of: rows.output) }
    }
    self.codes.withLock { codes in
      if let gone = rows.gone { codes.remove([gone]) }
      codes.add(record.codes, of: rows.output)
    }
    index.withLock { index in
      if let gone = rows.gone { index.remove(rows.gone.map { [$0] } ?? [gone]) }
      for (row, (frame, codes)) in zip(rows.frames, zip(frames, codes)) {
        index.add(
          frame: row, of: rows.output, hash: frame.hash, quality: frame.quality, codes: codes)
      }
    }
  }

  // MARK: Looking up

  public func output(mark id: UInt64) async throws -> Output? {
    try await output("mark = ?", WatermarkID.text(id))
  }

  public func output(manifest id: String) async throws -> Output? {
    try await output("manifest_id = ?", id)
  }

  public func output(asset: String) async throws -> Output? {
    try await output("asset = ?", asset)
  }

  private func output(_ condition: String, _ value: String) async throws -> Output? {
    try await database.read { db in
      try Row.fetchOne(
        db, sql: "SELECT \(Self.columns) FROM outputs WHERE \(condition)", arguments: [value]
      ).map(Self.read)
    }
  }

  public func storedManifest(_ manifestID: String) async throws -> [UInt8]? {
    try await blob("manifest_store", manifestID)
  }

  public func thumbnail(_ manifestID: String) async throws -> [UInt8]? {
    try await blob("thumbnail", manifestID)
  }

  private func blob(_ column: String, _ manifestID: String) async throws -> [UInt8]? {
    try await database.read { db in
      try Row.fetchOne(
        db, sql: "SELECT \(column) AS value FROM outputs WHERE manifest_id = ?",
        arguments: [manifestID]
      ).flatMap { ($0["value"] as Data?).map(Self.bytes) }
    }
  }

  /// The frames of one output, in order of time.
  public func frames(of output: Output) async throws -> [FramePrint] {
    try await database.read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM frames WHERE output = ? ORDER BY time", arguments: [output.row]
      ).compactMap(Self.frame)
    }
  }

  /// Some frames by their rows, and the outputs that they belong to.
  func frames(at rows: [Int64]) async throws -> [Int64: (output: Int64, frame: FramePrint)] {
    try await database.read { db in
      let find = try db.cachedStatement(sql: "SELECT * FROM frames WHERE seq = ?")
      var found: [Int64: (Int64, FramePrint)] = [:]
      for row in Set(rows) {
        guard let stored = try Row.fetchOne(find, arguments: [row]) else { continue }
        found[row] = Self.frame(stored).map { (stored["output"], $0) }
      }
      return found
    }
  }

  func outputs(at rows: [Int64]) async throws -> [Int64: Output] {
    try await database.read { db in
      let find = try db.cachedStatement(
        sql: "SELECT \(Self.columns) FROM outputs WHERE seq = ?")
      var found: [Int64: Output] = [:]
      for row in Set(rows) {
        found[row] = try Row.fetchOne(find, arguments: [row]).map(Self.read)
      }
      return found
    }
  }

  public func count() async throws -> Int {
    try await database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM outputs") ?? 0 }
  }

  // MARK: Erasing

  /// Forgets what was delivered to a subject, by its pseudonym, but for assets in `kept`.
  ///
  /// - Returns: how many records went.
  public func erase(subject: String, except kept: Set<String> = []) async throws -> Int {
    try await erase("subject = ?", [subject], kept)
  }

  /// Forgets one asset, with all pictures of the same request.
  public func erase(asset: String) async throws -> Int {
    try await erase(
      "asset = ? OR (asset >= ? AND asset < ?)", [asset, "\(asset)-", "\(asset)."], [])
  }

  private func erase(
    _ condition: String, _ arguments: [String], _ kept: Set<String>
  ) async throws -> Int {
    guard let writer else { throw OutputStoreError.isReadOnly }
    let gone = try await writer.write { db in
      let rows = try Row.fetchAll(
        db, sql: "SELECT seq, asset FROM outputs WHERE \(condition)",
        arguments: StatementArguments(arguments))
      let doomed = rows.filter { row in
        let asset: String = row["asset"]
        return !kept.contains(asset) && !kept.contains(String(asset.prefix { $0 != "-" }))
      }.map { row -> Int64 in row["seq"] }
      for row in doomed {
        try db.execute(sql: "DELETE FROM outputs WHERE seq = ?", arguments: [row])
      }
      return doomed
    }
    index.withLock { $0.remove(gone) }
    sounds.withLock { $0.remove(gone) }
    codes.withLock { $0.remove(gone) }
    // The write-ahead log holds the old pages until it is emptied.
    if !gone.isEmpty {
      try await writer.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    }
    return gone.count
  }

  // MARK: Rows

  private static let columns = """
    seq, asset, manifest_id, media_type, mark, sha256, delivered_at, width, height, seconds, is_clip
    """

  private static func read(_ row: Row) -> Output {
    Output(
      asset: row["asset"], manifestID: row["manifest_id"], mediaType: row["media_type"],
      mark: (row["mark"] as String?).flatMap(WatermarkID.parse), sha256: row["sha256"],
      deliveredAt: row["delivered_at"], width: row["width"], height: row["height"],
      seconds: row["seconds"], isClip: row["is_clip"], row: row["seq"])
  }

  private static func bytes(_ data: Data) -> [UInt8] { [UInt8](data) }

  private static func data(_ codes: [UInt64]) -> Data {
    Data(codes.flatMap { code in (0..<8).map { UInt8(truncatingIfNeeded: code >> (8 * $0)) } })
  }

  private static func codes(_ data: Data) -> [UInt64] {
    let bytes = [UInt8](data)
    return stride(from: 0, to: bytes.count - 7, by: 8).map { start in
      (0..<8).reduce(0) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) }
    }
  }

  private static func frame(_ row: Row) -> FramePrint? {
    guard let hash = PDQHash(bytes: bytes(row["hash"])),
      let sketch = FrameSketch(bytes: bytes(row["sketch"]))
    else { return nil }
    return FramePrint(time: row["time"], hash: hash, quality: row["quality"], sketch: sketch)
  }
}

/// The records cannot be changed.
public enum OutputStoreError: Error, Equatable, Sendable, CustomStringConvertible {
  case isReadOnly

  public var code: String { "outputs.read_only" }
  public var description: String { "the records were opened for reading alone" }
}
