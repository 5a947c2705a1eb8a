import GRDB
public import MerkleLog

/// Somebody else who keeps the size of this log and cosigns what is consistent with it. How it is
/// reached is the business of whoever opens the log.
public protocol LogWitness: Sendable {
  /// The key whose lines it adds; type cosignature.
  var key: VerifierKey { get }

  /// `POST <prefix>/add-checkpoint`: the answer's status and body.
  func addCheckpoint(_ request: [UInt8]) async throws -> (status: Int, body: [UInt8])

  /// The newest checkpoint that it cosigned for an origin (its monitoring address); nil for none.
  func newest(origin: String) async throws -> SignedNote?
}

/// Asks witnesses about one checkpoint after the other.
struct Cosigner: Sendable {
  /// What came of asking one witness.
  enum Outcome: Sendable {
    case cosigned(line: [UInt8])
    /// It has cosigned a larger tree than this log has: the log was rolled back.
    case ahead(UInt64)
    case failed(String)
  }

  let witness: any LogWitness
  let log: LogDatabase

  /// - Parameter known: the size that this witness cosigned last, as far as the log knows.
  func ask(_ note: SignedNote, _ checkpoint: Checkpoint, known: UInt64) async -> Outcome {
    var old = known
    // Once more with the size that a conflict tells.
    for _ in 0..<2 {
      do {
        let proof = try await proof(from: old, to: checkpoint.size)
        let request = WitnessRequest(oldSize: old, proof: proof, checkpoint: note)
        let answer = try await witness.addCheckpoint(request.bytes)
        switch answer.status {
        case 200: return try accept(answer.body, note)
        case 409:
          let text = String(decoding: answer.body, as: UTF8.self)
          guard text.hasSuffix("\n"), let size = UInt64(text.dropLast()) else {
            return .failed("the witness's conflict names no size")
          }
          if size > checkpoint.size { return .ahead(size) }
          old = size
        default: return .failed("the witness answered \(answer.status)")
        }
      } catch {
        return .failed("\(error)")
      }
    }
    return .failed("the witness's size changes while it is asked")
  }

  private func proof(from old: UInt64, to new: UInt64) async throws -> [TreeHash] {
    guard old > 0, old < new else { return [] }
    return try await log.queue.read { database in
      try MerkleProof.consistency(from: old, to: new) {
        try LogDatabase.hash(of: $0, in: database)
      }
    }
  }

  private func accept(_ body: [UInt8], _ note: SignedNote) throws -> Outcome {
    var signed = try SignedNote(text: note.text)
    try signed.add(signatureLines: body)
    guard case .verified = signed.verify([witness.key]),
      let line = signed.signatures.first(where: { $0.keyID == witness.key.keyID })
    else { return .failed("the witness's answer is not its signature") }
    return .cosigned(line: line.line)
  }
}
