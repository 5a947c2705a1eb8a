import Dispatch
public import Evidence
import GRDB
public import MerkleLog
public import PKI
import StrictJSON
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
  private let witnesses: [any LogWitness]
  private let checkpointInterval: Duration
  private let pending = Mutex(Pending())

  private struct Pending {
    var appends: [Append] = []
    var isDraining = false
    var isCheckpointDue = false
    var isCosigning = false
    var newest: SignedNote?
  }

  struct Append: Sendable {
    let record: PreparedRecord
    let answer: @Sendable (Result<UInt64, AuditError>) -> Void
  }

  /// The answers to the records of one call, told when the last is there.
  private final class Answers: Sendable {
    private let results: Mutex<[Int: Result<UInt64, AuditError>]> = Mutex([:])
    private let count: Int
    private let done: @Sendable ([Result<UInt64, AuditError>]) -> Void

    init(count: Int, done: @escaping @Sendable ([Result<UInt64, AuditError>]) -> Void) {
      self.count = count
      self.done = done
    }

    func take(_ result: Result<UInt64, AuditError>, at place: Int) {
      let all = results.withLock { results in
        results[place] = result
        return results.count == count ? results : nil
      }
      if let all { done((0..<count).map { all[$0]! }) }
    }
  }

  private init(
    directory: String, sequencer: LogSequencer, keys: PayloadKeys, witnesses: [any LogWitness],
    checkpointInterval: Duration
  ) {
    self.directory = directory
    self.keys = keys
    self.witnesses = witnesses
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
  ///   - witnesses: who is asked to cosign each published checkpoint. One that says at the start
  ///     that it cosigned more than is here keeps the log shut; one that does not answer does not.
  ///
  /// - Throws: `.locked` when another process has it, `.inconsistent` when the stored tree does not
  ///   agree with itself or was rolled back, `.wrongKey` when it belongs to another origin or key.
  public static func open(
    directory: String, origin: String, signingKey: PrivateKey, payloadKeys: PayloadKeys,
    witnesses: [any LogWitness] = [],
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
    let log = AuditLog(
      directory: directory, sequencer: sequencer, keys: payloadKeys, witnesses: witnesses,
      checkpointInterval: checkpointInterval)
    do throws(AuditError) {
      try await log.compareWithWitnesses()
      try await log.takeInbox()
    } catch {
      try? await log.close()
      throw error
    }
    log.watchInbox()
    return log
  }

  /// Adds a decision and returns its index once it is on the disk. The same record id again
  /// returns the first entry's index and writes nothing.
  ///
  /// - Throws: `.recordTooLarge`, `.diskFull`, `.writeFailed`; nothing was logged then.
  public func append(_ record: DecisionRecord) async throws(AuditError) -> UInt64 {
    try await enqueue(try PreparedRecord(record, keys: keys))
  }

  /// Adds several decisions in their order, as `append(_:)` adds one; they share flushes to disk.
  ///
  /// - Throws: the first failure; decisions before and behind it may have been logged, and adding
  ///   them again returns their indices.
  public func append(
    contentsOf records: [DecisionRecord]
  ) async throws(AuditError) -> [UInt64] {
    try await enqueue(try await PreparedRecord.all(records, keys: keys))
  }

  /// Adds an event as `append(_:)` adds a decision.
  public func append(_ event: AuditEvent) async throws(AuditError) -> UInt64 {
    try await enqueue(try PreparedRecord(event, keys: keys))
  }

  /// Signs and publishes a checkpoint over everything that was appended, unless there is one.
  @discardableResult
  public func checkpoint() async throws(AuditError) -> SignedNote {
    let sequencer = sequencer
    let note = try await onQueue { () throws(AuditError) in try sequencer.checkpoint() }
    try await publish(note)
    return note
  }

  /// The entry with its inclusion proof, under the newest checkpoint and the cosignatures that it
  /// has by now. Signs a checkpoint if none covers the entry yet.
  public func receipt(index: UInt64) async throws(AuditError) -> Receipt {
    let sequencer = sequencer
    let note = try await onQueue { () throws(AuditError) in
      try sequencer.checkpoint(covering: index)
    }
    schedulePublication(of: note)
    do {
      return try await sequencer.publisher.log.queue.read {
        try LogDatabase.receipt(index: index, under: note, in: $0)
      }
    } catch {
      throw AuditError(error, while: "no receipt for entry \(index)")
    }
  }

  /// Ends this log: its last entry names the key of the one that goes on, under a signed checkpoint.
  /// Nothing can be appended afterwards, by this process or another.
  public func rotate(
    to next: VerifierKey, time: Int64, actor: String = ""
  ) async throws(AuditError) -> SignedNote {
    let record = try PreparedRecord(
      AuditEvent(
        id: "log.rotated", kind: .rotated, time: time, actor: actor,
        members: [.init("next", .string(next.text))]), keys: keys)
    let sequencer = sequencer
    let note = try await onQueue { () throws(AuditError) in try sequencer.rotate(record) }
    try await publish(note)
    return note
  }

  /// Signs and publishes what is not covered yet and lets the lock go. Later calls throw `.closed`.
  public func close() async throws(AuditError) {
    let sequencer = sequencer
    try await onQueue { () throws(AuditError) in
      try sequencer.close { note in
        sequencer.publisher.queue.sync {
          guard let note, let checkpoint = try? Checkpoint(text: note.text) else { return }
          try? sequencer.publisher.publish(note, size: checkpoint.size)
        }
      }
    }
  }

  // MARK: The queue

  private func enqueue(_ record: PreparedRecord) async throws(AuditError) -> UInt64 {
    let result = await withCheckedContinuation { continuation in
      enqueue([Append(record: record) { continuation.resume(returning: $0) }])
    }
    return try result.get()
  }

  private func enqueue(_ records: [PreparedRecord]) async throws(AuditError) -> [UInt64] {
    guard !records.isEmpty else { return [] }
    let results = await withCheckedContinuation { continuation in
      let answers = Answers(count: records.count) { continuation.resume(returning: $0) }
      enqueue(
        records.enumerated().map { number, record in
          Append(record: record) { answers.take($0, at: number) }
        })
    }
    var indices: [UInt64] = []
    for result in results { indices.append(try result.get()) }
    return indices
  }

  private func enqueue(_ appends: [Append]) {
    let mustDrain = pending.withLock { pending in
      pending.appends += appends
      defer { pending.isDraining = true }
      return !pending.isDraining
    }
    if mustDrain { queue.async { self.drain() } }
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
      if let note = try? sequencer.checkpoint() { schedulePublication(of: note) }
    }
  }

  // MARK: Publishing

  private func publish(_ note: SignedNote) async throws(AuditError) {
    let publisher = sequencer.publisher
    try await AuditLog.run(on: publisher.queue) { () throws(AuditError) in
      guard let checkpoint = try? Checkpoint(text: note.text) else { return }
      try publisher.publish(note, size: checkpoint.size)
    }
    startCosigning(note)
  }

  /// What fails here is tried again with the next checkpoint, and at the next start.
  private func schedulePublication(of note: SignedNote) {
    let isNews = pending.withLock { pending in
      defer { pending.newest = note }
      return pending.newest?.text != note.text
    }
    guard isNews else { return }
    Task { try? await publish(note) }
  }

  /// Runs `work` between two batches of appends.
  func sequenced<Value: Sendable>(
    _ work: @escaping @Sendable (LogSequencer) throws(AuditError) -> Value
  ) async throws(AuditError) -> Value {
    let sequencer = sequencer
    return try await onQueue { () throws(AuditError) in try work(sequencer) }
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

// MARK: - Witnesses

extension AuditLog {
  /// Refuses a log that somebody saw grow beyond what is here: it was restored from an old copy, and
  /// going on would sign a second history.
  private func compareWithWitnesses() async throws(AuditError) {
    let sequencer = sequencer
    let origin = verifierKey.name
    for witness in witnesses {
      guard let note = try? await witness.newest(origin: origin),
        case .verified = note.verify([witness.key]),
        case .verified(let seen) = note.checkpoint(signedBy: verifierKey)
      else { continue }
      let own = try await onQueue { () throws(AuditError) in sequencer.latest?.checkpoint }
      if seen.size > own?.size ?? 0 {
        throw AuditError(
          .inconsistent,
          "\(witness.key.name) cosigned \(seen.size) entries of this log, and \(own?.size ?? 0) are "
            + "signed here: it was rolled back; restore the newer database")
      }
      if let own, seen.size == own.size, seen.root != own.root {
        throw AuditError(
          .inconsistent,
          "\(witness.key.name) cosigned another tree over \(seen.size) entries: the log was forked")
      }
    }
  }

  /// One round at a time; a checkpoint that comes meanwhile is covered by the next.
  private func startCosigning(_ note: SignedNote) {
    guard !witnesses.isEmpty else { return }
    let isFirst = pending.withLock { pending in
      defer { pending.isCosigning = true }
      return !pending.isCosigning
    }
    guard isFirst else { return }
    Task {
      await cosign(note)
      pending.withLock { $0.isCosigning = false }
    }
  }

  private func cosign(_ note: SignedNote) async {
    guard let checkpoint = try? Checkpoint(text: note.text) else { return }
    let sequencer = sequencer
    for witness in witnesses {
      let name = witness.key.name
      let cosigner = Cosigner(witness: witness, log: sequencer.publisher.log)
      guard
        let known = try? await onQueue({ () throws(AuditError) in
          try sequencer.cosignedSize(by: name)
        })
      else { return }
      switch await cosigner.ask(note, checkpoint, known: known) {
      case .cosigned(let line):
        let complete = try? await onQueue { () throws(AuditError) in
          try sequencer.store(cosignature: line, of: checkpoint, by: name)
        }
        guard let complete = complete ?? nil else { continue }
        _ = try? await AuditLog.run(on: sequencer.publisher.queue) { () throws(AuditError) in
          try sequencer.publisher.publish(complete, size: checkpoint.size)
        }
      case .ahead(let size):
        _ = try? await onQueue { () throws(AuditError) in
          sequencer.refuse(
            "\(name) cosigned \(size) entries of this log, and there are \(checkpoint.size): it was "
              + "rolled back; restore the newer database")
        }
      case .failed: continue
      }
    }
  }

  /// Asks the witnesses about the newest checkpoint now, and returns it with their lines.
  @discardableResult
  public func cosign() async throws(AuditError) -> SignedNote {
    let note = try await checkpoint()
    await cosign(note)
    let size = (try? Checkpoint(text: note.text))?.size ?? 0
    do {
      return try await sequencer.publisher.log.queue.read {
        try LogDatabase.withCosignatures(note, size: size, in: $0)
      }
    } catch {
      throw AuditError(error, while: "cannot read the cosignatures")
    }
  }
}

// MARK: - Events from beside the writer

extension AuditLog {
  private func takeInbox() async throws(AuditError) {
    for (path, event) in AuditInbox.waiting(in: directory) {
      _ = try await append(event)
      AuditInbox.remove(path)
    }
  }

  private func watchInbox() {
    queue.asyncAfter(deadline: .now() + checkpointInterval / .seconds(1)) { [weak self] in
      guard let self else { return }
      Task { [weak self] in
        try? await self?.takeInbox()
        self?.watchInbox()
      }
    }
  }
}
