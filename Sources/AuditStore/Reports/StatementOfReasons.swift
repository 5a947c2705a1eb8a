import Bytes
public import StrictJSON

/// One statement of reasons for the DSA Transparency Database: what was restricted, on which
/// ground, by whom found and decided. Holds nothing of the content and nobody's name.
public struct StatementOfReasons: Equatable, Sendable {
  /// The fields as the Transparency Database's interface takes them.
  public let json: JSONValue

  /// Nil when the leaf restricts nothing that the profile reports.
  ///
  /// - Parameter contentTime: milliseconds since 1970 when the content was asked for, where that is
  ///   known; the time of the decision otherwise.
  public init?(_ leaf: StreamedLeaf, profile: StatementProfile, contentTime: Int64? = nil) {
    guard let facts = leaf.facts(), facts.isDecision, profile.decisions.contains(facts.decision)
    else { return nil }
    let deciding = facts.rules.filter { !$0.isShadow && $0.outcome == facts.decision }
    let rules = deciding.isEmpty ? facts.rules.filter { !$0.isShadow } : deciding
    let applied = RFC3339.seconds(facts.timestamp).map { $0 * 1000 } ?? leaf.time
    let content = Content(
      kinds: [facts.stage, String(facts.asset.prefix { $0 != "_" })],
      categories: rules.isEmpty ? ["other"] : rules.map(\.category),
      contentDay: StatementOfReasons.day(contentTime ?? applied), applied: applied,
      facts: StatementOfReasons.account(of: facts, deciding), automatedDetection: !deciding.isEmpty,
      automatedDecision: StatementOfReasons.automation(of: facts),
      identifier: StatementOfReasons.identifier(of: facts.id))
    let members = content.members(profile: profile) { text in
      text.replacing("{rule}", with: rules.first?.rule ?? "unnamed")
        .replacing("{category}", with: rules.first?.category ?? "other")
        .replacing("{stage}", with: facts.stage)
        .replacing(
          "{policies}",
          with: facts.policies.map { "\($0.name) \($0.version)" }.joined(separator: ", "))
    }
    json = .object(members.map(StatementField.cut))
  }

  /// What a statement takes from the decision.
  struct Content {
    /// What the profile may know the type of content by, the first one first: the stage (`screen`
    /// judges the words of a request), and what the job's id begins with (`img`, `speech`, `video`).
    let kinds: [String]
    /// Of the rules that decided, the first one first; at least one.
    let categories: [String]
    let contentDay: String
    /// Milliseconds since 1970.
    let applied: Int64
    let facts: String
    let automatedDetection: Bool
    let automatedDecision: String
    let identifier: String

    /// All fields, in the interface's order.
    func members(
      profile: StatementProfile, fill: (String) -> String
    ) -> [JSONValue.Member] {
      let isIllegal = profile.isIllegalContent
      let kind = kinds.first { profile.contentTypes[$0] != nil } ?? "default"
      let types = profile.contentTypes[kind] ?? []
      let words = categories.compactMap { profile.categories[$0] ?? profile.categories["default"] }
      let additions = Set(words).subtracting(words.prefix(1)).sorted()
      let keywords = Set(categories.flatMap { profile.specifications[$0] ?? [] }).sorted()
      var values: [String: JSONValue] = [
        isIllegal ? "illegal_content_legal_ground" : "incompatible_content_ground":
          .string(fill(profile.ground)),
        isIllegal ? "illegal_content_explanation" : "incompatible_content_explanation":
          .string(fill(profile.explanation)),
        "content_type": .array(types.map { .string($0) }),
        "category": .string(words.first ?? ""),
        "content_date": .string(contentDay),
        "application_date": .string(StatementOfReasons.day(applied)),
        "decision_facts": .string(facts),
        "automated_detection": .string(automatedDetection ? "Yes" : "No"),
        "automated_decision": .string(automatedDecision),
        "puid": .string(identifier),
      ]
      if !additions.isEmpty {
        values["category_addition"] = .array(additions.map { .string($0) })
      }
      if !keywords.isEmpty {
        values["category_specification"] = .array(keywords.map { .string($0) })
      }
      for (_, end, name) in StatementRules.ends {
        guard let days = profile.endAfterDays[name] else { continue }
        values[end] = .string(StatementOfReasons.day(applied + Int64(days) * 86_400_000))
      }
      for field in profile.fields
      where field.name != "content_type_other" || types.contains("CONTENT_TYPE_OTHER") {
        values[field.name] = field.value
      }
      return StatementField.all.compactMap { field in
        values[field.name].map { .init(field.name, $0) }
      }
    }
  }

  private static func day(_ milliseconds: Int64) -> String {
    String(RFC3339.text(milliseconds: milliseconds).prefix(10))
  }

  /// The decision's id with what a `puid` may hold: `[A-Za-z0-9-_]`. Our ids have dots besides.
  public static func identifier(of decision: String) -> String {
    String(
      decision.unicodeScalars.map { scalar -> Character in
        switch scalar {
        case "A"..."Z", "a"..."z", "0"..."9", "-", "_": Character(scalar)
        default: "-"
        }
      })
  }

  private static func automation(of facts: LeafFacts) -> String {
    guard facts.reviewer != nil else { return "AUTOMATED_DECISION_FULLY" }
    return facts.rules.isEmpty ? "AUTOMATED_DECISION_NOT_AUTOMATED" : "AUTOMATED_DECISION_PARTIALLY"
  }

  /// What happened, from the leaf alone: no text or picture of the content, no person.
  private static func account(of facts: LeafFacts, _ deciding: [LeafFacts.Rule]) -> String {
    var sentences = [
      facts.stage == "screen"
        ? "The request was judged before anything was generated."
        : "The generated content was judged at the stage \(facts.stage), before it could be delivered."
    ]
    for rule in deciding {
      var sentence =
        "Rule \(rule.rule) of policy \(rule.policy) fired on the evidence \(rule.evidence)"
      if let from = rule.fromMilliseconds { sentence += " at \(Double(from) / 1000) s" }
      if let score = rule.score { sentence += " with a score of \(Double(score) / 1_000_000)" }
      if rule.unknown != nil { sentence += ", because a check had no answer" }
      sentences.append(sentence + ", category \(rule.category).")
    }
    if facts.omittedRules > 0 { sentences.append("\(facts.omittedRules) more rules fired.") }
    sentences.append(
      facts.reviewer == nil
        ? "No person took part in the decision." : "A person confirmed or took the decision.")
    sentences.append("The decision is entry \(facts.id) of the operator's audit log.")
    return sentences.joined(separator: " ")
  }
}

extension AuditReader {
  /// Writes a statement for each decision that fits and restricts something, oldest first. Returns
  /// how many.
  public func exportStatements(
    _ filter: LogFilter, profile: StatementProfile,
    write: @escaping @Sendable (StatementOfReasons) throws -> Void
  ) async throws -> Int {
    var count = 0
    for try await page in try await leaves(0..<(filter.before ?? .max)) {
      for leaf in page where filter.includes(time: leaf.time) {
        guard let facts = leaf.facts(), profile.decisions.contains(facts.decision),
          filter.matches(facts, index: leaf.index, time: leaf.time),
          let statement = StatementOfReasons(
            leaf, profile: profile, contentTime: try await firstTime(ofAsset: facts.asset))
        else { continue }
        try write(statement)
        count += 1
      }
    }
    return count
  }
}
