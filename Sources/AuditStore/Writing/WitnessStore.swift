import Bytes
// GRDB binds BLOBs as Data.
import FoundationEssentials
import GRDB
public import MerkleLog
public import PKI

/// What a witness remembers: the newest checkpoint that it cosigned, of each log it watches. Stored
/// before it answers, in one transaction with the comparison, so that two requests in flight cannot
/// take the size back.
public final class WitnessStore: Sendable {
  /// An answer of the witness protocol (C2SP tlog-witness).
  public struct Answer: Equatable, Sendable {
    public let status: Int
    public let contentType: String
    public let body: [UInt8]

    init(_ status: Int, _ body: String, contentType: String = "text/plain; charset=utf-8") {
      self.init(status, Array(body.utf8), contentType: contentType)
    }

    init(_ status: Int, _ body: [UInt8], contentType: String = "text/plain; charset=utf-8") {
      self.status = status
      self.contentType = contentType
      self.body = body
    }
  }

  /// What logs put into their policies.
  public let verifierKey: VerifierKey
  private let name: String
  private let key: PrivateKey
  private let logs: [VerifierKey]
  private let queue: DatabaseQueue

  /// - Parameters:
  ///   - path: the database; made if it is not there.
  ///   - key: Ed25519, and no log's.
  public init(
    path: String, name: String, key: PrivateKey, logs: [VerifierKey]
  ) throws(AuditError) {
    self.name = name
    self.key = key
    self.logs = logs
    do {
      verifierKey = try VerifierKey(
        name: name, publicKey: key.publicKey, algorithm: .cosignature)
      queue = try SQLiteFile.open(path, readonly: false)
      try queue.write {
        try $0.execute(
          sql: """
            CREATE TABLE IF NOT EXISTS seen (
              origin TEXT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, size INTEGER NOT NULL,
              root BLOB NOT NULL, note BLOB NOT NULL) STRICT
            """)
      }
    } catch {
      throw AuditError(error, while: "cannot open the witness's state in \(path)")
    }
  }

  /// `POST <prefix>/add-checkpoint`.
  ///
  /// - Parameter time: POSIX seconds, for the cosignature.
  /// - Throws: when the state cannot be read or written; nothing was cosigned then.
  public func add(_ body: [UInt8], time: UInt64) async throws(AuditError) -> Answer {
    let request: WitnessRequest
    do throws(NoteError) {
      request = try WitnessRequest(parsing: body)
    } catch {
      return Answer(400, "\(error.detail)\n")
    }
    let (name, key, logs) = (name, key, logs)
    do {
      return try await queue.write { database in
        let verdict = try WitnessVerdict.judge(request, logs: logs) { origin in
          try WitnessStore.seen(origin, in: database)
        }
        guard case .accepted(let checkpoint) = verdict else { return WitnessStore.refusal(verdict) }
        let signer = try NoteSigner(witness: name, key: key, time: time)
        // The log's own line and this witness's: other witnesses' lines were not verified here.
        var note = try SignedNote(text: request.checkpoint.text)
        for line in request.checkpoint.signatures
        where logs.contains(where: { $0.keyID == line.keyID }) {
          try note.add(signatureLines: line.line)
        }
        try note.sign(signer)
        try database.execute(
          sql: "INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?)",
          arguments: [
            checkpoint.origin, WitnessStore.digest(checkpoint.origin),
            Int64(bitPattern: checkpoint.size), Data(checkpoint.root.bytes), Data(note.bytes),
          ])
        return Answer(200, note.signatures.last!.line)
      }
    } catch {
      throw AuditError(error, while: "the checkpoint was not cosigned")
    }
  }

  /// The newest cosigned checkpoint of the log whose origin has this SHA-256, in lower-case
  /// hexadecimal.
  public func checkpoint(digest: String) async throws(AuditError) -> [UInt8]? {
    do {
      return try await queue.read { database in
        try Row.fetchOne(
          database, sql: "SELECT note FROM seen WHERE digest = ?", arguments: [digest]
        ).map { try $0.bytes("note") }
      }
    } catch {
      throw AuditError(error, while: "cannot read the witness's state")
    }
  }

  /// Where a log's newest cosigned checkpoint lies below the monitoring address.
  public static func path(origin: String) -> String { "\(digest(origin))/checkpoint" }

  private static func digest(_ origin: String) -> String {
    Hex.encode(HashAlgorithm.sha256.digest(Array(origin.utf8)))
  }

  private static func seen(_ origin: String, in database: Database) throws -> Checkpoint? {
    guard
      let row = try Row.fetchOne(
        database, sql: "SELECT size, root FROM seen WHERE origin = ?", arguments: [origin])
    else { return nil }
    return Checkpoint(
      origin: origin, size: UInt64(bitPattern: row["size"] as Int64),
      root: try row.treeHash("root"))
  }

  private static func refusal(_ verdict: WitnessVerdict) -> Answer {
    switch verdict {
    case .accepted: Answer(200, "")
    case .unknownLog: Answer(404, "this witness does not watch that log\n")
    case .badSignature: Answer(403, "no good signature of the log\n")
    case .malformed(let reason): Answer(400, "\(reason)\n")
    case .conflict(let size): Answer(409, "\(size)\n", contentType: "text/x.tlog.size")
    case .inconsistent(let reason): Answer(422, "\(reason)\n")
    }
  }
}
