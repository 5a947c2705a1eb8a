import Foundation
import StrictJSON
import TestKit
import Testing

@testable import AuditStore

struct StatementProfileTests {
  private static let shipped =
    (try? Data(contentsOf: URL(fileURLWithPath: TestKit.packageRoot + "/Policies/reports/dsa.json")))
    .map { String(decoding: $0, as: UTF8.self) } ?? ""

  /// The shipped profile with these fields in place of its own.
  private static func profile(
    _ fields: String, more: String = ""
  ) throws(AuditError) -> StatementProfile {
    let head = shipped.prefix(upTo: shipped.range(of: "\"fields\"")!.lowerBound)
    return try StatementProfile(parsing: Array("\(head)\(more) \"fields\": {\(fields)}}".utf8))
  }

  private static let least = """
    "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT", "source_type": "SOURCE_VOLUNTARY"
    """

  /// `CLOSED` stands for a closed account, for fields that go with any restriction.
  private static func spelt(_ fields: String) -> String {
    fields.replacing("CLOSED", with: #""decision_account": "DECISION_ACCOUNT_TERMINATED""#)
  }

  private let refusal = leaf(
    0, id: "v", stage: "inspect", decision: "block", time: 0,
    rules: [fired("nudity", "block")])

  @Test(arguments: [
    #"""
    "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED", \#
    "DECISION_VISIBILITY_CONTENT_LABELLED"]
    """#,
    #"""
    "decision_visibility": ["DECISION_VISIBILITY_OTHER"], \#
    "decision_visibility_other": "Blurred"
    """#,
    #"""
    "decision_monetary": "DECISION_MONETARY_OTHER", \#
    "decision_monetary_other": "Credits taken back"
    """#,
    #"""
    "decision_monetary": "DECISION_MONETARY_SUSPENSION", \#
    "end_date_monetary_restriction": "2027-01-31"
    """#,
    #"""
    "decision_provision": "DECISION_PROVISION_PARTIAL_SUSPENSION", \#
    "end_date_service_restriction": "2027-01-31"
    """#,
    #"""
    "decision_account": "DECISION_ACCOUNT_SUSPENDED", \#
    "account_type": "ACCOUNT_TYPE_PRIVATE", "end_date_account_restriction": "2027-01-31"
    """#,
    #"CLOSED, "territorial_scope": ["DE", "FR"], "content_language": "DE""#,
    #"CLOSED, "content_id": {"EAN-13": "4006381333931"}"#,
    #"""
    CLOSED, "decision_ground_reference_url": "https://example.org/terms", \#
    "incompatible_content_illegal": "No", "category_specification_other": "Trains"
    """#,
  ])
  func `each field of the interface can be said`(measure: String) throws {
    let profile = try Self.profile("\(Self.least), \(Self.spelt(measure))")
    let statement = try #require(StatementOfReasons(refusal, profile: profile)).json
    for field in try JSONValue.parse(Array("{\(Self.spelt(measure))}".utf8)).members ?? [] {
      #expect(statement[field.name] == field.value)
    }
    #expect(StatementRules.mistakes(in: statement) == [])
  }

  @Test func `illegal content has its own ground and explanation`() throws {
    let profile = try Self.profile(
      """
      "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT", "source_type": "SOURCE_VOLUNTARY",
      "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"]
      """)
    let statement = try #require(StatementOfReasons(refusal, profile: profile)).json
    #expect(statement["illegal_content_legal_ground"]?.string?.contains("nudity") == true)
    #expect(statement["illegal_content_explanation"] != nil)
    #expect(statement["incompatible_content_ground"] == nil)
  }

  @Test func `a restriction can end so many days after its decision`() throws {
    let profile = try Self.profile(
      "\(Self.least), \"decision_account\": \"DECISION_ACCOUNT_SUSPENDED\"",
      more: #""end_after_days": {"account": 30},"#)
    let statement = try #require(StatementOfReasons(refusal, profile: profile)).json
    #expect(statement["application_date"]?.string == "2026-11-22")
    #expect(statement["end_date_account_restriction"]?.string == "2026-12-22")
  }

  @Test func `decisions after a notice say whose it was`() throws {
    let own = try StatementProfile(parsing: Array(Self.shipped.utf8))
    let profile = try own.following(notice: "SOURCE_TRUSTED_FLAGGER", from: "Flaggers e.V.")
    let statement = try #require(StatementOfReasons(refusal, profile: profile)).json
    #expect(statement["source_type"]?.string == "SOURCE_TRUSTED_FLAGGER")
    #expect(statement["source_identity"]?.string == "Flaggers e.V.")
    for (source, name) in [("SOURCE_VOLUNTARY", "Somebody"), ("SOURCE_RUMOUR", nil)] {
      #expect(throws: AuditError.self) { try own.following(notice: source, from: name) }
    }
  }

  @Test(arguments: [
    (#""decision_visibility": ["DECISION_VISIBILITY_OTHER"]"#, "decision_visibility_other"),
    (
      #"""
      "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"], \#
      "decision_visibility_other": "x"
      """#, "alone"
    ),
    (#""decision_monetary": "DECISION_MONETARY_OTHER""#, "decision_monetary_other"),
    (#""decision_visibility": "DECISION_VISIBILITY_CONTENT_REMOVED""#, "list of texts"),
    (#""account_type": "ACCOUNT_TYPE_PRIVATE""#, "is needed"),
    (#""decision_account": "DECISION_ACCOUNT_PAUSED""#, "does not know"),
    (#"CLOSED, "source_identity": "X""#, "SOURCE_VOLUNTARY"),
    (#"CLOSED, "territorial_scope": ["US"]"#, "US"),
    (#"CLOSED, "content_language": "de""#, "de"),
    (#"CLOSED, "content_id": {"EAN-13": "12"}"#, "EAN-13"),
    (#"CLOSED, "decision_ground_reference_url": "terms""#, "web address"),
    (#"CLOSED, "end_date_monetary_restriction": "2027-01-01""#, "decision_monetary"),
    (#"CLOSED, "end_date_account_restriction": "2027-02-30""#, "must be a day"),
    (#"CLOSED, "puid": "x""#, "filled in from the decision"),
    (#"CLOSED, "decision_reason": "x""#, "no field"),
  ])
  func `what the interface would refuse is refused here`(measure: String, said: String) throws {
    let error = #expect(throws: AuditError.self) {
      try Self.profile("\(Self.least), \(Self.spelt(measure))")
    }
    #expect(error?.code == .profileInvalid)
    #expect(error?.detail.contains(said) == true, "\(error?.detail ?? "")")
  }

  @Test(arguments: [
    ("STATEMENT_CATEGORY_VIOLENCE", "STATEMENT_CATEGORY_GORE"),
    ("\"SOURCE_VOLUNTARY\"", "\"SOURCE_SOMEBODY\""), ("\"ground\"", "\"grund\""),
    ("dsa-statement-of-reasons", "something"), ("\"default\"", "\"other\""),
    ("KEYWORD_HATE_SPEECH", "KEYWORD_RUDE"), ("CONTENT_TYPE_AUDIO", "CONTENT_TYPE_OTHER"),
    ("\"fields\"", "\"end_after_days\": {\"visibility\": 0}, \"fields\""),
  ])
  func `a profile with words that the database does not know is refused`(
    old: String, new: String
  ) throws {
    let error = #expect(throws: AuditError.self) {
      try StatementProfile(parsing: Array(Self.shipped.replacing(old, with: new).utf8))
    }
    #expect(error?.code == .profileInvalid)
  }
}
