import Bytes

/// An inclusion proof that travels alone: `.tlog-proof` (C2SP tlog-proof@v1). With the entry's
/// bytes in hand it shows that the entry is in the log.
public struct ProofFile: Equatable, Sendable {
  private static let header = "c2sp.org/tlog-proof@v1"

  /// Unauthenticated bytes that help to rebuild the leaf.
  public let extra: [UInt8]?
  public let index: UInt64
  public let hashes: [TreeHash]
  /// The signed checkpoint, with any cosignatures.
  public let checkpoint: SignedNote

  public init(extra: [UInt8]? = nil, index: UInt64, hashes: [TreeHash], checkpoint: SignedNote) {
    self.extra = extra
    self.index = index
    self.hashes = hashes
    self.checkpoint = checkpoint
  }

  public init(parsing bytes: [UInt8]) throws(NoteError) {
    guard
      let divide = bytes.indices.dropLast().first(where: {
        bytes[$0] == 0x0A && bytes[$0 + 1] == 0x0A
      }), let rows = lines(bytes[...divide])?.map({ String(decoding: $0, as: UTF8.self) })
    else { throw NoteError(.malformedProof, "the proof has no empty line before its checkpoint") }
    guard rows.first.map({ $0.utf8.elementsEqual(ProofFile.header.utf8) }) == true else {
      throw NoteError(.malformedProof, "the proof does not start with \(ProofFile.header)")
    }
    var rest = rows.dropFirst()
    var extra: [UInt8]?
    if let line = rest.first, line.hasPrefix("extra ") {
      guard let decoded = Base64.decode(String(line.dropFirst("extra ".count))) else {
        throw NoteError(.malformedProof, "the proof's extra line is not base64")
      }
      extra = decoded
      rest = rest.dropFirst()
    }
    guard let line = rest.first, line.hasPrefix("index "),
      let index = parseDecimal(line.dropFirst("index ".count))
    else { throw NoteError(.malformedProof, "the proof has no index line") }
    rest = rest.dropFirst()
    guard rest.count <= MerkleProof.hashLimit else {
      throw NoteError(.malformedProof, "the proof has more than \(MerkleProof.hashLimit) hashes")
    }
    var hashes: [TreeHash] = []
    for line in rest {
      guard let hash = TreeHash(base64: line) else {
        throw NoteError(.malformedProof, "a line of the proof is not base64 of 32 bytes")
      }
      hashes.append(hash)
    }
    self.extra = extra
    self.index = index
    self.hashes = hashes
    checkpoint = try SignedNote(parsing: Array(bytes[(divide + 2)...]))
  }

  /// The file.
  public var bytes: [UInt8] {
    var rows = [ProofFile.header]
    if let extra { rows.append("extra \(Base64.encode(extra))") }
    rows.append("index \(index)")
    rows += hashes.map(\.base64)
    return Array(rows.map { $0 + "\n" }.joined().utf8) + [0x0A] + checkpoint.bytes
  }

  /// Whether the entry with this leaf hash is in the log that `log` signs for.
  public func verify(leaf: TreeHash, log: VerifierKey) -> LogProofVerdict {
    let verdict = checkpoint.checkpoint(signedBy: log)
    guard case .verified(let checkpoint) = verdict else { return verdict }
    guard
      MerkleProof.verifyInclusion(
        leaf: leaf, index: index, size: checkpoint.size, proof: hashes, root: checkpoint.root)
    else { return .rejected(reason: "the proof does not lead from the entry to the checkpoint") }
    return verdict
  }
}
