import MerkleLog
import PKI
import Testing

struct WitnessPolicyTests {
  private static let log =
    "gateway.example/moderation-log+260423c0+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"

  private func witness(_ number: Int) throws -> (signer: NoteSigner, line: String) {
    let signer = try NoteSigner(
      witness: "witness.example/w\(number)",
      key: PrivateKey(ed25519Seed: [UInt8](repeating: UInt8(number + 1), count: 32)),
      time: 1_700_000_000)
    return (signer, "witness w\(number) \(signer.verifierKey.text) https://w\(number).example")
  }

  @Test func `a quorum of groups is counted`() throws {
    let witnesses = try (1...4).map(witness)
    let text = """
      # who watches
      log \(Self.log) https://gateway.example/log
      \(witnesses.map(\.line).joined(separator: "\n"))
      group inner 2 w1 w2\tw3   # two of three
      group outer all inner w4
      quorum outer
      """
    let policy = try WitnessPolicy(parsing: Array(text.utf8))
    #expect(policy.logs.count == 1 && policy.logs[0].url == "https://gateway.example/log")
    #expect(policy.witnesses.map(\.name) == ["w1", "w2", "w3", "w4"])
    let key = try PrivateKey(ed25519Seed: [UInt8](repeating: 1, count: 32))
    func note(_ numbers: [Int]) throws -> SignedNote {
      var note = try Checkpoint(origin: "gateway.example/moderation-log", size: 0, root: .empty)
        .signed(by: NoteSigner(name: "gateway.example/moderation-log", key: key))
      for number in numbers { try note.sign(witnesses[number - 1].signer) }
      return note
    }
    #expect(policy.isSatisfied(by: try note([1, 3, 4])))
    #expect(policy.isSatisfied(by: try note([1, 2, 3, 4])))
    for numbers in [[], [1, 2, 3], [1, 4], [4]] {
      #expect(!policy.isSatisfied(by: try note(numbers)), "\(numbers)")
    }
    #expect(try WitnessPolicy(parsing: Array("quorum none".utf8)).isSatisfied(by: note([])))
  }

  @Test(arguments: [
    "", "quorum w1", "quorum none\nquorum none", "log nonsense\nquorum none",
    "witness w1 \(log)\nquorum w1", "group g any w1\nquorum g", "nonsense\nquorum none",
    "witness none witness.example/w1+df1c0a35+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU\nquorum none",
    "witness w witness.example/w1+df1c0a35+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU\ngroup g 2 w\nquorum g",
    "witness w witness.example/w1+df1c0a35+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU\ngroup g 1 w\ngroup h 1 w\nquorum g",
  ])
  func `a policy that does not say who must sign is refused`(text: String) {
    #expect(throws: NoteError.self) { try WitnessPolicy(parsing: Array(text.utf8)) }
  }
}
