import Bytes
import GRDB
import Glibc
import MerkleLog
import StrictJSON

/// The log cannot do what was asked. `detail` says what to do about it.
public struct AuditError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Stable words for programs.
  public enum Code: String, Sendable {
    /// Another process writes this log.
    case locked = "log_locked"
    /// The folder or a database cannot be opened or read.
    case unreadable = "log_unreadable"
    /// Stored hashes, the right edge and the signed checkpoint do not agree.
    case inconsistent = "log_inconsistent"
    /// The log belongs to another origin or key.
    case wrongKey = "log_wrong_key"
    case diskFull = "disk_full"
    case writeFailed = "log_write_failed"
    /// The decision does not fit a leaf even without its rules.
    case recordTooLarge = "record_too_large"
    case notFound = "entry_not_found"
    /// A file that says what a report shall say is not as it must be.
    case profileInvalid = "report_profile_invalid"
    /// A legal hold keeps what was to be erased.
    case held = "legal_hold"
    case closed = "log_closed"
  }

  public let code: Code
  public let detail: String

  public init(_ code: Code, _ detail: String) {
    self.code = code
    self.detail = detail
  }

  public var description: String { detail }

  /// Anything GRDB threw, in our words. Statements and their arguments stay out of the text:
  /// payloads are arguments.
  init(_ error: any Error, while action: String) {
    switch error {
    case let error as AuditError: self = error
    case let error as NoteError:
      self.init(.inconsistent, "\(action): \(error.detail)")
    case let error as JSONError:
      self.init(.inconsistent, "\(action): a stored entry is no JSON: \(error)")
    case let error as FileError:
      self.init(error.errorNumber == ENOSPC ? .diskFull : .writeFailed, "\(action): \(error)")
    case let error as DatabaseError:
      switch error.resultCode {
      case .SQLITE_FULL:
        self.init(.diskFull, "\(action): no space is left on the disk")
      case .SQLITE_CANTOPEN, .SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_PERM, .SQLITE_AUTH:
        self.init(.unreadable, "\(action): \(error.message ?? "SQLite cannot read the file")")
      default:
        self.init(.writeFailed, "\(action): \(error.message ?? "SQLite error \(error.resultCode)")")
      }
    default: self.init(.writeFailed, "\(action): \(error)")
    }
  }
}
