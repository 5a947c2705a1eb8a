import MerkleLog
import PKI
import Testing

struct ProofFileTests {
  static let file = """
    c2sp.org/tlog-proof@v1
    index 299
    roHFK2GeEfrJIXipWXmQDNwO0yMJmTeGfYo62yUDQ2w=
    2lYuRxs4F3vbvJ7A3eOboRNxtXH/V7ysQDci78g6uUw=
    5QWGoKvVDcWxa2f8JXX8CmwY8h7Xke6CGi0fr/++f+k=
    AmVbsd3VCvhUVT1ylhqiPiaPJHrlz2DlqFneJTA4ePs=
    +F9OrTQIBxC00egIMBVDqquBqgTeuIWZNQ3Cak8vWN4=


    """ + checkpointNote

  let leaf = TreeHash.leaf(Array("entry-299".utf8))

  @Test func `the proof of entry 299, byte for byte`() throws {
    let proof = ProofFile(
      index: 299, hashes: threeHundred.inclusionProof(index: 299, size: 300),
      checkpoint: try SignedNote(parsing: Array(checkpointNote.utf8)))
    #expect(String(decoding: proof.bytes, as: UTF8.self) == Self.file)
    let parsed = try ProofFile(parsing: Array(Self.file.utf8))
    #expect(parsed == proof)
    #expect(
      parsed.verify(leaf: leaf, log: try VerifierKey(logVerifierKey))
        == .verified(Checkpoint(origin: origin, size: 300, root: threeHundred.root)))
  }

  @Test func `the consistency proof from 256 to 300`() {
    #expect(
      threeHundred.consistencyProof(from: 256, to: 300).map(\.base64)
        == ["VMnxW4d1+SaVX5js9ar6Mu9CMl6XtZ2TGyciceBeJe8="])
  }

  @Test func `another entry, index or log is rejected`() throws {
    let log = try VerifierKey(logVerifierKey)
    let proof = try ProofFile(parsing: Array(Self.file.utf8))
    let wrongPlace = LogProofVerdict.rejected(
      reason: "the proof does not lead from the entry to the checkpoint")
    #expect(proof.verify(leaf: .leaf(Array("entry-298".utf8)), log: log) == wrongPlace)
    let moved = Self.file.replacing("index 299", with: "index 298")
    #expect(try ProofFile(parsing: Array(moved.utf8)).verify(leaf: leaf, log: log) == wrongPlace)
    let stranger = try NoteSigner(name: origin, key: witnessKey).verifierKey
    #expect(
      proof.verify(leaf: leaf, log: stranger) == .rejected(reason: "no signature by a known key"))
    let resized = Self.file.replacing("\n300\n", with: "\n301\n")
    #expect(
      try ProofFile(parsing: Array(resized.utf8)).verify(leaf: leaf, log: log)
        == .rejected(reason: "the signature of \(origin) is bad"))
  }

  @Test func `the extra line travels along`() throws {
    let proof = ProofFile(
      extra: [1, 2, 3], index: 299, hashes: threeHundred.inclusionProof(index: 299, size: 300),
      checkpoint: try SignedNote(parsing: Array(checkpointNote.utf8)))
    #expect(try ProofFile(parsing: proof.bytes) == proof)
  }

  @Test(arguments: [
    ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"), ("index 299\n", ""),
    ("index 299", "index 0299"), ("index 299", "index -1"), ("index 299", "index 299 "),
    ("QDci78g6uUw=", "QDci78g6uUw"), ("\n\ngateway", "\ngateway"),
    ("index 299", "extra !\nindex 299"),
  ])
  func `a damaged proof is refused`(part: String, replacement: String) {
    let damaged = Self.file.replacing(part, with: replacement)
    #expect(throws: NoteError.self) { try ProofFile(parsing: Array(damaged.utf8)) }
  }

  @Test func `too many hashes are refused`() {
    let line = "roHFK2GeEfrJIXipWXmQDNwO0yMJmTeGfYo62yUDQ2w=\n"
    let long = Self.file.replacing(line, with: String(repeating: line, count: 64))
    let error = #expect(throws: NoteError.self) { try ProofFile(parsing: Array(long.utf8)) }
    #expect(error?.code == .malformedProof)
  }
}
