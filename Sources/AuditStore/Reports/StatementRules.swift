import StrictJSON

/// What the Transparency Database's interface demands across the fields of one statement.
enum StatementRules {
  /// A restriction, the field that says when it ends, and the name of the latter in a profile.
  static let ends = [
    (measure: "decision_visibility", end: "end_date_visibility_restriction", name: "visibility"),
    (measure: "decision_monetary", end: "end_date_monetary_restriction", name: "monetary"),
    (measure: "decision_provision", end: "end_date_service_restriction", name: "service"),
    (measure: "decision_account", end: "end_date_account_restriction", name: "account"),
  ]

  /// Fields whose word OTHER asks for a sentence, which nothing else may have.
  private static let companions = [
    (field: "decision_visibility", word: "DECISION_VISIBILITY_OTHER"),
    (field: "decision_monetary", word: "DECISION_MONETARY_OTHER"),
    (field: "content_type", word: "CONTENT_TYPE_OTHER"),
  ]

  private static let required = [
    "decision_ground", "content_type", "category", "content_date", "application_date",
    "decision_facts", "source_type", "automated_detection", "automated_decision", "puid",
  ]

  /// What is wrong with a whole statement; empty when the interface takes it.
  static func mistakes(in statement: JSONValue) -> [String] {
    let members = statement.members ?? []
    var mistakes = members.compactMap { member in
      guard let field = StatementField.named[member.name] else {
        return "\(member.name) is no field of a statement"
      }
      return field.mistake(in: member.value)
    }
    mistakes += required.filter { statement[$0] == nil }.map { "\"\($0)\" is missing" }
    if ends.allSatisfy({ statement[$0.measure] == nil }) {
      mistakes.append(
        "one of \(ends.map { "\"\($0.measure)\"" }.joined(separator: ", ")) is needed")
    }
    for (measure, end, _) in ends where statement[end] != nil && statement[measure] == nil {
      mistakes.append("\"\(end)\" ends a restriction that \"\(measure)\" does not name")
    }
    for (field, word) in companions {
      let hasOther = words(statement[field]).contains(word)
      if hasOther != (statement["\(field)_other"] != nil) {
        mistakes.append(
          hasOther
            ? "\(word) needs \"\(field)_other\"" : "\"\(field)_other\" goes with \(word) alone")
      }
    }
    if statement["source_identity"] != nil,
      statement["source_type"]?.string == StatementWords.ownInitiative
    {
      mistakes.append("\"source_identity\" goes with a notice, not with SOURCE_VOLUNTARY")
    }
    return mistakes + groundMistakes(in: statement)
  }

  private static func groundMistakes(in statement: JSONValue) -> [String] {
    let isIllegal = statement["decision_ground"]?.string == StatementWords.illegalContent
    let illegal = ["illegal_content_legal_ground", "illegal_content_explanation"]
    let incompatible = ["incompatible_content_ground", "incompatible_content_explanation"]
    let needed = isIllegal ? illegal : incompatible
    let foreign = isIllegal ? incompatible + ["incompatible_content_illegal"] : illegal
    return needed.filter { statement[$0] == nil }.map { "\"\($0)\" is missing" }
      + foreign.filter { statement[$0] != nil }.map {
        "\"\($0)\" does not go with the ground \(statement["decision_ground"]?.string ?? "")"
      }
  }

  private static func words(_ value: JSONValue?) -> [String] {
    value?.string.map { [$0] } ?? value?.array?.compactMap(\.string) ?? []
  }
}
