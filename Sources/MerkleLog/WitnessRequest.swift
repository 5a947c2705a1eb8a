/// What a log sends to a witness: `POST <prefix>/add-checkpoint` (C2SP tlog-witness v1.0.0).
public struct WitnessRequest: Equatable, Sendable {
  /// Larger bodies are refused unread.
  public static let byteLimit = SignedNote.byteLimit + 4096

  /// The size that the log believes the witness cosigned last; 0 for none.
  public let oldSize: UInt64
  /// From the old size to the checkpoint's.
  public let proof: [TreeHash]
  public let checkpoint: SignedNote

  public init(oldSize: UInt64, proof: [TreeHash], checkpoint: SignedNote) {
    self.oldSize = oldSize
    self.proof = proof
    self.checkpoint = checkpoint
  }

  public init(parsing bytes: [UInt8]) throws(NoteError) {
    guard bytes.count <= WitnessRequest.byteLimit,
      let divide = bytes.indices.dropLast().first(where: {
        bytes[$0] == 0x0A && bytes[$0 + 1] == 0x0A
      }), let rows = lines(bytes[...divide])?.map({ String(decoding: $0, as: UTF8.self) }),
      let first = rows.first, first.hasPrefix("old "),
      let oldSize = parseDecimal(first.dropFirst("old ".count))
    else {
      throw NoteError(
        .malformedRequest, "a witness is sent an old size, a proof, an empty line, a checkpoint")
    }
    guard rows.count - 1 <= MerkleProof.hashLimit else {
      throw NoteError(.malformedRequest, "the proof has more than \(MerkleProof.hashLimit) hashes")
    }
    var proof: [TreeHash] = []
    for row in rows.dropFirst() {
      guard let hash = TreeHash(base64: row) else {
        throw NoteError(.malformedRequest, "a line of the proof is not base64 of 32 bytes")
      }
      proof.append(hash)
    }
    self.oldSize = oldSize
    self.proof = proof
    checkpoint = try SignedNote(parsing: Array(bytes[(divide + 2)...]))
  }

  public var bytes: [UInt8] {
    let head = (["old \(oldSize)"] + proof.map(\.base64)).map { $0 + "\n" }.joined()
    return Array(head.utf8) + [0x0A] + checkpoint.bytes
  }
}

/// What a witness makes of a request. The order of the checks is the specification's.
public enum WitnessVerdict: Equatable, Sendable {
  /// To be stored before it is cosigned.
  case accepted(Checkpoint)
  /// 404
  case unknownLog
  /// 403
  case badSignature
  /// 400
  case malformed(String)
  /// 409: the size that the witness has.
  case conflict(UInt64)
  /// 422
  case inconsistent(String)

  /// - Parameters:
  ///   - logs: the keys of the logs that are witnessed.
  ///   - latest: answers what was cosigned last for an origin; nil for nothing yet.
  public static func judge<Failure: Error>(
    _ request: WitnessRequest, logs: [VerifierKey],
    latest: (String) throws(Failure) -> Checkpoint?
  ) throws(Failure) -> WitnessVerdict {
    let checkpoint: Checkpoint
    do throws(NoteError) {
      checkpoint = try Checkpoint(text: request.checkpoint.text)
    } catch {
      return .malformed(error.detail)
    }
    let keys = logs.filter { $0.name.utf8.elementsEqual(checkpoint.origin.utf8) }
    guard !keys.isEmpty else { return .unknownLog }
    guard case .verified = request.checkpoint.verify(keys) else { return .badSignature }
    guard request.oldSize <= checkpoint.size else {
      return .malformed("the old size is beyond the checkpoint's")
    }
    let known = try latest(checkpoint.origin)
    guard request.oldSize == known?.size ?? 0 else { return .conflict(known?.size ?? 0) }
    if request.oldSize == 0 {
      return request.proof.isEmpty
        ? .accepted(checkpoint) : .inconsistent("there is nothing to prove from an empty log")
    }
    let isConsistent = MerkleProof.verifyConsistency(
      old: request.oldSize, oldRoot: known?.root ?? .empty, new: checkpoint.size,
      newRoot: checkpoint.root, proof: request.proof)
    return isConsistent
      ? .accepted(checkpoint)
      : .inconsistent("the checkpoint does not contain the tree that was cosigned before")
  }
}
