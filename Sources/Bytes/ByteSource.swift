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
  /// The same into `buffer`, whose memory is used again where it can be: who walks through a large
  /// file in windows asks for that.
  func read(_ range: Range<Int>, into buffer: inout [UInt8]) throws(FileError)
}

extension ByteSource {
  public func read(_ range: Range<Int>, into buffer: inout [UInt8]) throws(FileError) {
    buffer = try read(range)
  }
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
    // A pipe without a writer would be waited for; that it is no file shows below.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
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
    var bytes: [UInt8] = []
    try read(range, into: &bytes)
    return bytes
  }

  public func read(_ range: Range<Int>, into buffer: inout [UInt8]) throws(FileError) {
    let start = Swift.min(Swift.max(range.lowerBound, 0), count)
    let end = Swift.max(start, Swift.min(range.upperBound, count))
    try Self.read(start..<end, of: descriptor, into: &buffer, path: path)
  }

  /// The bytes of `range`, or fewer where the file behind `descriptor` ends before.
  static func read(
    _ range: Range<Int>, of descriptor: Int32, into buffer: inout [UInt8], path: String
  ) throws(FileError) {
    var failure: Int32 = 0
    func fill(_ memory: UnsafeMutableBufferPointer<UInt8>) -> Int {
      var filled = 0
      while filled < range.count {
        let got = unsafe pread(
          descriptor, memory.baseAddress! + filled, range.count - filled,
          off_t(range.lowerBound + filled))
        if got < 0 {
          if errno == EINTR { continue }
          failure = errno
          return filled
        }
        if got == 0 { return filled }
        filled += got
      }
      return filled
    }
    if range.isEmpty {
      buffer = []
    } else if buffer.count == range.count {
      let filled = unsafe buffer.withUnsafeMutableBufferPointer { unsafe fill($0) }
      buffer.removeLast(range.count - filled)
    } else {
      buffer = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { memory, filled in
        filled = unsafe fill(memory)
      }
    }
    if failure != 0 { throw FileError(path: path, errorNumber: failure) }
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
