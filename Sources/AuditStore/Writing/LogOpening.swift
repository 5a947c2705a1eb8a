import Bytes
import GRDB
import Glibc
import MerkleLog

/// What happens before a log takes its first entry after a start: a log that does not agree with
/// what it signed must not sign again.
enum LogOpening {
  private static let originSetting = "origin"
  private static let verifierKeySetting = "vkey"

  struct Opened {
    let edge: RightEdge
    let latest: (checkpoint: Checkpoint, note: SignedNote)?
  }

  static func check(_ log: LogDatabase, folder: String, signer: NoteSigner) throws -> Opened {
    try checkIdentity(of: log, folder: folder, key: signer.verifierKey)
    return try log.queue.read { database in
      let latest = try checkedCheckpoint(in: database, key: signer.verifierKey)
      try compareWithPublished(latest?.checkpoint, folder: folder, key: signer.verifierKey)
      let edge = try recompute(in: database, upTo: latest?.checkpoint)
      guard edge == (try LogDatabase.edge(in: database)) else {
        throw AuditError(
          .inconsistent, "the stored right edge does not belong to the \(edge.size) leaf hashes")
      }
      return Opened(edge: edge, latest: latest)
    }
  }

  /// Origin and key are written at the first opening and must be the same ever after; `vkey` is
  /// the file to hand to auditors.
  private static func checkIdentity(
    of log: LogDatabase, folder: String, key: VerifierKey
  ) throws {
    try log.queue.write { database in
      let origin = try LogDatabase.setting(originSetting, in: database)
      let text = try LogDatabase.setting(verifierKeySetting, in: database)
      if origin == nil, text == nil {
        try LogDatabase.set(originSetting, key.name, in: database)
        try LogDatabase.set(verifierKeySetting, key.text, in: database)
      } else if origin != key.name || text != key.text {
        throw AuditError(
          .wrongKey,
          "the log in \(folder) belongs to \(text ?? "another key"), not to \(key.text); "
            + "give its own key or start a new folder")
      }
    }
    let path = "\(folder)/vkey"
    if (try? FileByteSource.contents(of: path)) != Array((key.text + "\n").utf8) {
      let sink = try FileByteSink(path: path)
      try sink.write(Array((key.text + "\n").utf8))
      try sink.commit()
    }
  }

  private static func checkedCheckpoint(
    in database: Database, key: VerifierKey
  ) throws -> (checkpoint: Checkpoint, note: SignedNote)? {
    guard let note = try LogDatabase.latestCheckpoint(in: database) else { return nil }
    switch note.checkpoint(signedBy: key) {
    case .verified(let checkpoint): return (checkpoint, note)
    case .rejected(let reason):
      throw AuditError(.inconsistent, "the newest stored checkpoint is not good: \(reason)")
    }
  }

  /// A published checkpoint beyond the database means that the database is an old copy. Going on
  /// would sign a second history.
  private static func compareWithPublished(
    _ stored: Checkpoint?, folder: String, key: VerifierKey
  ) throws {
    let path = "\(folder)/checkpoint"
    guard access(path, F_OK) == 0 else { return }
    let note = try SignedNote(parsing: FileByteSource.contents(of: path))
    guard case .verified(let published) = note.checkpoint(signedBy: key) else {
      throw AuditError(.inconsistent, "\(path) is not signed by this log's key")
    }
    guard published.size <= stored?.size ?? 0 else {
      throw AuditError(
        .inconsistent,
        "the database has \(stored?.size ?? 0) signed entries, but \(published.size) were "
          + "published: it was rolled back; restore the newer database")
    }
  }

  private static func recompute(
    in database: Database, upTo checkpoint: Checkpoint?
  ) throws -> RightEdge {
    var edge = RightEdge()
    if let checkpoint, checkpoint.size == 0, checkpoint.root != edge.root {
      throw AuditError(.inconsistent, "the checkpoint of the empty log has another root")
    }
    let rows = try Row.fetchCursor(
      database, sql: "SELECT idx, entry, leaf_hash FROM entries ORDER BY idx")
    while let row = try rows.next() {
      let index = UInt64(bitPattern: row[0] as Int64)
      guard index == edge.size else {
        throw AuditError(.inconsistent, "entry \(edge.size) is missing from the log")
      }
      let leaf = try row.treeHash(at: 2)
      guard leaf == .leaf(try row.bytes(at: 1)) else {
        throw AuditError(
          .inconsistent,
          "entry \(index) was changed: its bytes do not have the stored leaf hash; "
            + "assay audit verify names all that was")
      }
      edge.append(leaf)
      if edge.size == checkpoint?.size, edge.root != checkpoint?.root {
        throw AuditError(
          .inconsistent,
          "the first \(edge.size) leaf hashes do not lead to the signed checkpoint: the log was "
            + "changed; assay audit verify names the entries")
      }
    }
    if let checkpoint, edge.size < checkpoint.size {
      throw AuditError(
        .inconsistent,
        "the log has \(edge.size) entries, but a checkpoint over \(checkpoint.size) was signed")
    }
    return edge
  }

  /// Forgets payloads without a leaf (a crash came between the two transactions) and those whose
  /// erasure was logged and not finished.
  static func sweep(_ payloads: PayloadDatabase, log: LogDatabase, size: UInt64) throws {
    try payloads.deleteAll(from: size)
    let erased = try log.queue.read { try LogDatabase.erasedIndices(in: $0) }
    try payloads.delete(erased)
    // A reader may be at work; it must not keep the gateway from starting.
    try? payloads.truncateLog()
  }
}
