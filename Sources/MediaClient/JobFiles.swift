import Bytes
import Glibc
import MediaJobs

/// A job's two files: opened here, so that the sandboxed process never sees a path.
enum JobFiles {
  /// Blocks until the process is gone.
  static func run(
    _ order: MediaOrder, input: String?, output: String?,
    progress: (@Sendable (Double) -> Void)?, in process: WorkerProcess
  ) -> Result<AnswerCollector, MediaFailure> {
    do throws(MediaFailure) {
      let source = try input.map { path throws(MediaFailure) in try openInput(path) }
      let target = try output.map { path throws(MediaFailure) in try openOutput(path) }
      var collector = AnswerCollector(order, progress: progress)
      do throws(MediaFailure) {
        try process.run(
          order, input: source?.number, output: target?.number, collector: &collector)
        if let target, let output { try target.publish(as: output) }
      } catch {
        target?.discard()
        throw error
      }
      return .success(collector)
    } catch {
      return .failure(error)
    }
  }

  private static func openInput(_ path: String) throws(MediaFailure) -> Descriptor {
    // Not blocking: a named pipe would wait for a writer.
    let descriptor = try Descriptor.open(path, O_RDONLY | O_NONBLOCK)
    var status = stat()
    guard fstat(descriptor.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .file(FileError(path: path, errorNumber: EINVAL))
    }
    return descriptor
  }

  /// Written beside its final name and renamed at the end: a reader never meets half a clip.
  private static func openOutput(_ path: String) throws(MediaFailure) -> Descriptor {
    let temporary = path + ".part"
    return try Descriptor.open(temporary, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o600)
  }
}

/// An open file of ours, numbered 10 or above so that putting it at 3 or 4 in the child cannot hit
/// another that is still to be placed.
final class Descriptor {
  static let lowestNumber: Int32 = 10

  let number: Int32
  private let path: String

  private init(number: Int32, path: String) {
    self.number = number
    self.path = path
  }

  deinit { close(number) }

  static func open(
    _ path: String, _ flags: Int32, mode: mode_t = 0
  ) throws(MediaFailure) -> Descriptor {
    let first = Glibc.open(path, flags | O_CLOEXEC, mode)
    guard first >= 0 else { throw .file(FileError(path: path, errorNumber: errno)) }
    return try moved(first, path: path)
  }

  /// Takes over `first`.
  static func moved(_ first: Int32, path: String) throws(MediaFailure) -> Descriptor {
    guard first < lowestNumber else { return Descriptor(number: first, path: path) }
    let second = fcntl(first, F_DUPFD_CLOEXEC, lowestNumber)
    let number = errno
    close(first)
    guard second >= 0 else { throw .file(FileError(path: path, errorNumber: number)) }
    return Descriptor(number: second, path: path)
  }

  func publish(as final: String) throws(MediaFailure) {
    guard fsync(number) == 0, rename(path, final) == 0 else {
      let failure = MediaFailure.file(FileError(path: final, errorNumber: errno))
      discard()
      throw failure
    }
  }

  func discard() { unlink(path) }
}
