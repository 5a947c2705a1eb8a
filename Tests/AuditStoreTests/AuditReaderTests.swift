import AuditStore
import Evidence
import MerkleLog
import StrictJSON
import Testing

struct AuditReaderTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  @Test func `lists are filtered, newest first`() async throws {
    let log = try await openLog(folder)
    for index in 0..<10 {
      _ = try await log.append(
        record(
          "r\(index)", asset: "video_\(index % 2)", outcome: index == 7 ? .block : .allow,
          stage: index < 5 ? .screen : .inspect))
    }
    let reader = try AuditReader.open(directory: folder.path, payloadKeys: testPayloadKeys)
    #expect(try await reader.list(limit: 3).map(\.id) == ["r9", "r8", "r7"])
    #expect(try await reader.list(LogFilter(before: 2), limit: 9).map(\.id) == ["r1", "r0"])
    #expect(try await reader.list(LogFilter(decision: "block"), limit: 9).map(\.index) == [7])
    #expect(
      try await reader.list(LogFilter(asset: "video_0", stage: "inspect"), limit: 9).map(\.id)
        == ["r8", "r6"])
    #expect(try await reader.list(LogFilter(since: 1_763_805_600_001), limit: 9) == [])
    #expect(
      try await reader.entries(forAsset: "video_1").map(\.id) == ["r1", "r3", "r5", "r7", "r9"])
  }

  @Test func `an entry is shown with its payload`() async throws {
    let log = try await openLog(folder)
    _ = try await log.append(record("a", payload: "{\"prompt\":\"hello\"}"))
    _ = try await log.append(record("b"))
    let reader = try AuditReader.open(directory: folder.path, payloadKeys: testPayloadKeys)
    #expect(try await reader.show(id: "a")?.payload == .present(["prompt": "hello"]))
    #expect(try await reader.show(id: "b")?.payload == LogRecord.Payload.none)
    #expect(try await reader.show(id: "c") == nil)
  }

  @Test func `a reader gives receipts up to the newest checkpoint`() async throws {
    let log = try await openLog(folder)
    _ = try await log.append(record("a"))
    try await log.checkpoint()
    let reader = try AuditReader.open(directory: folder.path, payloadKeys: testPayloadKeys)
    let receipt = try await reader.receipt(index: 0)
    let key = try await reader.verifierKey()
    #expect(key == log.verifierKey)
    let proof = try ProofFile(parsing: Array(receipt.proof.utf8))
    #expect(proof.verify(leaf: .leaf(receipt.entry), log: key) != .rejected(reason: ""))
    guard case .verified = proof.verify(leaf: .leaf(receipt.entry), log: key) else {
      Issue.record("the reader's receipt does not verify")
      return
    }
    let error = await #expect(throws: AuditError.self) { try await reader.receipt(index: 1) }
    #expect(error?.code == .notFound)
  }

  @Test func `no log is a clear error`() throws {
    let error = #expect(throws: AuditError.self) {
      try AuditReader.open(directory: folder.path + "/nothing")
    }
    #expect(error?.code == .unreadable)
  }
}
