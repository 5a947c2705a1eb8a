import Bytes
import Glibc
public import MerkleLog

/// Watches a log from outside, through its tiles, and keeps what it has seen: a witness for one
/// person. It believes nothing that the log says of itself but its key.
public struct LogFollower: Sendable {
  /// What one look came to.
  public enum Finding: Equatable, Sendable {
    /// The first look; everything was read and recomputed.
    case started(Checkpoint)
    case unchanged(Checkpoint)
    /// The new entries were read, and the tree grew out of the one that was seen before.
    case grown(from: UInt64, to: Checkpoint)
    /// The log is not what it was, or not what it signed.
    case alarm(code: String, detail: String)
  }

  private let log: TiledLog
  private let key: VerifierKey
  private let policy: WitnessPolicy?
  private let state: String

  /// - Parameters:
  ///   - key: the log's, obtained from somewhere else than the log.
  ///   - policy: who must have cosigned; nil asks for nobody.
  ///   - state: the file that keeps the last checkpoint.
  public init(log: TiledLog, key: VerifierKey, policy: WitnessPolicy? = nil, state: String) {
    self.log = log
    self.key = key
    self.policy = policy
    self.state = state
  }

  /// Looks once. What was found good becomes what the next look compares with; what raised an alarm
  /// does not, and its checkpoint is kept beside the state as evidence.
  ///
  /// - Throws: when the log cannot be reached or the state cannot be read or written.
  public func look() async throws -> Finding {
    let before = try known()
    let note: SignedNote
    do {
      guard let newest = try await log.checkpoint() else {
        return .alarm(code: "checkpoint_missing", detail: "the log shows no checkpoint")
      }
      note = newest
    } catch let error as NoteError {
      return .alarm(code: "checkpoint_malformed", detail: error.detail)
    }
    let finding = try await judge(note, before)
    if case .alarm = finding {
      try put(note, at: state + ".alarm")
    } else if case .unchanged = finding, before != nil {
      return finding
    } else {
      try put(note, at: state)
    }
    return finding
  }

  private func judge(_ note: SignedNote, _ before: Checkpoint?) async throws -> Finding {
    let now: Checkpoint
    switch note.checkpoint(signedBy: key) {
    case .rejected(let reason): return .alarm(code: "checkpoint_forged", detail: reason)
    case .verified(let checkpoint): now = checkpoint
    }
    if let policy, !policy.isSatisfied(by: note) {
      return .alarm(
        code: "cosignatures_missing",
        detail: "the checkpoint lacks the witnesses that were asked for")
    }
    let old = before?.size ?? 0
    if now.size < old {
      return .alarm(
        code: "rollback",
        detail: "the log had \(old) entries and now shows a checkpoint over \(now.size)")
    }
    if let before, now.size == before.size {
      return now.root == before.root
        ? .unchanged(now)
        : .alarm(
          code: "fork", detail: "two checkpoints over \(now.size) entries have different roots")
    }
    do {
      if let before, before.size > 0 {
        let proof = try await log.consistencyProof(from: before.size, to: now.size)
        guard
          MerkleProof.verifyConsistency(
            old: before.size, oldRoot: before.root, new: now.size, newRoot: now.root, proof: proof)
        else {
          return .alarm(
            code: "fork",
            detail:
              "the tree over \(now.size) entries did not grow out of the one over \(old) that "
              + "was seen before")
        }
      }
      if let problem = try await readEntries(from: old, to: now) { return problem }
    } catch let error as NoteError {
      return .alarm(code: "tiles_unreadable", detail: error.detail)
    }
    return before == nil ? .started(now) : .grown(from: old, to: now)
  }

  /// Reads every bundle that has something new: its entries must have the hashes of the tiles, and
  /// these must lead to the signed root.
  private func readEntries(from old: UInt64, to now: Checkpoint) async throws -> Finding? {
    let span = UInt64(TilePath.span)
    var number = old / span
    while number * span < now.size {
      let width = Int(min(span, now.size - number * span))
      let hashes = try await log.hashes(level: 0, number, width: width)
      let entries = try await log.entries(number, width: width)
      for (offset, entry) in entries.enumerated() where TreeHash.leaf(entry) != hashes[offset] {
        return .alarm(
          code: "entry_changed",
          detail: "entry \(number * span + UInt64(offset)) does not have the hash of its tile")
      }
      if width == TilePath.span {
        let above = try await log.hashes(
          level: 1, number / span, width: Int(min(span, now.size / span - number / span * span)))
        guard
          MerkleTree.perfectRoot(of: hashes[...], level: TilePath.height)
            == above[Int(number % span)]
        else {
          return .alarm(
            code: "tile_changed", detail: "tile \(number) of level 0 does not lead to its parent")
        }
      }
      number += 1
    }
    guard try await log.root(size: now.size) == now.root else {
      return .alarm(
        code: "root_mismatch", detail: "the tiles do not lead to the root that was signed")
    }
    return nil
  }

  private func known() throws -> Checkpoint? {
    guard access(state, F_OK) == 0 else { return nil }
    let note = try SignedNote(parsing: FileByteSource.contents(of: state))
    guard case .verified(let checkpoint) = note.checkpoint(signedBy: key) else {
      throw AuditError(
        .wrongKey, "\(state) keeps a checkpoint of another log; name another file with --state")
    }
    return checkpoint
  }

  private func put(_ note: SignedNote, at path: String) throws {
    let sink = try FileByteSink(path: path)
    try sink.write(note.bytes)
    try sink.commit()
  }
}

extension TiledLog {
  /// The tiles in a folder: a log's own, or a copy of it.
  public init(folder: String) {
    self.init { name in
      let path = "\(folder)/\(name)"
      return access(path, F_OK) == 0 ? try FileByteSource.contents(of: path) : nil
    }
  }
}
