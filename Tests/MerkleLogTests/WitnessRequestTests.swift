import MerkleLog
import PKI
import Testing

struct WitnessRequestTests {
  private let signer: NoteSigner
  private var tree = MerkleTree()
  private static let origin = "gateway.example/moderation-log"

  init() throws {
    signer = try NoteSigner(
      name: Self.origin, key: PrivateKey(ed25519Seed: [UInt8](repeating: 1, count: 32)))
    for number in 0..<300 { tree.append(.leaf(Array("entry-\(number)".utf8))) }
  }

  private func checkpoint(_ size: UInt64) throws -> SignedNote {
    try Checkpoint(origin: Self.origin, size: size, root: tree.root(size: size)).signed(by: signer)
  }

  private func latest(_ size: UInt64) -> Checkpoint? {
    size == 0 ? nil : Checkpoint(origin: Self.origin, size: size, root: tree.root(size: size))
  }

  @Test func `the published request reads back byte by byte`() throws {
    let request = WitnessRequest(
      oldSize: 256, proof: tree.consistencyProof(from: 256, to: 300),
      checkpoint: try checkpoint(300))
    let text = String(decoding: request.bytes, as: UTF8.self)
    #expect(
      text.hasPrefix(
        "old 256\nVMnxW4d1+SaVX5js9ar6Mu9CMl6XtZ2TGyciceBeJe8=\n\n\(Self.origin)\n300\n"))
    #expect(try WitnessRequest(parsing: request.bytes) == request)
    for broken in [
      text.replacing("old 256", with: "old 0256"), text.replacing("old ", with: "new "),
      text.replacing("VMnx", with: "VM"), String(text.dropFirst(8)),
      "old 256\n", "",
    ] {
      #expect(throws: NoteError.self, "\(broken.prefix(40))") {
        try WitnessRequest(parsing: Array(broken.utf8))
      }
    }
  }

  @Test func `each condition has its answer, in the specification's order`() throws {
    let key = signer.verifierKey
    let good = tree.consistencyProof(from: 200, to: 300)
    func verdict(
      old: UInt64, proof: [TreeHash], size: UInt64 = 300, known: UInt64 = 200,
      logs: [VerifierKey]? = nil
    ) throws -> WitnessVerdict {
      WitnessVerdict.judge(
        WitnessRequest(oldSize: old, proof: proof, checkpoint: try checkpoint(size)),
        logs: logs ?? [key]
      ) { _ in latest(known) }
    }
    #expect(try verdict(old: 200, proof: good) == .accepted(latest(300)!))
    #expect(try verdict(old: 0, proof: [], known: 0) == .accepted(latest(300)!))
    #expect(try verdict(old: 300, proof: [], known: 300) == .accepted(latest(300)!))
    #expect(try verdict(old: 200, proof: good, logs: []) == .unknownLog)
    let stranger = try NoteSigner(name: Self.origin, key: .generate(.ed25519)).verifierKey
    #expect(try verdict(old: 200, proof: good, logs: [stranger]) == .badSignature)
    guard case .malformed = try verdict(old: 301, proof: []) else {
      Issue.record("an old size beyond the checkpoint was taken")
      return
    }
    #expect(try verdict(old: 100, proof: good) == .conflict(200))
    #expect(try verdict(old: 0, proof: []) == .conflict(200))
    for (old, proof, known) in [
      (UInt64(200), [TreeHash](), UInt64(200)), (200, Array(good.dropLast()), 200),
      (200, good + [.empty], 200), (0, good, 0), (300, good, 300),
    ] {
      guard case .inconsistent = try verdict(old: old, proof: proof, known: known) else {
        Issue.record("a wrong proof was taken from \(old)")
        continue
      }
    }
    // The same size with another root: a fork.
    let fork = Checkpoint(origin: Self.origin, size: 300, root: tree.root(size: 299))
    let request = WitnessRequest(oldSize: 300, proof: [], checkpoint: try fork.signed(by: signer))
    guard
      case .inconsistent = WitnessVerdict.judge(request, logs: [key], latest: { _ in latest(300) })
    else {
      Issue.record("a fork was taken")
      return
    }
  }
}
