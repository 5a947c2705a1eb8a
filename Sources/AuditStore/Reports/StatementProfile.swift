import StrictJSON

/// What the operator says in statements of reasons, apart from the facts of a decision: grounds,
/// measures, and which of the law's categories each of ours is. `Policies/reports/dsa.json`.
public struct StatementProfile: Equatable, Sendable {
  static let name = "dsa-statement-of-reasons"

  /// Outcomes that restrict somebody's content.
  public let decisions: Set<String>
  let decisionGround: String
  /// `{policies}`, `{rule}`, `{category}` and `{stage}` are filled in.
  let ground: String
  let explanation: String
  let visibility: [String]
  let contentTypes: [String: [String]]
  let sourceType: String
  let categories: [String: String]
  /// Optional fields that are the same in every statement.
  let constants: [JSONValue.Member]

  /// - Throws: `.profileInvalid` with every mistake found.
  public init(parsing bytes: [UInt8]) throws(AuditError) {
    let json: JSONValue
    do {
      json = try JSONValue.parse(bytes)
    } catch {
      throw AuditError(.profileInvalid, error.description)
    }
    var mistakes: [String] = []
    func text(_ name: String) -> String {
      if let text = json[name]?.string, !text.isEmpty { return text }
      mistakes.append("\"\(name)\" must be a text")
      return ""
    }
    func texts(_ value: JSONValue?, _ name: String) -> [String] {
      let texts = value?.array?.compactMap(\.string) ?? []
      if texts.isEmpty || texts.count != value?.array?.count {
        mistakes.append("\"\(name)\" must be a list of texts")
      }
      return texts
    }
    func allowed(_ values: [String], _ known: Set<String>, _ name: String) {
      for value in values where !known.contains(value) {
        mistakes.append("\"\(name)\": the Transparency Database does not know \(value)")
      }
    }
    if json["report"]?.string != StatementProfile.name {
      mistakes.append("\"report\" must be \"\(StatementProfile.name)\"")
    }
    decisions = Set(texts(json["decisions"], "decisions"))
    decisionGround = text("decision_ground")
    ground = text("ground")
    explanation = text("explanation")
    visibility = texts(json["decision_visibility"], "decision_visibility")
    sourceType = text("source_type")
    contentTypes = Dictionary(
      (json["content_type"]?.members ?? []).map { ($0.name, texts($0.value, "content_type")) }
    ) { first, _ in first }
    categories = Dictionary(
      (json["category"]?.members ?? []).compactMap { member in
        member.value.string.map { (member.name, $0) }
      }
    ) { first, _ in first }
    constants = json["constants"]?.members ?? []
    allowed([decisionGround], StatementWords.grounds, "decision_ground")
    allowed(visibility, StatementWords.visibilities, "decision_visibility")
    allowed(contentTypes.values.flatMap(\.self), StatementWords.contentTypes, "content_type")
    allowed(Array(categories.values), StatementWords.categories, "category")
    allowed([sourceType], StatementWords.sources, "source_type")
    for (name, value) in [
      ("content_type", contentTypes["default"] == nil), ("category", categories["default"] == nil),
    ]
    where value {
      mistakes.append("\"\(name)\" needs a \"default\"")
    }
    for constant in constants where !StatementWords.optionalFields.contains(constant.name) {
      mistakes.append("\"constants\": \(constant.name) is no optional field of a statement")
    }
    guard mistakes.isEmpty else {
      throw AuditError(.profileInvalid, mistakes.sorted().joined(separator: "; "))
    }
  }
}

/// The words of the DSA Transparency Database's interface (Regulation (EU) 2022/2065, Article 17
/// and Article 24(5)).
enum StatementWords {
  static let grounds: Set = [
    "DECISION_GROUND_ILLEGAL_CONTENT", "DECISION_GROUND_INCOMPATIBLE_CONTENT",
  ]
  static let visibilities: Set = [
    "DECISION_VISIBILITY_CONTENT_REMOVED", "DECISION_VISIBILITY_CONTENT_DISABLED",
    "DECISION_VISIBILITY_CONTENT_DEMOTED", "DECISION_VISIBILITY_CONTENT_AGE_RESTRICTED",
    "DECISION_VISIBILITY_CONTENT_INTERACTION_RESTRICTED", "DECISION_VISIBILITY_CONTENT_LABELLED",
  ]
  static let contentTypes: Set = [
    "CONTENT_TYPE_APP", "CONTENT_TYPE_AUDIO", "CONTENT_TYPE_IMAGE", "CONTENT_TYPE_PRODUCT",
    "CONTENT_TYPE_SYNTHETIC_MEDIA", "CONTENT_TYPE_TEXT", "CONTENT_TYPE_VIDEO",
  ]
  /// `SOURCE_VOLUNTARY` alone goes without a notifier.
  static let sources: Set = ["SOURCE_VOLUNTARY"]
  static let categories: Set = [
    "STATEMENT_CATEGORY_ANIMAL_WELFARE", "STATEMENT_CATEGORY_CONSUMER_INFORMATION",
    "STATEMENT_CATEGORY_CYBER_VIOLENCE", "STATEMENT_CATEGORY_CYBER_VIOLENCE_AGAINST_WOMEN",
    "STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",
    "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH",
    "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS",
    "STATEMENT_CATEGORY_NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS",
    "STATEMENT_CATEGORY_NOT_SPECIFIED_NOTICE", "STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
    "STATEMENT_CATEGORY_PROTECTION_OF_MINORS", "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY",
    "STATEMENT_CATEGORY_SCAMS_AND_FRAUD", "STATEMENT_CATEGORY_SELF_HARM",
    "STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS", "STATEMENT_CATEGORY_VIOLENCE",
  ]
  static let optionalFields: Set = [
    "account_type", "category_addition", "category_specification", "content_language",
    "decision_ground_reference_url", "incompatible_content_illegal", "territorial_scope",
  ]

  /// Longest value of a field, in characters.
  static let limits = [
    "decision_facts": 5000, "decision_ground_reference_url": 500,
    "illegal_content_explanation": 2000, "illegal_content_legal_ground": 500,
    "incompatible_content_explanation": 2000, "incompatible_content_ground": 500, "puid": 500,
  ]
}
