import Evidence
import Testing

@testable import AuditStore

struct LeafStreamTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  @Test func `every leaf comes once and in order, over several pages`() async throws {
    let log = try await openLog(folder)
    let count = Int(LeafStream.pageSize) + 3
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<count {
        group.addTask { _ = try await log.append(record("r\(index)")) }
      }
      try await group.waitForAll()
    }
    let reader = try AuditReader.open(directory: folder.path)
    var indices: [UInt64] = []
    var ids: Set<String> = []
    for try await page in try await reader.leaves() {
      indices += page.map(\.index)
      ids.formUnion(page.compactMap { $0.facts()?.id })
    }
    #expect(indices.elementsEqual(0..<UInt64(count)))
    #expect(ids.count == count)

    var some: [UInt64] = []
    for try await page in try await reader.leaves(5..<8) { some += page.map(\.index) }
    #expect(some == [5, 6, 7])
    for try await _ in try await reader.leaves(UInt64(count)..<9999) {
      Issue.record("there is nothing behind the last leaf")
    }
  }

  @Test func `a leaf is read as it was written`() async throws {
    let log = try await openLog(folder)
    let fired = FiredRule(
      rule: "nudity.frames", policy: "default", outcome: .block, category: "sexual",
      evidence: .frame, time: 1.25...1.5, score: 0.875, signal: "nudity")
    let unknown = FiredRule(
      rule: "weapons", policy: "default", outcome: .review, category: "vi\"olence\n",
      evidence: .frame, unknown: .timedOut, isShadow: true)
    _ = try await log.append(
      record("a", outcome: .block, stage: .inspect, fired: [fired, unknown], payload: "{}"))
    let reader = try AuditReader.open(directory: folder.path)
    for try await page in try await reader.leaves() {
      let facts = try #require(page.first?.facts())
      #expect(facts.isDecision && facts.id == "a" && facts.asset == "video_1")
      #expect(facts.stage == "inspect" && facts.decision == "block" && facts.subject == "3f2a")
      #expect(facts.timestamp == "2025-11-22T10:00:00.000Z" && facts.hasPayload)
      #expect(facts.rules.map(\.rule) == ["nudity.frames", "weapons"])
      #expect(facts.rules[0].fromMilliseconds == 1250 && facts.rules[0].score == 875_000)
      #expect(facts.rules[1].unknown == "timed_out" && facts.rules[1].isShadow)
      #expect(facts.rules[1].category == "vi\"olence\n")
      #expect(facts.policies.map(\.name) == ["default"] && facts.policies[0].sha256 == "ab")
    }
  }

  @Test func `evidence comes back as the checks gave it`() async throws {
    let log = try await openLog(folder)
    let payload = """
      {"evidence":[{"kind":"frame","signals":[{"check":"nudity","name":"nudity","score":0.5},\
      {"check":"face","detail":"no model","name":"face","unknown":"model_missing"}],\
      "time":[0.25,1]},{"kind":"upload","provenance":{"source_type":null,"state":"Valid"},\
      "signals":[],"upload":{"kind":"image"}}],"prompt":"a \\"boat\\""}
      """
    _ = try await log.append(record("a", payload: payload))
    let reader = try AuditReader.open(directory: folder.path, payloadKeys: testPayloadKeys)
    for try await page in try await reader.leaves(withPayloads: true) {
      let decision = try #require(page.first?.decision())
      #expect(!decision.isSummary)
      let items = decision.items
      #expect(items.count == 2)
      #expect(items[0].kind == .frame && items[0].time == 0.25...1)
      #expect(items[0].signals[0].value == .score(0.5))
      #expect(items[0].signals[1].value == .unknown(.modelMissing("no model")))
      #expect(items[1].upload?.provenance?.state == "Valid")
    }
  }

  @Test func `without its payload a decision keeps the strongest scores`() async throws {
    let log = try await openLog(folder)
    let items = [0.25, 0.75, 0.5].map { score in
      EvidenceItem(
        kind: .frame, time: score...score,
        signals: [Signal(name: "nudity", value: .score(score), check: "nudity")])
    }
    _ = try await log.append(
      DecisionRecord(
        id: "a", decision: Decision(stage: .inspect, outcome: .allow, policies: []),
        asset: "video_1", subject: "3f2a", time: 0, tenant: "7e", reviewer: "r1", reverses: "b",
        scores: EvidenceScore.strongest(of: items)))
    let reader = try AuditReader.open(directory: folder.path)
    for try await page in try await reader.leaves(withPayloads: true) {
      let decision = try #require(page.first?.decision())
      #expect(decision.isSummary && decision.items.count == 1)
      #expect(decision.items[0].signals.map(\.value) == [.score(0.75)])
      #expect(decision.facts.tenant == "7e" && decision.facts.reviewer == "r1")
      #expect(decision.facts.reverses == "b" && decision.subject.tenant == "7e")
    }
  }

  @Test(arguments: [
    "", "{", "[]", "{\"id\":\"a\"}", "{\"id\":\"a\",\"kind\":\"k\"} ", "{\"id\":1,\"kind\":\"k\"}",
    "{\"id\":\"a\",\"kind\":\"k\",\"x\":\(String(repeating: "[", count: 40))",
  ])
  func `what is no leaf is not read as one`(text: String) {
    #expect(LeafFacts(leaf: Array(text.utf8)) == nil)
  }
}
