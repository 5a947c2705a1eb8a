import Bytes

/// The state of a log: what its signed note says (C2SP tlog-checkpoint v1.0.0).
public struct Checkpoint: Equatable, Sendable {
  /// The log's identity; the name of its key should equal it.
  public let origin: String
  public let size: UInt64
  public let root: TreeHash
  /// Lines behind the root. Assay writes none: no monitor can audit them.
  public let extensionLines: [String]

  public init(origin: String, size: UInt64, root: TreeHash) {
    self.origin = origin
    self.size = size
    self.root = root
    extensionLines = []
  }

  /// Reads a note's text.
  public init(text: String) throws(NoteError) {
    guard let rows = lines(Array(text.utf8)[...])?.map({ String(decoding: $0, as: UTF8.self) }),
      rows.count >= 3, rows.allSatisfy({ !$0.isEmpty })
    else {
      throw NoteError(
        .malformedCheckpoint, "a checkpoint has an origin, a size and a root, one a line")
    }
    guard let size = parseDecimal(rows[1]) else {
      throw NoteError(.malformedCheckpoint, "the checkpoint's size is no plain decimal number")
    }
    guard let root = TreeHash(base64: rows[2]) else {
      throw NoteError(.malformedCheckpoint, "the checkpoint's root is not base64 of 32 bytes")
    }
    guard size > 0 || root == .empty else {
      throw NoteError(.malformedCheckpoint, "the checkpoint of an empty log has another root")
    }
    origin = rows[0]
    self.size = size
    self.root = root
    extensionLines = Array(rows[3...])
  }

  /// The text that is signed.
  public var text: String {
    ([origin, String(size), root.base64] + extensionLines).map { $0 + "\n" }.joined()
  }

  /// The note with the log's signature line.
  public func signed(by signer: NoteSigner) throws(NoteError) -> SignedNote {
    var note = try SignedNote(text: text)
    try note.sign(signer)
    return note
  }
}

/// What checking a checkpoint or a receipt came to.
public enum LogProofVerdict: Equatable, Sendable {
  case verified(Checkpoint)
  case rejected(reason: String)
}

extension SignedNote {
  /// Reads the note as a checkpoint of the log that `log` belongs to.
  ///
  /// Rejected when the signature is missing or bad, or the origin is not the key's name.
  public func checkpoint(signedBy log: VerifierKey) -> LogProofVerdict {
    if case .rejected(let reason) = verify([log]) { return .rejected(reason: reason) }
    do throws(NoteError) {
      let checkpoint = try Checkpoint(text: text)
      guard checkpoint.origin.utf8.elementsEqual(log.name.utf8) else {
        return .rejected(reason: "the checkpoint is of another log: \(checkpoint.origin)")
      }
      return .verified(checkpoint)
    } catch {
      return .rejected(reason: error.detail)
    }
  }
}
