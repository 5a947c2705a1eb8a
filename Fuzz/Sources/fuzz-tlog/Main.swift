import MerkleLog

#if FUZZING
  /// libFuzzer's entry point.
  @_cdecl("LLVMFuzzerTestOneInput")
  public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzTransparencyLog.run(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
  }
#else
  @main struct Main {
    static func main() { print("build this with Scripts/fuzz") }
  }
#endif

/// Everything that a log, a witness or a stranger sends: what is read can be written, and what was
/// written reads as the same.
enum FuzzTransparencyLog {
  static func run(_ bytes: [UInt8]) {
    if let note = try? SignedNote(parsing: bytes) {
      precondition((try? SignedNote(parsing: note.bytes)) == note, "two readings of a note differ")
      if let checkpoint = try? Checkpoint(text: note.text) {
        precondition(
          (try? Checkpoint(text: checkpoint.text)) == checkpoint, "two checkpoints differ")
      }
    }
    if let proof = try? ProofFile(parsing: bytes) {
      precondition(
        (try? ProofFile(parsing: proof.bytes)) == proof, "two readings of a proof differ")
      _ = MerkleProof.verifyInclusion(
        leaf: .empty, index: proof.index, size: proof.index + 1, proof: proof.hashes, root: .empty)
    }
    if let request = try? WitnessRequest(parsing: bytes) {
      precondition(
        (try? WitnessRequest(parsing: request.bytes)) == request, "two readings of a request differ"
      )
      _ = MerkleProof.verifyConsistency(
        old: request.oldSize, oldRoot: .empty, new: 1 << 40, newRoot: .empty, proof: request.proof)
    }
    let text = String(decoding: bytes, as: UTF8.self)
    if let path = TilePath(text) {
      precondition(path.description == text, "a tile has two names")
    }
    if let key = try? VerifierKey(text) {
      precondition((try? VerifierKey(key.text)) == key, "two readings of a key differ")
    }
    if let width = bytes.first.map({ Int($0) + 1 }) {
      let rest = Array(bytes.dropFirst())
      if let entries = try? Tile.entries(in: rest, width: width) {
        precondition(Tile.encode(entries: entries) == rest, "two bundles differ")
      }
      if let hashes = try? Tile.hashes(in: rest, width: width) {
        precondition(Tile.encode(hashes) == rest, "two tiles differ")
      }
    }
    _ = try? WitnessPolicy(parsing: bytes)
  }
}
