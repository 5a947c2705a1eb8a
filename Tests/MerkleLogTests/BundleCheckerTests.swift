import MerkleLog
import PKI
import Testing

struct BundleCheckerTests {
  private static let signer = try! NoteSigner(
    name: "gateway.example/log", key: try! PrivateKey(ed25519Seed: [UInt8](repeating: 1, count: 32))
  )
  private static let entries = (0..<11).map { Array("entry-\($0)".utf8) }

  private static func hash(_ subtree: Subtree) -> TreeHash {
    if subtree.level == 0 { return .leaf(entries[Int(subtree.index)]) }
    return .node(
      hash(Subtree(level: subtree.level - 1, index: subtree.index * 2)),
      hash(Subtree(level: subtree.level - 1, index: subtree.index * 2 + 1)))
  }

  private static func note(_ size: UInt64, root: TreeHash? = nil) throws -> [UInt8] {
    let root = root ?? MerkleProof.root(size: size, hash: hash)
    return try Checkpoint(origin: "gateway.example/log", size: size, root: root)
      .signed(by: signer).bytes
  }

  private static func check(
    indices: [UInt64] = Array(0..<11), announced: UInt64? = nil, newest: [UInt8]? = nil,
    older: [(note: [UInt8], proof: [TreeHash])] = [], edit: (UInt64) -> [UInt8]? = { _ in nil }
  ) throws -> BundleVerdict {
    var checker = BundleChecker(log: signer.verifierKey)
    checker.addNewest(try newest ?? note(11))
    for older in older { checker.addOlder(older.note, consistency: older.proof) }
    for index in indices {
      checker.addEntry(
        edit(index) ?? entries[Int(index)], index: index,
        proof: MerkleProof.inclusion(index: index, size: 11, hash: hash))
    }
    return checker.finish(announced: announced ?? UInt64(indices.count))
  }

  private static func consistency(_ old: UInt64) -> [TreeHash] {
    MerkleProof.consistency(from: old, to: 11, hash: hash)
  }

  @Test func `all entries are the whole log, some are an excerpt`() throws {
    let whole = try Self.check(older: [(try Self.note(4), Self.consistency(4))])
    #expect(whole.isGood && whole.isComplete && whole.provedEntries == 11)
    #expect(whole.olderCheckpoints == 1 && whole.checkpoint?.size == 11)
    let some = try Self.check(indices: [2, 3, 9])
    #expect(some.isGood && !some.isComplete && some.provedEntries == 3)
    let empty = try Self.check(indices: [])
    #expect(empty.isGood && !empty.isComplete)
  }

  @Test func `each tampering is named`() throws {
    func codes(_ verdict: BundleVerdict) -> [String] { verdict.problems.map(\.code) }
    let edited = try Self.check { $0 == 5 ? Array("entry-five".utf8) : nil }
    #expect(codes(edited) == ["entry_changed"] && edited.problems[0].index == 5)
    #expect(!edited.isGood && !edited.isComplete)
    let swapped = try Self.check(indices: [1, 0])
    #expect(codes(swapped) == ["entry_order"])
    #expect(codes(try Self.check(indices: [0, 2], announced: 3)) == ["entries_dropped"])
    // A dropped entry with a corrected count is an excerpt, and says so.
    #expect(try !Self.check(indices: [0, 2], announced: 2).isComplete)

    let forged = try Self.check(newest: try Self.note(11, root: .leaf([1])))
    #expect(forged.problems.allSatisfy { $0.code == "entry_changed" } && forged.problemCount == 11)
    var unsigned = try Self.note(11)
    unsigned[unsigned.count - 10] ^= 1
    #expect(codes(try Self.check(newest: unsigned)).first == "checkpoint_bad")
    let fork = try Self.note(4, root: .leaf([2]))
    #expect(codes(try Self.check(older: [(fork, Self.consistency(4))])) == ["fork"])
    #expect(codes(try Self.check(older: [(try Self.note(4), [])])) == ["fork"])
  }

  @Test func `a bundle without end or checkpoint is not good`() throws {
    var checker = BundleChecker(log: Self.signer.verifierKey)
    checker.addEntry(Self.entries[0], index: 0, proof: [])
    let verdict = checker.finish(announced: nil)
    #expect(verdict.problems.map(\.code) == ["checkpoint_missing", "bundle_cut"])
    #expect(!verdict.isGood)
  }
}
