import Glibc

/// A file could not be opened or read. `path` and `reason` are for the person at the terminal.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
  public let path: String
  public let reason: String
  /// The C library's error number; `ENOENT`, `EACCES`, `ENOSPC` and so on.
  public let errorNumber: Int32
  /// Whether the file was to be written rather than read.
  public let isWriting: Bool

  public init(path: String, errorNumber: Int32) {
    self.path = path
    self.errorNumber = errorNumber
    isWriting = false
    reason = unsafe String(cString: strerror(errorNumber))
  }

  public init(writing path: String, errorNumber: Int32) {
    self.path = path
    self.errorNumber = errorNumber
    isWriting = true
    reason = unsafe String(cString: strerror(errorNumber))
  }

  public var description: String { "cannot \(isWriting ? "write" : "read") \(path): \(reason)" }
}

/// Bytes with a known length, read a window at a time, so that a 1 GB clip costs one window of
/// memory. Offsets are absolute.
public protocol ByteSource: Sendable {
  var count: Int { get }
  /// Exactly the bytes of `range`, or fewer if the source ends before `range` does.
  func read(_ range: Range<Int>) throws(FileError) -> [UInt8]
}

extension [UInt8]: ByteSource {
  public func read(_ range: Range<Int>) throws(FileError) -> [UInt8] {
    Array(self[Swift.min(range.lowerBound, count)..<Swift.min(range.upperBound, count)])
  }
}

/// A regular file opened for reading. `pread` rather than a mapping: a file that shrinks under a
/// mapping ends the process with SIGBUS, and warm reads are as fast.
public final class FileByteSource: ByteSource {
  public let path: String
  public let count: Int
  private let descriptor: Int32

  public init(path: String) throws(FileError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(path: path, errorNumber: errno) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      let number = errno
      close(descriptor)
      throw FileError(path: path, errorNumber: number)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw FileError(
        path: path, errorNumber: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
    }
    self.path = path
    self.descriptor = descriptor
    count = Int(status.st_size)
  }

  deinit { close(descriptor) }

  public func read(_ range: Range<Int>) throws(FileError) -> [UInt8] {
    let start = Swift.min(Swift.max(range.lowerBound, 0), count)
    let wanted = Swift.min(range.upperBound, count) - start
    guard wanted > 0 else { return [] }
    var failure: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
      while filled < wanted {
        let got = unsafe pread(
          descriptor, buffer.baseAddress! + filled, wanted - filled, off_t(start + filled))
        if got < 0 {
          if errno == EINTR { continue }
          failure = errno
          return
        }
        if got == 0 { return }
        filled += got
      }
    }
    if failure != 0 { throw FileError(path: path, errorNumber: failure) }
    return bytes
  }

  /// The whole file, refused above `limit` bytes.
  public static func contents(
    of path: String, limit: Int = 64 << 20
  ) throws(FileError) -> [UInt8] {
    let source = try FileByteSource(path: path)
    guard source.count <= limit else { throw FileError(path: path, errorNumber: EFBIG) }
    return try source.read(0..<source.count)
  }
}
