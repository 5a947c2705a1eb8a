import Glibc

/// A new file that is written from front to back, then patched in place, then given its name.
///
/// The bytes go to a temporary name in the same folder; `commit()` makes them durable and renames.
/// A sink that goes away without it leaves nothing behind.
///
/// What is appended is handed to the disk while more comes, so that `commit()` has little left to
/// wait for. Of a large file the written pages are let go as well, once they have had time to be read
/// back: a gigabyte in the page cache pushes out what others need, and finding room for it takes
/// longer than the disk.
public final class FileByteSink: ByteSink {
  /// The name the file gets at `commit()`.
  public let path: String
  /// Bytes written front to back so far.
  public private(set) var count = 0
  private let temporaryPath: String
  private var descriptor: Int32
  /// Bytes handed to the disk, front to back.
  private var flushed = 0

  /// What is handed to the disk at once.
  private static let flushWindow = 4 << 20
  /// So much behind the end the disk has caught up, mostly.
  private static let lag = 32 << 20
  /// The first bytes of any file stay in the page cache: whoever wrote a small one reads it next.
  private static let cachedBytes = 64 << 20

  /// - Parameter mode: the new file's permissions, before the process's umask.
  public init(path: String, mode: UInt32 = 0o644) throws(FileError) {
    self.path = path
    temporaryPath = "\(path).\(getpid()).\(UInt32.random(in: .min ... .max)).part"
    descriptor = unsafe open(temporaryPath, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else {
      throw FileError(writing: path, errorNumber: errno)
    }
  }

  deinit {
    if descriptor >= 0 {
      close(descriptor)
      unsafe unlink(temporaryPath)
    }
  }

  /// Appends `bytes`.
  public func write(_ bytes: [UInt8]) throws(FileError) {
    try write(bytes, at: count)
    count += bytes.count
    if count - flushed >= FileByteSink.flushWindow { flush() }
  }

  /// Linux starts to write the dirty pages of a range that is "not needed", and drops the clean ones.
  /// It never waits, and leaves every error to the `fsync` of `commit()`.
  private func flush() {
    advise(flushed..<count)
    let settled = flushed - FileByteSink.lag..<count - FileByteSink.lag
    if settled.lowerBound >= FileByteSink.cachedBytes { advise(settled) }
    flushed = count
  }

  private func advise(_ range: Range<Int>) {
    posix_fadvise(
      descriptor, off_t(range.lowerBound), off_t(range.count), POSIX_FADV_DONTNEED)
  }

  /// Overwrites bytes that were written before, or writes behind them without moving the end that
  /// `write(_:)` appends to.
  public func write(_ bytes: [UInt8], at offset: Int) throws(FileError) {
    var failure: Int32 = 0
    unsafe bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        let step = unsafe pwrite(
          descriptor, buffer.baseAddress! + written, buffer.count - written,
          off_t(offset + written))
        if step < 0 {
          if errno == EINTR { continue }
          failure = errno
          return
        }
        written += step
      }
    }
    if failure != 0 { throw FileError(writing: path, errorNumber: failure) }
  }

  public func read(_ range: Range<Int>, into buffer: inout [UInt8]) throws(FileError) {
    try FileByteSource.read(range, of: descriptor, into: &buffer, path: path)
  }

  /// What was written so far, under its temporary name.
  public func written() throws(FileError) -> any ByteSource {
    try FileByteSource(path: temporaryPath)
  }

  /// Flushes to disk and renames over `path`; the file is complete under its name or not there.
  public func commit() throws(FileError) {
    guard fsync(descriptor) == 0, unsafe rename(temporaryPath, path) == 0 else {
      throw FileError(writing: path, errorNumber: errno)
    }
    close(descriptor)
    descriptor = -1
  }
}
