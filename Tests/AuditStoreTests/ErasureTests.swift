import Bytes
import Evidence
import Foundation
import GRDB
import StrictJSON
import Testing

@testable import AuditStore

struct ErasureTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private func fill(_ log: AuditLog, class name: String = "decision") async throws {
    for index in 0..<6 {
      _ = try await log.append(
        DecisionRecord(
          id: "r\(index)", decision: Decision(stage: .screen, outcome: .allow, policies: []),
          asset: "video_\(index / 2)", subject: "subject-\(index % 3)",
          time: Int64(index) * 86_400_000, payload: Array("{\"prompt\":\"secret \(index)\"}".utf8),
          payloadClass: index % 2 == 0 ? "decision" : "refusal"))
    }
  }

  /// What stands for a payload on the disk.
  private func sealed(_ index: Int) throws -> [[UInt8]] {
    let queue = try DatabaseQueue(path: "\(folder.path)/\(PayloadDatabase.fileName)")
    defer { try? queue.close() }
    return try queue.read { database in
      let row = try #require(
        try Row.fetchOne(
          database, sql: "SELECT wrapped_key, sealed FROM payloads WHERE idx = ?",
          arguments: [index]))
      return [try row.bytes("wrapped_key"), try row.bytes("sealed")]
    }
  }

  private func stands(_ bytes: [UInt8]) throws -> Bool {
    Data(try folder.rawBytes()).range(of: Data(bytes)) != nil
  }

  private func present(_ reader: AuditReader) async throws -> [String] {
    var ids: [String] = []
    for index in 0..<6 {
      if case .present = try await reader.show(id: "r\(index)")?.payload { ids.append("r\(index)") }
    }
    return ids
  }

  @Test func `a subject's payloads go, to the last byte in any file, and the log still verifies`()
    async throws
  {
    let log = try await openLog(folder)
    try await fill(log)
    let gone = try sealed(1) + sealed(4)
    let kept = try sealed(2)
    #expect(try gone.allSatisfy(stands))

    let rehearsal = try await log.erase(
      .subject("subject-1"), ground: "gdpr.art17", isRehearsal: true)
    #expect(rehearsal.items.map(\.id) == ["r1", "r4"] && rehearsal.items[0].erasure == nil)
    #expect(try gone.allSatisfy(stands))

    let report = try await log.erase(.subject("subject-1"), ground: "gdpr.art17")
    #expect(report.items.map(\.erasure) == [6, 7] && report.held.isEmpty)
    for bytes in gone { #expect(try !stands(bytes)) }
    #expect(try kept.allSatisfy(stands))
    let reader = try AuditReader.open(directory: folder.path, payloadKeys: testPayloadKeys)
    #expect(try await present(reader) == ["r0", "r2", "r3", "r5"])
    #expect(try await reader.show(id: "r4")?.payload == .erased(7))
    try await log.checkpoint()
    let verdict = try await reader.verify(log.verifierKey)
    #expect(verdict.isIntact && verdict.erasedPayloads == 2, "\(verdict.problems)")

    let again = try await log.erase(.subject("subject-1"), ground: "gdpr.art17")
    #expect(again.items.isEmpty && again.withoutPayload == 2)
    #expect(try await log.erase(id: "r4", ground: "gdpr.art17") == 7)
    await #expect(throws: AuditError.self) {
      try await log.erase(.subject("nobody"), ground: "gdpr.art17")
    }
  }

  @Test func `a legal hold keeps payloads from erasure and retention until it ends`() async throws {
    let log = try await openLog(folder)
    try await fill(log)
    let hold = try LegalHold.placing(
      .asset("video_1"), id: "hold_1", ground: "case 7", until: nil, time: 1000, actor: "counsel")
    #expect(try await log.append(hold) == 6)
    let report = try await log.erase(.subject("subject-0"), ground: "gdpr.art17")
    #expect(report.items.map(\.id) == ["r0"])
    #expect(report.held == [.init(index: 3, id: "r3", hold: "hold_1")])
    let refusal = await #expect(throws: AuditError.self) {
      try await log.erase(id: "r2", ground: "gdpr.art17")
    }
    #expect(refusal?.code == .held)

    let profile = try RetentionProfile(
      parsing: Array("{\"report\":\"payload-retention\",\"days\":{\"decision\":1}}".utf8))
    let run = try await log.retain(profile, now: 100 * 86_400_000, actor: "operator")
    #expect(run.classes.map(\.erased) == [1] && run.classes.map(\.held) == [1])
    let reader = try AuditReader.open(directory: folder.path, payloadKeys: testPayloadKeys)
    #expect(try await present(reader) == ["r1", "r2", "r3", "r5"])

    let placed = try #require(try await reader.holds().first)
    #expect(placed.isActive(at: 5000) && placed.scope == .asset("video_1"))
    _ = try await log.append(placed.releasing(ground: "closed", time: 9000, actor: "counsel"))
    #expect(try await reader.holds().first?.isActive(at: 9500) == false)
    #expect(try await log.erase(id: "r2", ground: "gdpr.art17") > 6)
    try await log.checkpoint()
    #expect(try await reader.verify(log.verifierKey).isIntact)
  }

  @Test func `a hold with an end ends by itself`() throws {
    let hold = LegalHold(
      id: "h", scope: .decision("a"), ground: "g", placed: 0, until: 1000, released: nil)
    #expect(hold.isActive(at: 999) && !hold.isActive(at: 1000))
  }

  @Test func `retention erases each class by its own days, and says so`() async throws {
    let log = try await openLog(folder)
    try await fill(log)
    let profile = try RetentionProfile(
      parsing: Array(
        "{\"report\":\"payload-retention\",\"days\":{\"decision\":3,\"event\":1}}".utf8))
    let now: Int64 = 6 * 86_400_000
    let gone = try sealed(0) + sealed(2)
    let rehearsal = try await log.retain(profile, now: now, actor: "operator", isRehearsal: true)
    #expect(rehearsal.classes.map(\.erased) == [2, 0] && rehearsal.entry == nil)
    #expect(try gone.allSatisfy(stands))
    let run = try await log.retain(profile, now: now, actor: "operator")
    #expect(run.classes.map(\.name) == ["decision", "event"])
    #expect(run.classes.map(\.erased) == [2, 0] && run.unlimited == ["refusal": 3])
    for bytes in gone { #expect(try !stands(bytes)) }
    let reader = try AuditReader.open(directory: folder.path, payloadKeys: testPayloadKeys)
    #expect(try await present(reader) == ["r1", "r3", "r4", "r5"])
    let index = try #require(run.entry)
    let entry = try #require(try await reader.entry(index: index))
    let leaf = try JSONValue.parse(entry.bytes)
    #expect(leaf["act"]?.string == "retention.run" && leaf["profile"]?.string == profile.sha256)
    #expect(leaf["classes"]?["decision"]?["erased"]?.integer == 2)
    try await log.checkpoint()
    #expect(try await reader.verify(log.verifierKey).isIntact)
  }

  @Test(arguments: [
    "{", "{}", "{\"report\":\"payload-retention\"}",
    "{\"report\":\"payload-retention\",\"days\":{\"decision\":0}}",
    "{\"report\":\"payload-retention\",\"days\":{\"decision\":\"30\"}}",
  ])
  func `a profile that says nothing good is refused`(text: String) {
    let error = #expect(throws: AuditError.self) {
      try RetentionProfile(parsing: Array(text.utf8))
    }
    #expect(error?.code == .profileInvalid)
  }

  @Test func `a story has every stage, and a search leaves its trace`() async throws {
    let log = try await openLog(folder)
    try await fill(log)
    try await log.checkpoint()
    let reader = try AuditReader.open(directory: folder.path, payloadKeys: testPayloadKeys)
    let story = try #require(try await reader.story(of: "r2"))
    #expect(story.asset == "video_1" && story.records.map(\.entry.id) == ["r2", "r3"])
    #expect(story.ending == .open && story.receipt?.index == 3)
    #expect(try await reader.story(of: "2") == story)
    #expect(try await reader.story(of: "nothing") == nil)

    let found = try await reader.search("SECRET 4", LogFilter(), limit: 9)
    #expect(found.map(\.entry.id) == ["r4"] && found.map(\.field) == ["prompt"])
    #expect(try await reader.search("secret", LogFilter(subject: "subject-2"), limit: 9).count == 2)
    #expect(try await reader.search("secret", LogFilter(), limit: 3).count == 3)
    let sealedReader = try AuditReader.open(directory: folder.path)
    let error = await #expect(throws: AuditError.self) {
      try await sealedReader.search("secret", LogFilter(), limit: 9)
    }
    #expect(error?.code == .wrongKey)
  }
}
