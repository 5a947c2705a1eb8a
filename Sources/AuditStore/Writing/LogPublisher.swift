import Bytes
import Dispatch
import GRDB
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
  private var publishedLines = 0

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
    try put(
      try log.queue.read {
        try LogDatabase.withCosignatures(latest.note, size: latest.checkpoint.size, in: $0)
      })
  }

  /// Call on the queue. Older checkpoints than the published one are passed over, and so is the same
  /// one with fewer signatures.
  func publish(_ note: SignedNote, size: UInt64) throws(AuditError) {
    guard size >= published else { return }
    do {
      if size > published {
        try tiles.write(from: published, to: size, from: log)
        let before = published
        published = size
        publishedLines = 0
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
    guard note.signatures.count > publishedLines else { return }
    let sink = try FileByteSink(path: "\(folder)/checkpoint")
    try sink.write(note.bytes)
    try sink.commit()
    publishedLines = note.signatures.count
  }
}
