import Glibc

/// Where a job's files lie. Quarantine and the released folder are on one file system, so that
/// release is one rename.
public struct Workspace: Sendable {
  public let root: String

  public init(root: String) { self.root = root }

  public func quarantine(_ job: String) -> String { "\(root)/quarantine/\(job)" }
  public func rawClip(_ job: String) -> String { "\(quarantine(job))/raw.mp4" }
  public func markedClip(_ job: String) -> String { "\(quarantine(job))/marked.mp4" }
  public func sealedClip(_ job: String) -> String { "\(quarantine(job))/sealed.mp4" }
  public func sealedThumbnail(_ job: String) -> String { "\(quarantine(job))/thumbnail.webp" }
  public func sealedSheet(_ job: String) -> String { "\(quarantine(job))/spritesheet.webp" }
  /// Where a caller's upload is spooled; `name` is ours, never the client's.
  public func upload(_ job: String, name: String) -> String { "\(quarantine(job))/\(name)" }

  public func releasedClip(_ job: String) -> String { "\(root)/released/\(job).mp4" }
  public func releasedThumbnail(_ job: String) -> String { "\(root)/released/\(job).webp" }
  public func releasedSheet(_ job: String) -> String { "\(root)/released/\(job).sheet.webp" }

  /// Makes the folders of one job, private to this user.
  public func prepare(_ job: String) throws(WorkspaceError) {
    for path in [root, "\(root)/quarantine", "\(root)/released", quarantine(job)] {
      guard mkdir(path, 0o700) != 0, errno != EEXIST else { continue }
      throw WorkspaceError(action: "make the folder", path: path, errorNumber: errno)
    }
  }

  /// Atomic on one file system, and on disk before it returns.
  public func move(_ source: String, to target: String) throws(WorkspaceError) {
    guard rename(source, target) == 0 else {
      throw WorkspaceError(action: "move a file to", path: target, errorNumber: errno)
    }
    let folder = String(target[..<(target.lastIndex(of: "/") ?? target.startIndex)])
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// Deletes a job's quarantined files. Missing ones are fine.
  public func sweepQuarantine(_ job: String) {
    let folder = quarantine(job)
    guard let directory = opendir(folder) else { return }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
        String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { unlink("\(folder)/\(name)") }
    }
    rmdir(folder)
  }

  /// Deletes a released clip and its thumbnail, and whatever is left in quarantine.
  public func delete(_ job: String) {
    unlink(releasedClip(job))
    unlink(releasedThumbnail(job))
    unlink(releasedSheet(job))
    sweepQuarantine(job)
  }
}

/// A file could not be made or moved; `errorNumber` tells a full disk (`ENOSPC`) from the rest.
public struct WorkspaceError: Error, Equatable, Sendable, CustomStringConvertible {
  public let action: String
  public let path: String
  public let errorNumber: Int32

  public var isDiskFull: Bool { errorNumber == ENOSPC || errorNumber == EDQUOT }
  public var description: String {
    "cannot \(action) \(path): \(String(cString: strerror(errorNumber)))"
  }
}
