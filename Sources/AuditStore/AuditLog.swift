import Dispatch
public import Evidence
public import MerkleLog
public import PKI
import Synchronization

/// The writer of a log: an append-only Merkle tree in SQLite with signed checkpoints. One process
/// has it at a time; readers use `AuditReader` beside it.
///
/// All database work runs on one serial queue of its own. Appends that arrive while a batch is
/// being made durable form the next batch, so that many callers share one flush to disk.
public final class AuditLog: Sendable {
  /// Entries in one transaction at most: bounds what a caller waits for the others in its batch.
  public static let batchLimit = 100
  /// A checkpoint follows a new entry after this time unless somebody asked for
  /// one before: a monitor sees the log at most this late.
  public static let checkpointInterval = Duration.seconds(1)

  /// The folder, with the databases, `checkpoint` and `vkey`.
  public let directory: String
  /// What verifiers of the checkpoints and receipts need.
  public let verifierKey: VerifierKey
  private let queue = DispatchQueue(label: "assay.audit.sequencer", qos: .userInitiated)
  private let sequencer: LogSequencer
  private let keys: PayloadKeys
  private let checkpointInterval: Duration
  private let pending = Mutex(Pending())

  private struct Pending {
    var appends: [Append] = []
    var isDraining = false
    var isCheckpointDue = false
  }

  struct Append: Sendable {
    let record: PreparedRecord
    let answer: @Sendable (Result<UInt64, AuditError>) -> Void
  }

  private init(
    directory: String, sequencer: LogSequencer, keys: PayloadKeys, checkpointInterval: Duration
  ) {
    self.directory = directory
    self.keys = keys
    self.sequencer = sequencer
    self.checkpointInterval = checkpointInterval
    verifierKey = sequencer.signer.verifierKey
  }

  /// Opens the log in `directory` (made if it is not there) or starts a new one.
  ///
  /// Recomputes the root from all entries and compares it with the right edge, the newest
  /// checkpoint and the published one; finishes erasures and forgets payloads that a crash left
  /// without a leaf.
  ///
  /// - Parameters:
  ///   - origin: the log's identity and key name, such as `gateway.example/moderation-log`.
  ///   - signingKey: Ed25519.
  ///   - payloadKeys: what payloads are sealed under. Payloads that an older version stored in the
  ///     clear are sealed now.
  /// - Throws: `.locked` when another process has it, `.inconsistent` when the stored tree does not
  ///   agree with itself or was rolled back, `.wrongKey` when it belongs to another origin or key.
  public static func open(
    directory: String, origin: String, signingKey: PrivateKey, payloadKeys: PayloadKeys,
    checkpointInterval: Duration = AuditLog.checkpointInterval
  ) async throws(AuditError) -> AuditLog {
    let signer: NoteSigner
    do throws(NoteError) {
      signer = try NoteSigner(name: origin, key: signingKey)
    } catch {
      throw AuditError(.wrongKey, error.detail)
    }
    let opening = DispatchQueue(label: "assay.audit.open")
    let sequencer = try await run(on: opening) { () throws(AuditError) in
      try LogSequencer(folder: directory, signer: signer, keys: payloadKeys)
    }
    return AuditLog(
      directory: directory, sequencer: sequencer, keys: payloadKeys,
      checkpointInterval: checkpointInterval)
  }

  /// Adds a decision and returns its index once it is on the disk. The same record id again
  /// returns the first entry's index and writes nothing.
  ///
  /// - Throws: `.recordTooLarge`, `.diskFull`, `.writeFailed`; nothing was logged then.
  public func append(_ record: DecisionRecord) async throws(AuditError) -> UInt64 {
    try await enqueue(try PreparedRecord(record, keys: keys))
  }

  /// Adds an event as `append(_:)` adds a decision.
  public func append(_ event: AuditEvent) async throws(AuditError) -> UInt64 {
    try await enqueue(try PreparedRecord(event, keys: keys))
  }

  /// Deletes the payload of a decision and logs that, with the ground (`gdpr.art17` and the like).
  /// The tree, all proofs and all receipts stay valid; the commitment can no longer be opened.
  /// Returns the index of the `payload.erased` entry.
  ///
  /// - Throws: `.notFound` for an unknown id; `.writeFailed` when a reader keeps the old pages.
  public func erase(id: String, ground: String) async throws(AuditError) -> UInt64 {
    guard ground.utf8.count <= LogLeaf.groundLimit, !ground.isEmpty else {
      throw AuditError(
        .recordTooLarge, "a ground for erasure has 1 to \(LogLeaf.groundLimit) bytes")
    }
    let sequencer = sequencer
    return try await onQueue { () throws(AuditError) in
      try sequencer.erase(id: id, ground: ground)
    }
  }

  /// Signs and publishes a checkpoint over everything that was appended, unless there is one.
  @discardableResult
  public func checkpoint() async throws(AuditError) -> SignedNote {
    let sequencer = sequencer
    return try await onQueue { () throws(AuditError) in try sequencer.checkpoint() }
  }

  /// The entry with its inclusion proof. Signs a checkpoint now if none covers it yet.
  public func receipt(index: UInt64) async throws(AuditError) -> Receipt {
    let sequencer = sequencer
    return try await onQueue { () throws(AuditError) in try sequencer.receipt(index: index) }
  }

  /// Signs what is not covered yet and lets the lock go. Later calls throw `.closed`.
  public func close() async throws(AuditError) {
    let sequencer = sequencer
    try await onQueue { () throws(AuditError) in try sequencer.close() }
  }

  // MARK: The queue

  private func enqueue(_ record: PreparedRecord) async throws(AuditError) -> UInt64 {
    let result = await withCheckedContinuation { continuation in
      let mustDrain = pending.withLock { pending in
        pending.appends.append(Append(record: record) { continuation.resume(returning: $0) })
        defer { pending.isDraining = true }
        return !pending.isDraining
      }
      if mustDrain { queue.async { self.drain() } }
    }
    return try result.get()
  }

  /// Commits one batch, then goes to the end of the queue, so that receipts and checkpoints are not
  /// kept waiting by a stream of appends.
  private func drain() {
    let batch = pending.withLock { pending -> [Append] in
      let count = min(pending.appends.count, AuditLog.batchLimit)
      let batch = Array(pending.appends[..<count])
      pending.appends.removeFirst(count)
      return batch
    }
    sequencer.commit(batch)
    scheduleCheckpoint()
    let isDone = pending.withLock { pending in
      pending.isDraining = !pending.appends.isEmpty
      return !pending.isDraining
    }
    if !isDone { queue.async { self.drain() } }
  }

  private func scheduleCheckpoint() {
    let isFirst = pending.withLock { pending in
      defer { pending.isCheckpointDue = true }
      return !pending.isCheckpointDue
    }
    guard isFirst else { return }
    queue.asyncAfter(deadline: .now() + checkpointInterval / .seconds(1)) { [weak self] in
      guard let self else { return }
      pending.withLock { $0.isCheckpointDue = false }
      // A failure is met again, and told, by whoever next asks for a checkpoint or receipt.
      _ = try? sequencer.checkpoint()
    }
  }

  private func onQueue<Value: Sendable>(
    _ work: @escaping @Sendable () throws(AuditError) -> Value
  ) async throws(AuditError) -> Value {
    try await AuditLog.run(on: queue, work)
  }

  private static func run<Value: Sendable>(
    on queue: DispatchQueue, _ work: @escaping @Sendable () throws(AuditError) -> Value
  ) async throws(AuditError) -> Value {
    let result: Result<Value, AuditError> = await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: Result(catching: work)) }
    }
    return try result.get()
  }
}
