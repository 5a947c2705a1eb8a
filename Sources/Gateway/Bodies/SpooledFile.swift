import Glibc
import NIOCore
import NIOPosix

/// An uploaded file on disk, in quarantine.
struct SpooledFile: Equatable, Sendable {
  let path: String
  let byteCount: Int
  /// As the client named it; never trusted.
  let declaredMediaType: String
}

/// The spool could not be written; `errorNumber` tells a full disk from the rest.
struct SpoolError: Error, Equatable, Sendable, CustomStringConvertible {
  let path: String
  let errorNumber: Int32

  var isDiskFull: Bool { errorNumber == ENOSPC || errorNumber == EDQUOT }
  var description: String { "cannot write \(path): \(String(cString: strerror(errorNumber)))" }
}

/// Writes one new file, private to this user, on NIO's blocking threads. One caller, one task.
final class SpoolWriter: Sendable {
  let path: String
  private let descriptor: Int32
  private let threads: NIOThreadPool

  /// Creates the file; one that is there is replaced by a new one, never written into.
  init(path: String, threads: NIOThreadPool = .singleton) throws(SpoolError) {
    unlink(path)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw SpoolError(path: path, errorNumber: errno) }
    self.path = path
    self.descriptor = descriptor
    self.threads = threads
  }

  deinit { close(descriptor) }

  func write(_ chunk: ByteBuffer) async throws {
    let (path, descriptor) = (path, descriptor)
    try await threads.runIfActive {
      try chunk.withUnsafeReadableBytes { bytes in
        var written = 0
        while written < bytes.count {
          let count = Glibc.write(
            descriptor, bytes.baseAddress! + written, bytes.count - written)
          if count < 0 {
            if errno == EINTR { continue }
            throw SpoolError(path: path, errorNumber: errno)
          }
          written += count
        }
      }
    }
  }

  /// Puts the bytes on the disk itself: a job that was accepted must find its upload after a crash.
  func finish() async throws {
    let (path, descriptor) = (path, descriptor)
    try await threads.runIfActive {
      guard fsync(descriptor) == 0 else { throw SpoolError(path: path, errorNumber: errno) }
    }
  }
}
