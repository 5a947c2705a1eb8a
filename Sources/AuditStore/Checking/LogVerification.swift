import Bytes
import GRDB
public import MerkleLog
import StrictJSON

/// Something in a log that does not agree with the rest.
public struct LogProblem: Equatable, Sendable {
  /// The entry it is about; nil when it is about the log.
  public let index: UInt64?
  /// Stable word for programs.
  public let code: String
  public let detail: String
  /// Name of the file in the log's folder that it lies in.
  public let file: String
}

/// What reading a whole log came to.
public struct LogVerdict: Equatable, Sendable {
  /// Entries that are stored.
  public internal(set) var size: UInt64 = 0
  /// Root over all of them, recomputed from the leaf hashes, each compared with its entry's bytes.
  public internal(set) var root = TreeHash.empty
  /// The newest good checkpoint; entries behind its size are not covered yet.
  public internal(set) var checkpoint: Checkpoint?
  public internal(set) var checkpointCount = 0
  /// Payloads that are there and open their commitments.
  public internal(set) var openedPayloads = 0
  /// Payloads that are there and were not opened, because their key was not given.
  public internal(set) var sealedPayloads = 0
  /// Payloads that are gone and logged as erased.
  public internal(set) var erasedPayloads = 0
  /// The first of them; see `problemCount`.
  public internal(set) var problems: [LogProblem] = []
  public internal(set) var problemCount = 0

  /// More are counted, not kept: a destroyed log would have one an entry.
  public static let problemLimit = 100

  /// Nothing was changed, dropped or reordered as far as the newest checkpoint reaches, and what
  /// lies behind it agrees with itself.
  public var isIntact: Bool { problemCount == 0 }

  mutating func report(
    _ code: String, at index: UInt64? = nil, _ detail: String,
    file: String = LogDatabase.fileName
  ) {
    problemCount += 1
    guard problems.count < LogVerdict.problemLimit else { return }
    problems.append(LogProblem(index: index, code: code, detail: detail, file: file))
  }
}

extension AuditReader {
  /// Recomputes everything from the entries' bytes: indices without gap, leaf hashes, all nodes,
  /// the root under every checkpoint and its signature, and for every commitment an opening
  /// payload or an entry that says it was erased.
  ///
  /// - Parameter log: the key of the log's checkpoints, obtained from somewhere else than the log.
  /// - Throws: `.unreadable` when the files cannot be read at all; what they say is the verdict.
  public func verify(_ log: VerifierKey) async throws(AuditError) -> LogVerdict {
    let payloads = payloads
    let payloadKeys = payloadKeys
    // Before the snapshot: a checkpoint that is published meanwhile may cover entries behind it.
    let published = try? FileByteSource.contents(of: "\(directory)/checkpoint")
    let (verdict, suspects) = try await read { database in
      try payloads.queue.read { payloadDatabase in
        var walk = try LogWalk(
          database: database, payloads: payloadDatabase, payloadKeys: payloadKeys, key: log)
        if let published { walk.add(published) }
        try walk.run()
        return (walk.verdict, walk.suspects)
      }
    }
    return try await settle(suspects, of: verdict)
  }

  /// A payload may have been erased while the log was read: then the newer log says so.
  private func settle(
    _ suspects: [(index: UInt64, id: String)], of verdict: LogVerdict
  ) async throws(AuditError) -> LogVerdict {
    var verdict = verdict
    for suspect in suspects {
      if try await index(ofID: LogLeaf.erasureID(of: suspect.id)) != nil {
        verdict.erasedPayloads += 1
      } else {
        verdict.report(
          "payload_missing", at: suspect.index,
          "the payload is gone and no entry says that it was erased",
          file: PayloadDatabase.fileName)
      }
    }
    return verdict
  }
}
