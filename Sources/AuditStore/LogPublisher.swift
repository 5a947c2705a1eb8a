import Bytes
import Dispatch
import Glibc
import MerkleLog

/// Puts signed checkpoints, and first the tiles that belong to them, where others read them. Has a
/// queue and a database connection of its own, so that appends do not wait for it.
final class LogPublisher: @unchecked Sendable {
  let queue = DispatchQueue(label: "assay.audit.publisher", qos: .utility)
  /// Reads for proofs too.
  let log: LogDatabase
  private let tiles: TileFolder
  private let folder: String
  /// Confined to the queue.
  private var published: UInt64 = 0
  private var publishedBytes: [UInt8] = []

  init(folder: String) throws {
    self.folder = folder
    log = try LogDatabase(reading: folder)
    tiles = TileFolder(folder: folder)
  }

  /// What is missing up to the newest stored checkpoint, at a start.
  func resume(_ latest: (checkpoint: Checkpoint, note: SignedNote)?) throws {
    guard let latest else { return }
    try tiles.complete(to: latest.checkpoint.size, from: log)
    published = latest.checkpoint.size
    try put(latest.note)
  }

  /// Call on the queue. Older checkpoints than the published one are passed over.
  func publish(_ note: SignedNote, size: UInt64) throws(AuditError) {
    guard size >= published else { return }
    do {
      if size > published {
        try tiles.write(from: published, to: size, from: log)
        let before = published
        published = size
        try put(note)
        tiles.sweepPartials(from: before, to: size)
      } else {
        try put(note)
      }
    } catch {
      throw AuditError(error, while: "the checkpoint over \(size) entries was not published")
    }
  }

  private func put(_ note: SignedNote) throws {
    let bytes = note.bytes
    guard bytes != publishedBytes else { return }
    let sink = try FileByteSink(path: "\(folder)/checkpoint")
    try sink.write(bytes)
    try sink.commit()
    publishedBytes = bytes
  }
}
