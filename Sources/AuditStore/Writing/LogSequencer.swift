import Bytes
import GRDB
import Glibc
import MerkleLog

/// Gives out indices and keeps the tree. Confined to `AuditLog`'s queue, which is why it needs no
/// lock of its own.
final class LogSequencer: @unchecked Sendable {
  let signer: NoteSigner
  private let folder: String
  let log: LogDatabase
  let payloads: PayloadDatabase
  private var lock: WriterLock?
  private var edge: RightEdge
  /// What the next entry gets.
  var nextIndex: UInt64 { edge.size }
  private(set) var latest: (checkpoint: Checkpoint, note: SignedNote)?
  let publisher: LogPublisher
  /// Why nothing is signed any more: a witness has seen more of this log than is here.
  private var refusal: AuditError?
  /// The last entry said that another log goes on.
  private var isRotated: Bool

  init(folder: String, signer: NoteSigner, keys: PayloadKeys) throws(AuditError) {
    do {
      try makeFolder(folder)
      let lock = try WriterLock(folder: folder)
      FileSums.remove(folder)
      let log = try LogDatabase(writing: folder)
      let opened = try LogOpening.check(log, folder: folder, signer: signer)
      let payloads = try log.queue.read { database in
        try PayloadDatabase(writing: folder, keys: keys) { id in
          try LogDatabase.entry(id: id, in: database).map { ($0.index, $0.time) }
        }
      }
      self.folder = folder
      self.signer = signer
      self.log = log
      self.payloads = payloads
      self.lock = lock
      edge = opened.edge
      latest = opened.latest
      try LogOpening.sweep(payloads, log: log, size: edge.size)
      isRotated = try log.queue.read { try LogDatabase.isRotated(in: $0) }
      publisher = try LogPublisher(folder: folder)
      try publisher.resume(opened.latest)
    } catch {
      throw AuditError(error, while: "cannot open the log in \(folder)")
    }
  }

  // MARK: Appending

  /// Payloads first, then entries: what a crash leaves between is a payload without a leaf, which
  /// the next start forgets. Never the other way round.
  func commit(_ batch: [AuditLog.Append]) {
    do {
      try checkIsOpen()
      let known = try knownIndices(of: batch)
      var indices = known
      var entries: [LogEntry] = []
      var fresh: [PayloadDatabase.Payload] = []
      for append in batch where indices[append.record.id] == nil {
        let entry = append.record.entry(index: edge.size + UInt64(entries.count))
        indices[entry.id] = entry.index
        entries.append(entry)
        if let payload = append.record.payload(index: entry.index) { fresh.append(payload) }
      }
      try payloads.insert(fresh)
      do {
        try write(entries)
      } catch {
        // What was not logged is not kept either; if this fails too, the next start forgets it.
        try? payloads.erase(fresh.map(\.index))
        throw error
      }
      for append in batch { append.answer(.success(indices[append.record.id]!)) }
    } catch {
      let failure = AuditError(error, while: "the decision was not logged")
      for append in batch { append.answer(.failure(failure)) }
    }
  }

  private func knownIndices(of batch: [AuditLog.Append]) throws -> [String: UInt64] {
    try log.queue.read { database in
      var known: [String: UInt64] = [:]
      for append in batch {
        let id = append.record.id
        if let index = try LogDatabase.index(ofID: id, in: database) { known[id] = index }
      }
      return known
    }
  }

  /// One transaction; the edge in memory moves only after it is on the disk.
  func write(_ entries: [LogEntry]) throws {
    guard !entries.isEmpty else { return }
    var next = edge
    try log.queue.write { database in
      for entry in entries {
        try LogDatabase.insert(entry, into: database)
        for (subtree, hash) in next.append(entry.leafHash) where LogDatabase.isStored(subtree) {
          try LogDatabase.insert(subtree, hash, into: database)
        }
      }
      try LogDatabase.store(next, in: database)
    }
    edge = next
  }

  // MARK: Checkpoints

  /// Signs the tree as it is on the disk. Stored before it is published, so that a restart can
  /// never sign a smaller or another tree than somebody saw.
  func checkpoint() throws(AuditError) -> SignedNote {
    do {
      if let latest, latest.checkpoint.size == edge.size { return latest.note }
      guard lock != nil else { throw AuditError(.closed, "the log was closed") }
      if let refusal { throw refusal }
      let checkpoint = Checkpoint(
        origin: signer.verifierKey.name, size: edge.size, root: edge.root)
      let note = try checkpoint.signed(by: signer)
      try log.queue.write { try LogDatabase.insert(note, of: checkpoint, into: $0) }
      latest = (checkpoint, note)
      return note
    } catch {
      throw AuditError(error, while: "no checkpoint was signed")
    }
  }

  /// A signed checkpoint that covers the entry; made now if there is none.
  func checkpoint(covering index: UInt64) throws(AuditError) -> SignedNote {
    guard lock != nil else { throw AuditError(.closed, "the log was closed") }
    guard index < edge.size else { throw AuditError(.notFound, "the log has no entry \(index)") }
    if let latest, index < latest.checkpoint.size { return latest.note }
    return try checkpoint()
  }

  /// Writes the last entry, signs it, and takes no more.
  func rotate(_ record: PreparedRecord) throws(AuditError) -> SignedNote {
    do {
      try checkIsOpen()
      try write([record.entry(index: edge.size)])
      isRotated = true
    } catch {
      throw AuditError(error, while: "the log was not rotated")
    }
    return try checkpoint()
  }

  // MARK: Witnesses

  func cosignedSize(by witness: String) throws(AuditError) -> UInt64 {
    do {
      guard lock != nil else { throw AuditError(.closed, "the log was closed") }
      return try log.queue.read { try LogDatabase.cosignedSize(by: witness, in: $0) }
    } catch {
      throw AuditError(error, while: "cannot read the cosignatures")
    }
  }

  /// The newest checkpoint with all its lines, to be published again.
  func store(
    cosignature line: [UInt8], of checkpoint: Checkpoint, by witness: String
  ) throws(AuditError) -> SignedNote? {
    do {
      guard lock != nil else { throw AuditError(.closed, "the log was closed") }
      try log.queue.write {
        try LogDatabase.insert(cosignature: line, of: checkpoint.size, by: witness, into: $0)
      }
      guard let latest, latest.checkpoint == checkpoint else { return nil }
      return try log.queue.read {
        try LogDatabase.withCosignatures(latest.note, size: checkpoint.size, in: $0)
      }
    } catch {
      throw AuditError(error, while: "a cosignature was not stored")
    }
  }

  /// From now on nothing is appended or signed.
  func refuse(_ reason: String) {
    if refusal == nil { refusal = AuditError(.inconsistent, reason) }
  }

  func checkIsOpen() throws(AuditError) {
    guard lock != nil else { throw AuditError(.closed, "the log was closed") }
    if let refusal { throw refusal }
    if isRotated {
      throw AuditError(.closed, "the log was rotated; its last entry names the one that goes on")
    }
  }

  /// - Parameter finish: what is left to publish, before the files are let go.
  func close(_ finish: (SignedNote?) -> Void) throws(AuditError) {
    guard lock != nil else { return }
    var failure: AuditError?
    if refusal == nil {
      do throws(AuditError) { finish(try checkpoint()) } catch { failure = error }
    } else {
      finish(nil)
    }
    // The publisher's connection stays: a receipt may be in the making. So the write-ahead logs are
    // emptied here, and not by the last connection.
    try? log.truncateLog()
    try? payloads.truncateLog()
    try? log.queue.close()
    try? payloads.queue.close()
    try? FileSums.write(folder)
    lock = nil
    if let failure { throw failure }
  }
}

private func makeFolder(_ path: String) throws {
  var parents = ""
  for part in path.split(separator: "/", omittingEmptySubsequences: false) {
    parents += part
    // Only the owner: payloads are personal data.
    if !parents.isEmpty, mkdir(parents, 0o700) != 0, errno != EEXIST {
      throw AuditError(
        .unreadable, "cannot make the folder \(parents): \(String(cString: strerror(errno)))")
    }
    parents += "/"
  }
}

func milliseconds() -> Int64 {
  var now = timespec()
  clock_gettime(CLOCK_REALTIME, &now)
  return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
}
