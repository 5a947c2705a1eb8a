import Bytes
import Dispatch
import Synchronization

/// Opens payloads and compares each with its entry's commitment, on a thread of its own while the walk
/// reads on: decrypting a log's payloads takes as long as hashing its entries.
final class PayloadOpening: Sendable {
  /// A payload beside what its entry says of it.
  struct Work: Sendable {
    let index: UInt64
    /// The entry's id; a payload opens under no other.
    let id: String
    /// Lower-case hexadecimal, as in the entry.
    let commitment: String
    let payload: PayloadDatabase.Payload
    /// The entry is logged as erased: the writer is between its two steps, or the next start finishes
    /// it, so that the payload counts for nothing.
    let isErased: Bool
  }

  struct Result: Sendable {
    var opened = 0
    /// Entries whose payload does not open the commitment, in the order of the log.
    var changed: [UInt64] = []
  }

  /// A turn is worth its dispatch, and holds no more than some megabytes.
  private static let batchSize = 256
  /// Batches that wait at most: the walk stands still behind that, memory stays small.
  private static let depth = 4

  private let keys: PayloadKeys
  private let queue = DispatchQueue(label: "assay.log.payloads")
  private let room = DispatchSemaphore(value: PayloadOpening.depth)
  private let result = Mutex(Result())
  private let batch = Mutex<[Work]>([])

  init(_ keys: PayloadKeys) { self.keys = keys }

  func add(_ work: Work) {
    let full = batch.withLock { batch -> [Work] in
      batch.append(work)
      guard batch.count == PayloadOpening.batchSize else { return [] }
      defer { batch = [] }
      return batch
    }
    if !full.isEmpty { open(full) }
  }

  /// Waits for what is under way. To be called once, after the last `add`.
  func finish() -> Result {
    open(
      batch.withLock { batch in
        defer { batch = [] }
        return batch
      })
    return queue.sync { result.withLock(\.self) }
  }

  private func open(_ batch: [Work]) {
    room.wait()
    queue.async { [self] in
      defer { room.signal() }
      var opened = 0
      var changed: [UInt64] = []
      for work in batch {
        if !opens(work) {
          changed.append(work.index)
        } else if !work.isErased {
          opened += 1
        }
      }
      result.withLock { result in
        result.opened += opened
        result.changed += changed
      }
    }
  }

  private func opens(_ work: Work) -> Bool {
    guard work.payload.id == work.id,
      let opened = work.payload.sealed.open(id: work.id, keys: keys)
    else { return false }
    return Hex.decode(work.commitment) == LogLeaf.commitment(to: opened.bytes, salt: opened.salt)
  }
}
