import Glibc

/// Whether the disk under a folder has room for one more clip on its way.
struct DiskRoom: Sendable {
  /// Raw, marked and sealed file of a long clip at once, with the databases' growth.
  static let minimumBytes = 64 << 20

  let path: String

  /// True also when the disk cannot say: the writes themselves will tell.
  var isEnough: Bool {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return true }
    let (bytes, isHuge) = UInt64(status.f_bavail).multipliedReportingOverflow(
      by: UInt64(status.f_frsize))
    return isHuge || bytes >= UInt64(DiskRoom.minimumBytes)
  }
}
