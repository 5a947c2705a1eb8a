import AuditStore
import Evidence
import MerkleLog
import StrictJSON
import Testing

struct LogLeafTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private func leaf(_ record: DecisionRecord) async throws -> JSONValue {
    let log = try await openLog(folder)
    let receipt = try await log.receipt(index: try await log.append(record))
    #expect(receipt.entry.count <= LogLeaf.byteLimit)
    return try LogLeaf(parsing: receipt.entry).json
  }

  private func rule(_ number: Int, length: Int = 4) -> FiredRule {
    FiredRule(
      rule: "rule-\(number)" + String(repeating: "x", count: length), policy: "default",
      outcome: .block, category: "violence", say: "No.", evidence: .frame, time: 1.5...1.5004,
      score: 0.123_456_7, signal: "violence/graphic")
  }

  @Test func `a decision as its leaf tells it`() async throws {
    let json = try await leaf(
      record("v1.screen.1", outcome: .block, fired: [rule(1, length: 0)], payload: "{}"))
    let commitment = try #require(json["commit"]?.string)
    #expect(commitment.utf8.count == 64)
    #expect(
      String(decoding: json.canonical, as: UTF8.self)
        == #"{"asset":"video_1","commit":"\#(commitment)","decision":"block","hashes":{},"id":"v1.screen.1","kind":"moderation.decision","models":[],"policies":[{"name":"default","sha256":"ab","version":"1"}],"rules":[{"category":"violence","evidence":"frame","from_ms":1500,"outcome":"block","policy":"default","rule":"rule-1","score":123457,"signal":"violence/graphic","to_ms":1500}],"stage":"screen","subject":"3f2a","t":"2025-11-22T10:00:00.000Z","v":1}"#
    )
  }

  @Test func `rules beyond the limit are counted`() async throws {
    let json = try await leaf(record("a", fired: (0..<40).map { rule($0) }))
    #expect(json["rules"]?.array?.count == LogLeaf.ruleLimit)
    #expect(json["rules_omitted"]?.integer == 40 - LogLeaf.ruleLimit)
  }

  @Test func `a leaf stays small when rules have long names`() async throws {
    let json = try await leaf(record("a", fired: (0..<16).map { rule($0, length: 400) }))
    let kept = try #require(json["rules"]?.array?.count)
    #expect(kept > 0 && json["rules_omitted"]?.integer == 16 - kept)
  }

  @Test func `what does not fit without rules is refused and not logged`() async throws {
    let log = try await openLog(folder)
    let error = await #expect(throws: AuditError.self) {
      try await log.append(record("a", asset: String(repeating: "x", count: 5000)))
    }
    #expect(error?.code == .recordTooLarge)
    #expect(try await log.append(record("b")) == 0)
  }

  @Test func `a score that is no number becomes null`() async throws {
    let odd = FiredRule(
      rule: "r", policy: "p", outcome: .review, category: "c", evidence: .frame,
      time: 0...Double.infinity, score: .nan, unknown: .failed("secret detail"))
    let json = try await leaf(record("a", outcome: .review, fired: [odd]))
    let rule = try #require(json["rules"]?.array?.first)
    #expect(rule["score"]?.isNull == true && rule["to_ms"]?.isNull == true)
    #expect(rule["unknown"] == "failed")
  }
}
