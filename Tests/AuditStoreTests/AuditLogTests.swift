import AuditStore
import Bytes
import Evidence
import Foundation
import MerkleLog
import PKI
import Testing

/// A folder that goes away with the test.
final class Folder: Sendable {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "audit-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path(percentEncoded: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Everything that stands in any file of the log.
  func rawBytes() throws -> [UInt8] {
    try FileManager.default.contentsOfDirectory(atPath: path).flatMap { name in
      [UInt8](FileManager.default.contents(atPath: "\(path)/\(name)") ?? Data())
    }
  }
}

let testOrigin = "gateway.example/moderation-log"
let testKey = try! PrivateKey(ed25519Seed: [UInt8](repeating: 1, count: 32))

/// A log that signs checkpoints only when asked, so that a slow machine has no more than a fast one.
let testPayloadKeys = try! PayloadKeys([[UInt8](repeating: 7, count: 32)])

func openLog(_ folder: Folder) async throws -> AuditLog {
  try await AuditLog.open(
    directory: folder.path, origin: testOrigin, signingKey: testKey, payloadKeys: testPayloadKeys,
    checkpointInterval: .seconds(3600))
}

func record(
  _ id: String, asset: String = "video_1", outcome: Outcome = .allow, stage: Stage = .screen,
  fired: [FiredRule] = [], payload: String = ""
) -> DecisionRecord {
  DecisionRecord(
    id: id,
    decision: Decision(
      stage: stage, outcome: outcome, fired: fired,
      policies: [PolicyIdentity(name: "default", version: "1", sha256: "ab")]),
    asset: asset, subject: "3f2a", time: 1_763_805_600_000, payload: Array(payload.utf8))
}

struct AuditLogTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  @Test func `indices count up, and a receipt checks against the log's key alone`() async throws {
    let log = try await openLog(folder)
    for index in 0..<5 { #expect(try await log.append(record("r\(index)")) == UInt64(index)) }
    for index in UInt64(0)..<5 {
      let receipt = try await log.receipt(index: index)
      let proof = try ProofFile(parsing: Array(receipt.proof.utf8))
      #expect(proof.index == index)
      guard
        case .verified(let checkpoint) = proof.verify(
          leaf: .leaf(receipt.entry), log: log.verifierKey)
      else {
        Issue.record("the receipt of \(index) does not verify")
        continue
      }
      #expect(checkpoint.size == 5 && checkpoint.origin == testOrigin)
      #expect(String(decoding: receipt.entry, as: UTF8.self).contains("\"id\":\"r\(index)\""))
    }
    await #expect(throws: AuditError.self) { try await log.receipt(index: 5) }
  }

  @Test func `the same record id is logged once`() async throws {
    let log = try await openLog(folder)
    #expect(try await log.append(record("a", payload: "{\"n\":1}")) == 0)
    #expect(try await log.append(record("b")) == 1)
    #expect(try await log.append(record("a", payload: "{\"n\":2}")) == 0)
    let same = try await withThrowingTaskGroup(of: UInt64.self) { group in
      for number in 0..<50 {
        group.addTask { try await log.append(record("c", payload: "{\"n\":\(number)}")) }
      }
      return try await group.reduce(into: Set<UInt64>()) { $0.insert($1) }
    }
    #expect(same == [2])
    try await log.checkpoint()
    let verdict = try await AuditReader.open(directory: folder.path, payloadKeys: testPayloadKeys)
      .verify(log.verifierKey)
    #expect(verdict.size == 3 && verdict.openedPayloads == 2)
    #expect(verdict.problems == [])
  }

  @Test func `many callers at once get each their own index`() async throws {
    let log = try await openLog(folder)
    let indices = try await withThrowingTaskGroup(of: UInt64.self) { group in
      for number in 0..<300 {
        group.addTask { try await log.append(record("r\(number)", payload: "{}")) }
      }
      return try await group.reduce(into: Set<UInt64>()) { $0.insert($1) }
    }
    #expect(indices == Set(0..<300))
    try await log.checkpoint()
    let verdict = try await AuditReader.open(directory: folder.path, payloadKeys: testPayloadKeys)
      .verify(log.verifierKey)
    #expect(verdict.isIntact && verdict.checkpoint?.size == 300)
  }

  @Test func `two writers are refused, and the next may come when the first is gone`() async throws
  {
    let first = try await openLog(folder)
    let error = await #expect(throws: AuditError.self) { try await openLog(folder) }
    #expect(error?.code == .locked)
    _ = try await first.append(record("a"))
    try await first.close()
    let closed = await #expect(throws: AuditError.self) { try await first.append(record("b")) }
    #expect(closed?.code == .closed)
    let second = try await openLog(folder)
    #expect(try await second.append(record("b")) == 1)
  }

  @Test func `a log goes on after a restart, and its checkpoints are consistent`() async throws {
    var tree = MerkleTree()
    var earlier: Checkpoint?
    for round in 0..<4 {
      let log = try await openLog(folder)
      for number in 0..<3 { _ = try await log.append(record("r\(round).\(number)")) }
      let checkpoint = try Checkpoint(text: try await log.checkpoint().text)
      for index in tree.size..<checkpoint.size {
        tree.append(.leaf(try await log.receipt(index: index).entry))
      }
      #expect(checkpoint.root == tree.root)
      if let earlier {
        #expect(
          MerkleProof.verifyConsistency(
            old: earlier.size, oldRoot: earlier.root, new: checkpoint.size,
            newRoot: checkpoint.root,
            proof: tree.consistencyProof(from: earlier.size, to: checkpoint.size)))
      }
      earlier = checkpoint
      let published = try FileByteSource.contents(of: "\(folder.path)/checkpoint")
      #expect(try SignedNote(parsing: published).text == checkpoint.text)
      try await log.close()
    }
    #expect(tree.size == 12)
  }

  @Test func `another key or origin cannot open the log`() async throws {
    try await openLog(folder).close()
    let stranger = try PrivateKey.generate(.ed25519)
    for (origin, key) in [(testOrigin, stranger), ("other.example/log", testKey)] {
      let error = await #expect(throws: AuditError.self) {
        try await AuditLog.open(
          directory: folder.path, origin: origin, signingKey: key,
          payloadKeys: testPayloadKeys)
      }
      #expect(error?.code == .wrongKey)
    }
    let wrongKind = await #expect(throws: AuditError.self) {
      try await AuditLog.open(
        directory: folder.path, origin: testOrigin, signingKey: .generate(.p256),
        payloadKeys: testPayloadKeys)
    }
    #expect(wrongKind?.code == .wrongKey)
  }

  @Test func `erasure leaves every proof valid and no plain text in any file`() async throws {
    let secret = "the quick brown prompt"
    let log = try await openLog(folder)
    _ = try await log.append(record("keep", payload: "{\"prompt\":\"a harmless one\"}"))
    let index = try await log.append(record("gone", payload: "{\"prompt\":\"\(secret)\"}"))
    let receipt = try await log.receipt(index: index)
    func holdsSecret() throws -> Bool {
      String(decoding: try folder.rawBytes(), as: UTF8.self).contains(secret)
    }
    #expect(try !holdsSecret())

    let erasure = try await log.erase(id: "gone", ground: "gdpr.art17")
    #expect(erasure == 2)
    #expect(try await log.erase(id: "gone", ground: "gdpr.art17") == 2)
    #expect(try !holdsSecret())
    try await log.checkpoint()

    let proof = try ProofFile(parsing: Array(receipt.proof.utf8))
    guard case .verified = proof.verify(leaf: .leaf(receipt.entry), log: log.verifierKey) else {
      Issue.record("the old receipt no longer verifies")
      return
    }
    #expect(try await log.receipt(index: index).entry == receipt.entry)
    let reader = try AuditReader.open(directory: folder.path, payloadKeys: testPayloadKeys)
    let verdict = try await reader.verify(log.verifierKey)
    #expect(verdict.problems == [])
    #expect(verdict.openedPayloads == 1 && verdict.erasedPayloads == 1)
    #expect(try await reader.show(id: "gone")?.payload == .erased(2))
    let unknown = await #expect(throws: AuditError.self) {
      try await log.erase(id: "nobody", ground: "gdpr.art17")
    }
    #expect(unknown?.code == .notFound)
  }

  /// A process that is killed while appends are under way keeps all that it had answered.
  @Test func `kill -9 loses nothing that was acknowledged`() async throws {
    let path = folder.path
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let log = try await AuditLog.open(
        directory: path, origin: testOrigin, signingKey: testKey,
        payloadKeys: testPayloadKeys)
      let acknowledged = open("\(path)/acknowledged", O_WRONLY | O_CREAT | O_APPEND, 0o600)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<2000 {
          group.addTask {
            let index = try await log.append(record("r\(number)", payload: "{\"n\":\(number)}"))
            let line = Array("\(index) r\(number)\n".utf8)
            _ = write(acknowledged, line, line.count)
            if index == 700 { kill(getpid(), SIGKILL) }
          }
        }
        try await group.waitForAll()
      }
    }
    let lines = String(
      decoding: try FileByteSource.contents(of: "\(path)/acknowledged"), as: UTF8.self
    ).split(separator: "\n")
    #expect(lines.count > 600)
    let log = try await openLog(folder)
    let reader = try AuditReader.open(directory: path, payloadKeys: testPayloadKeys)
    for line in lines {
      let parts = line.split(separator: " ")
      #expect(try await reader.index(ofID: String(parts[1])) == UInt64(parts[0]))
    }
    #expect(try await log.append(record("r0")) < 2000)
    try await log.checkpoint()
    let verdict = try await reader.verify(log.verifierKey)
    #expect(verdict.problems == [])
    #expect(verdict.openedPayloads == Int(verdict.size))
  }
}
