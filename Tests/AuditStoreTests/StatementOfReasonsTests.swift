import Foundation
import StrictJSON
import TestKit
import Testing

@testable import AuditStore

struct StatementOfReasonsTests {
  private func profile() throws -> StatementProfile {
    try StatementProfile(
      parsing: Array(
        Data(contentsOf: URL(fileURLWithPath: TestKit.packageRoot + "/Policies/reports/dsa.json"))))
  }

  private let refusal = leaf(
    0, id: "video_1.screen", stage: "screen", decision: "block", time: 0,
    rules: [
      fired("self-harm.written", "block", category: "self-harm"),
      fired("shadow.rule", "block", category: "sexual", more: [.init("shadow", true)]),
      fired("flagged", "flag", category: "hate"),
    ])

  @Test func `a refusal becomes a statement with the interface's fields`() throws {
    let statement = try #require(StatementOfReasons(refusal, profile: try profile())).json
    #expect(
      statement.members?.map(\.name) == [
        "decision_visibility", "decision_ground", "incompatible_content_ground",
        "incompatible_content_explanation", "content_type", "category", "content_date",
        "application_date", "decision_facts", "source_type", "automated_detection",
        "automated_decision", "puid",
      ])
    #expect(StatementRules.mistakes(in: statement) == [])
    #expect(statement["category"]?.string == "STATEMENT_CATEGORY_SELF_HARM")
    #expect(statement["content_type"] == ["CONTENT_TYPE_TEXT"])
    #expect(statement["application_date"]?.string == "2026-11-22")
    #expect(statement["automated_detection"]?.string == "Yes")
    #expect(statement["automated_decision"]?.string == "AUTOMATED_DECISION_FULLY")
    #expect(statement["puid"]?.string == "video_1-screen")
    let ground = try #require(statement["incompatible_content_ground"]?.string)
    #expect(ground.contains("floor 1") && ground.contains("self-harm.written"))
    let facts = try #require(statement["decision_facts"]?.string)
    #expect(facts.contains("score of 0.912") && facts.contains("No person took part"))
    #expect(!facts.contains("shadow.rule") && !facts.contains("3f2a"))
  }

  @Test func `a person's part in a decision is said`() throws {
    let reviewed = leaf(
      1, id: "r", stage: "inspect", decision: "block", time: 0,
      rules: [fired("nudity", "block")], more: [.init("reviewer", "r1")])
    let statement = try #require(StatementOfReasons(reviewed, profile: try profile())).json
    #expect(statement["automated_decision"]?.string == "AUTOMATED_DECISION_PARTIALLY")
    #expect(statement["content_type"] == ["CONTENT_TYPE_VIDEO", "CONTENT_TYPE_SYNTHETIC_MEDIA"])
    #expect(statement["decision_facts"]?.string?.contains("r1") == false)
  }

  @Test func `what restricts nothing has no statement`() throws {
    let allowed = leaf(0, id: "a", stage: "screen", decision: "allow", time: 0)
    #expect(StatementOfReasons(allowed, profile: try profile()) == nil)
  }

  @Test func `fields keep the interface's limits`() throws {
    let many = (0..<100).map { fired("rule.\($0).\(String(repeating: "x", count: 100))", "block") }
    let statement = try #require(
      StatementOfReasons(
        leaf(0, id: "a/ü.b", stage: "screen", decision: "block", time: 0, rules: many),
        profile: try profile())
    ).json
    #expect(statement["decision_facts"]?.string?.unicodeScalars.count == 5000)
    #expect(statement["puid"]?.string == "a---b")
  }

  @Test func `content counts from the day on which it was asked for`() throws {
    let day: Int64 = 86_400_000
    let late = leaf(
      7, id: "r", stage: "inspect", decision: "block", time: 2 * day,
      rules: [fired("nudity", "block")])
    let statement = try #require(
      StatementOfReasons(late, profile: try profile(), contentTime: 1_763_769_600_000)
    ).json
    #expect(statement["content_date"]?.string == "2025-11-22")
    #expect(statement["application_date"]?.string == "2026-11-24")
  }

  @Test(arguments: [
    ("img_1", "CONTENT_TYPE_IMAGE"), ("speech_1", "CONTENT_TYPE_AUDIO"),
    ("video_1", "CONTENT_TYPE_VIDEO"),
  ])
  func `the type of content is the job's`(asset: String, type: String) throws {
    let refused = leaf(
      1, id: "r", asset: asset, stage: "inspect", decision: "block", time: 0,
      rules: [fired("nudity", "block")])
    let statement = try #require(StatementOfReasons(refused, profile: try profile())).json
    #expect(statement["content_type"]?.array?.first?.string == type)
  }

  @Test func `other categories are additions, and categories have keywords`() throws {
    let refused = leaf(
      1, id: "r", stage: "inspect", decision: "block", time: 0,
      rules: [
        fired("nudity", "block"), fired("minor", "block", category: "sexual/minors"),
        fired("slurs", "block", category: "hate"), fired("again", "block", category: "hate"),
      ])
    let statement = try #require(StatementOfReasons(refused, profile: try profile())).json
    #expect(statement["category"]?.string == "STATEMENT_CATEGORY_OTHER_VIOLATION_TC")
    #expect(
      statement["category_addition"] == [
        "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH", "STATEMENT_CATEGORY_PROTECTION_OF_MINORS",
      ])
    #expect(
      statement["category_specification"] == [
        "KEYWORD_ADULT_SEXUAL_MATERIAL", "KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL",
        "KEYWORD_HATE_SPEECH",
      ])
    #expect(StatementRules.mistakes(in: statement) == [])
  }
}

struct CommaSeparatedTests {
  @Test(arguments: [
    ("plain", "\"plain\""), ("=1+1", "\"'=1+1\""), ("@SUM(A1)", "\"'@SUM(A1)\""),
    ("+49", "\"'+49\""), ("-1", "\"'-1\""), ("\t=1", "\"'\u{FFFD}=1\""), ("a\"b", "\"a\"\"b\""),
    ("＝1", "\"'＝1\""), ("a\r\nb", "\"a\u{FFFD}\u{FFFD}b\""), ("", "\"\""),
  ])
  func `no field is a formula`(text: String, field: String) {
    #expect(CommaSeparated.line([text]) == field + "\r\n")
  }
}
