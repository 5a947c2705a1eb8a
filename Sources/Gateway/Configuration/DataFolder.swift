import Bytes
import Glibc
public import Moderation
import OutputStore
import PKI

/// The folder of all that the gateway writes, and what lies where in it. Private to its user.
public struct DataFolder: Sendable {
  public let path: String

  public init(path: String) { self.path = path }

  public var jobs: String { "\(path)/jobs.sqlite" }
  /// Characters, assets, webhooks, reviews.
  public var records: String { "\(path)/records.sqlite" }
  /// Delivered files as they are recognised again.
  public var outputs: String { "\(path)/\(OutputStore.fileName)" }
  /// The audit log's folder.
  public var log: String { "\(path)/log" }
  /// The key that was made because none was configured.
  public var apiKey: String { "\(path)/api-key" }
  /// Quarantine and released clips.
  public var workspace: Workspace { Workspace(root: path) }

  /// Makes the folder and those it lies in, and tries whether it can be written.
  func prepare() throws(StartupError) {
    var made = ""
    for component in path.split(separator: "/", omittingEmptySubsequences: false) {
      made += made.isEmpty && component.isEmpty ? "/" : "\(component)/"
      if mkdir(made, 0o700) != 0, errno != EEXIST, errno != EROFS || access(made, F_OK) != 0 {
        throw DataFolder.unusable(path, errno)
      }
    }
    let probe = "\(path)/.write-test"
    let descriptor = open(probe, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw DataFolder.unusable(path, errno) }
    let count = write(descriptor, [UInt8](repeating: 0, count: 4096), 4096)
    let failure = errno
    close(descriptor)
    unlink(probe)
    guard count == 4096 else { throw DataFolder.unusable(path, count < 0 ? failure : ENOSPC) }
  }

  /// The API key of a gateway that was given none: made at its first start, then the same.
  func ownKey() throws -> (key: String, isNew: Bool) {
    if access(apiKey, F_OK) == 0 {
      let text = try FileByteSource.contents(of: apiKey, limit: 1024)
      return (String(decoding: text.prefix { $0 > 32 }, as: UTF8.self), false)
    }
    let key = "sk-assay-\(Hex.encode(SecureRandom.bytes(24)))"
    try PrivateFile.create(apiKey, Array("\(key)\n".utf8))
    return (key, true)
  }

  private static func unusable(_ path: String, _ number: Int32) -> StartupError {
    let reason = String(cString: strerror(number))
    let isFull = number == ENOSPC || number == EDQUOT
    return StartupError(
      isFull ? .tryAgain : .cannotRead,
      "The data folder \(path) cannot be written: \(reason). "
        + (isFull
          ? "Make room on its disk."
          : "Name another with --data or ASSAY_DATA, or change its owner.")
    )
  }
}

/// Small files that are written once, and read by this user alone.
enum PrivateFile {
  /// Writes a file that is not there yet, and puts it on the disk.
  static func create(_ path: String, _ bytes: [UInt8]) throws(SpoolError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SpoolError(path: path, errorNumber: errno) }
    defer { close(descriptor) }
    guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
      let number = errno
      unlink(path)
      throw SpoolError(path: path, errorNumber: number)
    }
  }
}
