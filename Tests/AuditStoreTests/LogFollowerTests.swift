import AuditStore
import Bytes
import Foundation
import MerkleLog
import PKI
import StrictJSON
import Testing

/// A witness in memory, with the real one's state.
struct LocalWitness: LogWitness {
  let store: WitnessStore
  var key: VerifierKey { store.verifierKey }

  func addCheckpoint(_ request: [UInt8]) async throws -> (status: Int, body: [UInt8]) {
    let answer = try await store.add(request, time: 1_700_000_000)
    return (answer.status, answer.body)
  }

  func newest(origin: String) async throws -> SignedNote? {
    try await store.checkpoint(
      digest: String(WitnessStore.path(origin: origin).dropLast("/checkpoint".count))
    ).map { try SignedNote(parsing: $0) }
  }
}

struct LogFollowerTests {
  let folder: Folder
  let outside: Folder

  init() throws {
    folder = try Folder()
    outside = try Folder()
  }

  private func openLog(_ witnesses: [any LogWitness] = [], in path: String? = nil) async throws
    -> AuditLog
  {
    try await AuditLog.open(
      directory: path ?? folder.path, origin: testOrigin, signingKey: testKey,
      payloadKeys: testPayloadKeys, witnesses: witnesses, checkpointInterval: .seconds(3600))
  }

  private func witness(_ key: VerifierKey) throws -> LocalWitness {
    LocalWitness(
      store: try WitnessStore(
        path: "\(outside.path)/witness.sqlite", name: "witness.example/w1",
        key: PrivateKey(ed25519Seed: [UInt8](repeating: 2, count: 32)), logs: [key]))
  }

  private func follower(_ key: VerifierKey, at path: String? = nil) -> LogFollower {
    LogFollower(
      log: TiledLog(folder: path ?? folder.path), key: key, state: "\(outside.path)/state")
  }

  private func copy(_ path: String) throws {
    try FileManager.default.copyItem(atPath: folder.path, toPath: path)
  }

  private func append(_ count: Int, to log: AuditLog, prefix: String = "r") async throws {
    _ = try await log.append(contentsOf: (0..<count).map { record("\(prefix)\($0)") })
    try await log.checkpoint()
  }

  @Test func `tiles follow the log, and a follower sees it grow`() async throws {
    let log = try await openLog()
    try await append(300, to: log)
    let follower = follower(log.verifierKey)
    guard case .started(let first) = try await follower.look() else {
      Issue.record("the first look was no start")
      return
    }
    #expect(first.size == 300)
    #expect(try await follower.look() == .unchanged(first))
    try await append(400, to: log, prefix: "s")
    guard case .grown(from: 300, let second) = try await follower.look() else {
      Issue.record("the log did not grow")
      return
    }
    #expect(second.size == 700)
    // Partial tiles are swept once the full one is there.
    #expect(access("\(folder.path)/tile/0/001.p", F_OK) != 0)
    #expect(access("\(folder.path)/tile/0/001", F_OK) == 0)
    let tiles = TiledLog(folder: folder.path)
    let proof = try await tiles.inclusionProof(index: 299, size: 700)
    let entry = try await log.receipt(index: 299).entry
    #expect(
      MerkleProof.verifyInclusion(
        leaf: .leaf(entry), index: 299, size: 700, proof: proof, root: second.root))
  }

  @Test func `tiles that were lost are made again at the next start`() async throws {
    let log = try await openLog()
    try await append(300, to: log)
    let key = log.verifierKey
    try await log.close()
    try FileManager.default.removeItem(atPath: "\(folder.path)/tile")
    try await openLog().close()
    guard case .started = try await follower(key).look() else {
      Issue.record("the tiles are not whole")
      return
    }
  }

  @Test func `a log that is rolled back, forked or shrunk raises an alarm`() async throws {
    let log = try await openLog()
    try await append(10, to: log)
    let old = "\(outside.path)/old"
    try copy(old)
    try await append(10, to: log, prefix: "s")
    let key = log.verifierKey
    let follower = follower(key)
    _ = try await follower.look()
    try await log.close()

    let rolledBack = self.follower(key, at: old)
    guard case .alarm("rollback", _) = try await rolledBack.look() else {
      Issue.record("a rollback was not seen")
      return
    }
    // The old copy goes another way: as long as the one that was seen, and then longer.
    let other = try await openLog(in: old)
    try await append(10, to: other, prefix: "t")
    guard case .alarm("fork", _) = try await self.follower(key, at: old).look() else {
      Issue.record("a fork of the same size was not seen")
      return
    }
    try await append(10, to: other, prefix: "u")
    guard case .alarm("fork", _) = try await self.follower(key, at: old).look() else {
      Issue.record("a longer fork was not seen")
      return
    }
    #expect(access("\(outside.path)/state.alarm", F_OK) == 0)
    // The log itself is still good: an alarm is not learnt from.
    guard case .unchanged = try await follower.look() else {
      Issue.record("the alarm was taken into the state")
      return
    }
  }

  @Test func `witnesses cosign what grows, and shut a log that was rolled back`() async throws {
    let key = try NoteSigner(name: testOrigin, key: testKey).verifierKey
    let witness = try witness(key)
    let log = try await openLog([witness])
    try await append(5, to: log)
    let old = "\(outside.path)/old"
    try copy(old)
    _ = try await log.cosign()
    try await append(5, to: log, prefix: "s")
    let note = try await log.cosign()
    #expect(
      note.verify([witness.key])
        == .verified([.init(name: "witness.example/w1", time: 1_700_000_000)]))
    let receipt = try await log.receipt(index: 3)
    let proof = try ProofFile(parsing: Array(receipt.proof.utf8))
    guard case .verified = proof.checkpoint.verify([witness.key]) else {
      Issue.record("the receipt does not carry the cosignature")
      return
    }
    let published = try SignedNote(
      parsing: FileByteSource.contents(of: "\(folder.path)/checkpoint"))
    #expect(published.signatures.count == 2)
    try await log.close()

    let error = await #expect(throws: AuditError.self) { try await openLog([witness], in: old) }
    #expect(error?.code == .inconsistent && error?.detail.contains("rolled back") == true)
    // A witness that is not reached at the start, and is then: nothing more is signed.
    let late = LateWitness(inner: witness)
    let restored = try await openLog([late], in: old)
    try await append(1, to: restored, prefix: "t")
    _ = try? await restored.cosign()
    let refused = await #expect(throws: AuditError.self) {
      try await restored.append(record("more"))
    }
    #expect(refused?.code == .inconsistent)
    await #expect(throws: AuditError.self) { try await restored.rotate(to: key, time: 0) }
  }

  /// Answers nothing at the start.
  private struct LateWitness: LogWitness {
    let inner: LocalWitness
    var key: VerifierKey { inner.key }

    func addCheckpoint(_ request: [UInt8]) async throws -> (status: Int, body: [UInt8]) {
      try await inner.addCheckpoint(request)
    }

    func newest(origin: String) async throws -> SignedNote? { throw CancellationError() }
  }

  @Test func `two requests in flight never take a witness's size back`() async throws {
    let signer = try NoteSigner(name: testOrigin, key: testKey)
    let witness = try witness(signer.verifierKey)
    var tree = MerkleTree()
    for number in 0..<40 { tree.append(.leaf([UInt8(number)])) }
    let grown = tree
    await withTaskGroup(of: Void.self) { group in
      for size in UInt64(1)...40 {
        group.addTask {
          guard
            let note = try? Checkpoint(
              origin: testOrigin, size: size, root: grown.root(size: size)
            ).signed(by: signer)
          else { return }
          var old: UInt64 = 0
          for _ in 0..<50 {
            let proof =
              old == 0 || old >= size ? [] : grown.consistencyProof(from: old, to: size)
            let request = WitnessRequest(oldSize: min(old, size), proof: proof, checkpoint: note)
            guard let answer = try? await witness.addCheckpoint(request.bytes) else { return }
            guard answer.status == 409 else { return }
            old = UInt64(String(decoding: answer.body, as: UTF8.self).dropLast()) ?? 0
            if old > size { return }
          }
        }
      }
    }
    let newest = try #require(try await witness.newest(origin: testOrigin))
    #expect(try Checkpoint(text: newest.text).size == 40)
  }

  @Test func `a rotated log takes nothing more`() async throws {
    let log = try await openLog()
    try await append(3, to: log)
    let next = try NoteSigner(name: "next.example/log", key: .generate(.ed25519)).verifierKey
    let note = try await log.rotate(to: next, time: 1_795_341_600_000)
    #expect(try Checkpoint(text: note.text).size == 4)
    let closed = await #expect(throws: AuditError.self) { try await log.append(record("late")) }
    #expect(closed?.code == .closed)
    try await log.close()
    let again = try await openLog()
    let still = await #expect(throws: AuditError.self) { try await again.append(record("late")) }
    #expect(still?.code == .closed)
    let entry = try #require(
      try await AuditReader.open(directory: folder.path).entry(index: 3))
    #expect(String(decoding: entry.bytes, as: UTF8.self).contains(next.text))
  }

  @Test func `an event left in the inbox is in the log after the next start`() async throws {
    let log = try await openLog()
    try await append(1, to: log)
    try await log.close()
    try AuditInbox.post(
      AuditEvent(
        id: "read.1", kind: .payloadRead, asset: "video_1", time: 1_795_341_600_000,
        actor: "auditor",
        members: [.init("of", "r0")]), directory: folder.path)
    try Data("{}".utf8).write(to: URL(filePath: "\(folder.path)/inbox/broken.json"))
    try await openLog().close()
    let reader = try AuditReader.open(directory: folder.path)
    #expect(try await reader.index(ofID: "read.1") == 1)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/inbox") == ["broken.json"]
    )
  }
}
