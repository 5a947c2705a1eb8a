import Glibc

/// Holds `<log>/lock` for as long as it lives. `flock` ends with the process, however it ends, and
/// refuses a second opening by the same process too.
final class WriterLock: Sendable {
  private let descriptor: Int32

  init(folder: String) throws(AuditError) {
    let path = "\(folder)/lock"
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw AuditError(
        .unreadable, "cannot open \(path): \(String(cString: strerror(errno)))")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let number = errno
      close(descriptor)
      throw number == EWOULDBLOCK
        ? AuditError(
          .locked, "another process writes the log in \(folder); a log has one writer")
        : AuditError(.unreadable, "cannot lock \(path): \(String(cString: strerror(number)))")
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }
}
