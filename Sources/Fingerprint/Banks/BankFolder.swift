import Bytes
import Glibc
import StrictJSON

/// Banks of known media on disk, a folder each:
///
///     NAME/bank.json    distance, whether negative, and which generation of the files is in force
///     NAME/3.segment    what has settled (`BankSegment`); not there while the bank is small
///     NAME/3.log        what came since, one `BankRecord` after another
///     NAME/quarantine   there while the bank's matches do not count
///
/// An import appends to the log, and is durable when it returns. Once the log is large, a new segment
/// and an empty log are written under the next number and come into force with `bank.json`, whose
/// renaming is the one step that can be seen. Readers need no lock; writers take one.
public struct BankFolder: Equatable, Sendable {
  /// Its name in a gateway's data folder.
  public static let name = "banks"
  /// So many updates over the segment, or a sixteenth of it, are settled.
  private static let settleLimit = PDQBuckets.scanLimit

  public let path: String

  public init(path: String) { self.path = path }

  /// What `bank.json` says.
  struct Settings: Equatable {
    var distance = PDQHash.matchDistance
    var isNegative = false
    var generation = 0
    var hasSegment = false
  }

  /// A bank as it lies on disk.
  public struct Stored: Sendable {
    public let bank: HashBank
    /// Whether its matches do not count until a person has looked.
    public let isQuarantined: Bool
    /// Changes with everything that an import or a removal does.
    let stamp: Stamp
    /// Bytes of the log that hold whole records: what a crash tore off is written over.
    let logBytes: Int
    let settings: Settings
  }

  struct Stamp: Equatable, Sendable {
    let generation: Int
    let logBytes: Int
    let isQuarantined: Bool
  }

  /// What an import changed.
  public struct Summary: Equatable, Sendable {
    public var added = 0
    public var replaced = 0
    public var removed = 0
    /// Media in the bank afterwards.
    public var count = 0
  }

  // MARK: Reading

  /// The names of all banks; none where there is no folder.
  public func names() throws(BankError) -> [String] {
    guard access(path, F_OK) == 0 else { return [] }
    do {
      return try DirectoryListing.names(in: path).filter {
        Self.isName($0) && access("\(path)/\($0)/bank.json", F_OK) == 0
      }
    } catch { throw BankError(.unreadable, error.description) }
  }

  public func open(_ name: String) throws(BankError) -> Stored {
    // A settling between the two readings takes the older files away: then once more.
    var settings = try settings(name)
    for _ in 0..<3 {
      do throws(BankError) { return try open(name, settings) } catch {
        let now = try self.settings(name)
        guard now != settings else { throw error }
        settings = now
      }
    }
    return try open(name, settings)
  }

  private func open(_ name: String, _ settings: Settings) throws(BankError) -> Stored {
    let segment =
      settings.hasSegment ? try BankSegment(path: file(name, settings, "segment")) : nil
    var bank = HashBank(
      name: name, distance: settings.distance, isNegative: settings.isNegative, segment: segment)
    let log = try contents(file(name, settings, "log"))
    let (updates, whole) = log.withUnsafeBytes { bytes in
      var updates: [KnownMediaUpdate] = []
      var offset = 0
      while let (update, next) = BankRecord.decoded(bytes, at: offset) {
        updates.append(update)
        offset = next
      }
      return (updates, offset)
    }
    bank.apply(updates)
    let isQuarantined = access("\(path)/\(name)/quarantine", F_OK) == 0
    return Stored(
      bank: bank, isQuarantined: isQuarantined,
      stamp: Stamp(
        generation: settings.generation, logBytes: log.count, isQuarantined: isQuarantined),
      logBytes: whole, settings: settings)
  }

  /// What tells whether a bank must be opened again; nil for one that is gone.
  func stamp(_ name: String) -> Stamp? {
    guard let settings = try? settings(name) else { return nil }
    var status = stat()
    guard stat(file(name, settings, "log"), &status) == 0 else { return nil }
    return Stamp(
      generation: settings.generation, logBytes: Int(status.st_size),
      isQuarantined: access("\(path)/\(name)/quarantine", F_OK) == 0)
  }

  // MARK: Changing

  /// Takes over what pages of a list say, making the bank if there is none.
  ///
  /// - Parameters:
  ///   - distance: nil leaves an existing bank's as it is.
  ///   - isNegative: the same.
  public func take(
    _ updates: [KnownMediaUpdate], into name: String, distance: Int? = nil,
    isNegative: Bool? = nil
  ) throws(BankError) -> Summary {
    guard Self.isName(name) else {
      throw BankError(
        .name, "a bank's name is up to 64 letters, digits, dots and dashes, not '\(name)'")
    }
    let lock = try lock(name)
    defer { close(lock) }
    if access("\(path)/\(name)/bank.json", F_OK) != 0 {
      var settings = Settings()
      settings.distance = distance ?? settings.distance
      settings.isNegative = isNegative ?? settings.isNegative
      try write([], to: file(name, settings, "log"))
      try write(settings, of: name)
    }
    let stored = try open(name)
    var settings = stored.settings
    settings.distance = distance ?? settings.distance
    settings.isNegative = isNegative ?? settings.isNegative
    var summary = Summary()
    var bank = stored.bank
    var inForce: [KnownMediaUpdate] = []
    for update in updates {
      let isKnown = bank.holds(update.id)
      if update.isRemoval, !isKnown { continue }
      if update.isRemoval {
        summary.removed += 1
      } else if isKnown {
        summary.replaced += 1
      } else {
        summary.added += 1
      }
      bank.apply([update])
      inForce.append(update)
    }
    summary.count = bank.count
    if bank.unsettled > max(Self.settleLimit, bank.count / 16) {
      try settle(bank, settings, of: name)
    } else {
      try append(inForce, to: file(name, settings, "log"), from: stored.logBytes)
      if settings != stored.settings { try write(settings, of: name) }
    }
    return summary
  }

  /// Forgets a bank.
  public func remove(_ name: String) throws(BankError) {
    _ = try settings(name)
    let lock = try lock(name)
    defer { close(lock) }
    // Without `bank.json` it is none, whatever is left.
    unlink("\(path)/\(name)/bank.json")
    for file in (try? DirectoryListing.names(in: "\(path)/\(name)")) ?? [] {
      unlink("\(path)/\(name)/\(file)")
    }
    rmdir("\(path)/\(name)")
  }

  /// Says that a bank's matches do not count, or that they count again.
  public func quarantine(_ name: String, _ isQuarantined: Bool) throws(BankError) {
    _ = try settings(name)
    if isQuarantined {
      try write([], to: "\(path)/\(name)/quarantine")
    } else {
      unlink("\(path)/\(name)/quarantine")
    }
  }

  private func settle(
    _ bank: HashBank, _ old: Settings, of name: String
  ) throws(BankError) {
    var settings = old
    settings.generation += 1
    settings.hasSegment = true
    try BankSegmentWriter.write(bank.contents, to: file(name, settings, "segment"))
    try write([], to: file(name, settings, "log"))
    try write(settings, of: name)
    unlink(file(name, old, "segment"))
    unlink(file(name, old, "log"))
  }

  // MARK: Files

  private static func isName(_ name: String) -> Bool {
    (1...64).contains(name.utf8.count) && !name.hasPrefix(".")
      && name.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
          || (0x61...0x7A).contains(byte) || Array("-._".utf8).contains(byte)
      }
  }

  private func file(_ name: String, _ settings: Settings, _ ending: String) -> String {
    "\(path)/\(name)/\(settings.generation).\(ending)"
  }

  private func settings(_ name: String) throws(BankError) -> Settings {
    guard Self.isName(name), access("\(path)/\(name)/bank.json", F_OK) == 0 else {
      throw BankError(.unknown, "there is no bank '\(name)' in \(path); import a list into it")
    }
    let file = "\(path)/\(name)/bank.json"
    guard let json = try? JSONValue.parse(try contents(file), byteLimit: 4096),
      let distance = json["distance"]?.integer, let isNegative = json["negative"]?.bool,
      let generation = json["generation"]?.integer, let hasSegment = json["segment"]?.bool,
      (0...256).contains(distance), generation >= 0
    else { throw BankError(.damaged, "\(file) cannot be read") }
    return Settings(
      distance: distance, isNegative: isNegative, generation: generation, hasSegment: hasSegment)
  }

  private func write(_ settings: Settings, of name: String) throws(BankError) {
    let json: JSONValue = [
      "distance": .integer(settings.distance), "negative": .bool(settings.isNegative),
      "generation": .integer(settings.generation), "segment": .bool(settings.hasSegment),
    ]
    try write(Array("\(json.compact)\n".utf8), to: "\(path)/\(name)/bank.json")
  }

  private func contents(_ file: String) throws(BankError) -> [UInt8] {
    do { return try FileByteSource.contents(of: file, limit: KnownMediaPage.byteLimit) } catch {
      throw BankError(.unreadable, error.description)
    }
  }

  private func write(_ bytes: [UInt8], to file: String) throws(BankError) {
    do throws(FileError) {
      let sink = try FileByteSink(path: file, mode: 0o600)
      try sink.write(bytes)
      try sink.commit()
    } catch { throw BankError(.unreadable, error.description) }
  }

  /// Writes records behind the whole ones, and waits for the disk.
  private func append(
    _ updates: [KnownMediaUpdate], to file: String, from offset: Int
  ) throws(BankError) {
    let bytes = updates.flatMap { BankRecord.encoded($0) }
    let descriptor = Glibc.open(file, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw BankError(file, errno) }
    defer { close(descriptor) }
    guard ftruncate(descriptor, off_t(offset)) == 0 else { throw BankError(file, errno) }
    var written = 0
    while written < bytes.count {
      let step = bytes.withUnsafeBytes { buffer in
        pwrite(
          descriptor, buffer.baseAddress! + written, buffer.count - written,
          off_t(offset + written))
      }
      guard step > 0 || errno == EINTR else { throw BankError(file, errno) }
      written += max(step, 0)
    }
    guard fsync(descriptor) == 0 else { throw BankError(file, errno) }
  }

  /// Held until it is closed; the process's end lets go of it, too.
  private func lock(_ name: String) throws(BankError) -> Int32 {
    // The data folder itself may not be there yet: lists may come before the gateway's first start.
    let data = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    for folder in [data, path, "\(path)/\(name)"]
    where !folder.isEmpty && mkdir(folder, 0o700) != 0 && errno != EEXIST {
      throw BankError(folder, errno)
    }
    let file = "\(path)/\(name)/lock"
    let descriptor = Glibc.open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw BankError(file, errno) }
    guard flock(descriptor, LOCK_EX) == 0 else {
      let number = errno
      close(descriptor)
      throw BankError(file, number)
    }
    return descriptor
  }
}
