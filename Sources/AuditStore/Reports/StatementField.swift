import Bytes
import StrictJSON

/// A field of the DSA Transparency Database's interface and what it may hold (`StatementStoreRequest`
/// of its source).
struct StatementField: Sendable {
  enum Value: Sendable {
    /// One of these words.
    case word(Set<String>)
    /// At least one of these words.
    case words(Set<String>)
    /// Text of at most so many characters.
    case text(Int)
    /// `https://…` of at most so many characters.
    case address(Int)
    /// `YYYY-MM-DD`, within what the interface takes.
    case day
    /// `{"EAN-13": "thirteen digits"}`.
    case article
  }

  enum Origin: Sendable {
    /// Filled in from the decision, or from the profile's tables.
    case decision
    /// The operator says it, once for all statements.
    case profile
  }

  let name: String
  let value: Value
  let origin: Origin

  /// In the interface's order.
  static let all: [StatementField] = [
    .init("content_id", .article, .profile),
    .init("decision_visibility", .words(StatementWords.visibilities), .profile),
    .init("decision_visibility_other", .text(500), .profile),
    .init("decision_monetary", .word(StatementWords.monetaries), .profile),
    .init("decision_monetary_other", .text(500), .profile),
    .init("decision_provision", .word(StatementWords.provisions), .profile),
    .init("decision_account", .word(StatementWords.accounts), .profile),
    .init("account_type", .word(StatementWords.accountTypes), .profile),
    .init("category_specification", .words(StatementWords.keywords), .decision),
    .init("category_specification_other", .text(500), .profile),
    .init("decision_ground", .word(StatementWords.grounds), .profile),
    .init("decision_ground_reference_url", .address(500), .profile),
    .init("illegal_content_legal_ground", .text(500), .decision),
    .init("illegal_content_explanation", .text(2000), .decision),
    .init("incompatible_content_ground", .text(500), .decision),
    .init("incompatible_content_explanation", .text(2000), .decision),
    .init("incompatible_content_illegal", .word(StatementWords.yesOrNo), .profile),
    .init("content_type", .words(StatementWords.contentTypes), .decision),
    .init("content_type_other", .text(500), .profile),
    .init("category", .word(StatementWords.categories), .decision),
    .init("category_addition", .words(StatementWords.categories), .decision),
    .init("territorial_scope", .words(StatementWords.countries), .profile),
    .init("content_language", .word(StatementWords.languages), .profile),
    .init("content_date", .day, .decision),
    .init("application_date", .day, .decision),
    .init("end_date_account_restriction", .day, .profile),
    .init("end_date_monetary_restriction", .day, .profile),
    .init("end_date_service_restriction", .day, .profile),
    .init("end_date_visibility_restriction", .day, .profile),
    .init("decision_facts", .text(5000), .decision),
    .init("source_type", .word(StatementWords.sources), .profile),
    .init("source_identity", .text(500), .profile),
    .init("automated_detection", .word(StatementWords.yesOrNo), .decision),
    .init("automated_decision", .word(StatementWords.automations), .decision),
    .init("puid", .text(500), .decision),
  ]

  static let named = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  private init(_ name: String, _ value: Value, _ origin: Origin) {
    self.name = name
    self.value = value
    self.origin = origin
  }

  /// What is wrong with a value, for the person who wrote it; nil when the interface takes it.
  func mistake(in json: JSONValue) -> String? {
    switch value {
    case .word(let known):
      guard let word = json.string else { return "\"\(name)\" must be a text" }
      return known.contains(word) ? nil : unknown(word)
    case .words(let known):
      let words = json.array?.compactMap(\.string) ?? []
      guard !words.isEmpty, words.count == json.array?.count else {
        return "\"\(name)\" must be a list of texts"
      }
      return words.first { !known.contains($0) }.map(unknown)
    case .text(let limit):
      guard let text = json.string, !text.isEmpty else { return "\"\(name)\" must be a text" }
      return text.unicodeScalars.count <= limit
        ? nil : "\"\(name)\" has more than \(limit) characters"
    case .address(let limit):
      guard let text = json.string, text.unicodeScalars.count <= limit,
        ["https://", "http://"].contains(where: { text.count > $0.count && text.hasPrefix($0) })
      else { return "\"\(name)\" must be a web address of at most \(limit) characters" }
      return nil
    case .day:
      guard let text = json.string, text.utf8.count == 10,
        RFC3339.seconds(text + "T00:00:00Z") != nil, StatementField.days.contains(text)
      else { return "\"\(name)\" must be a day between 2000-01-01 and 2038-01-01" }
      return nil
    case .article:
      guard let members = json.members, members.count == 1, members[0].name == "EAN-13",
        let digits = members[0].value.string, digits.utf8.count == 13,
        digits.utf8.allSatisfy({ (0x30...0x39).contains($0) })
      else { return "\"\(name)\" must be {\"EAN-13\": \"thirteen digits\"}" }
      return nil
    }
  }

  /// The interface's bounds; days compare as texts.
  private static let days = "2000-01-01"..."2038-01-01"

  private func unknown(_ word: String) -> String {
    "\"\(name)\": the Transparency Database does not know \(word)"
  }

  /// A member that is cut to the field's limit, with an ellipsis.
  static func cut(_ member: JSONValue.Member) -> JSONValue.Member {
    guard case .text(let limit)? = named[member.name]?.value, let text = member.value.string,
      text.unicodeScalars.count > limit
    else { return member }
    return .init(
      member.name,
      .string(String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit - 1))) + "…"))
  }
}
