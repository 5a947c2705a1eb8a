import ArgumentParser
import AuditStore
import Bytes
import C2PA
import Glibc
import MerkleLog
import PKI
import VerifyCommands

/// What the audit commands share with the terminal they run in.
enum AuditConsole {
  static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Since 1970.
  static func milliseconds() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
  }

  static func complain(_ text: String) {
    let line = Array("assay: \(text)\n".utf8)
    _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  /// Turns what the log throws into a sentence on standard error and an exit status.
  static func reportingFailures(_ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch let error as AuditError {
      complain(DisplayText.neutralised(error.detail))
      throw ExitCode(AuditText.status(of: error))
    } catch let error as FileError {
      complain(DisplayText.neutralised(error.description))
      throw ExitCode(ExitStatus.cannotRead)
    } catch let error as NoteError {
      complain(DisplayText.neutralised(error.detail))
      throw ExitCode(ExitStatus.usage)
    } catch let error as PKIError {
      complain(DisplayText.neutralised(error.detail))
      throw ExitCode(ExitStatus.cannotRead)
    }
  }
}
