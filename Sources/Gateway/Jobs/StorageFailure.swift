import AuditStore
import Moderation

/// Tells "no room, no access" from all other errors, whoever threw: nothing was accepted then, and
/// another try later is worth it.
enum StorageFailure {
  static func isCause(of error: any Error) -> Bool {
    switch error {
    case let error as SpoolError: error.isDiskFull
    case let error as WorkspaceError: error.isDiskFull
    case let error as AuditError: error.code == .diskFull
    default: JobStore.isStorageFailure(error)
    }
  }
}
