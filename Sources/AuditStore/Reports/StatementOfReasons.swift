public import StrictJSON

/// One statement of reasons for the DSA Transparency Database: what was restricted, on which
/// ground, by whom found and decided. Holds nothing of the content and nobody's name.
public struct StatementOfReasons: Equatable, Sendable {
  /// The fields as the Transparency Database's interface takes them.
  public let json: JSONValue

  /// Nil when the leaf restricts nothing that the profile reports.
  public init?(_ leaf: StreamedLeaf, profile: StatementProfile) {
    guard let facts = leaf.facts(), facts.isDecision, profile.decisions.contains(facts.decision)
    else { return nil }
    let date = JSONValue.string(String(facts.timestamp.prefix(10)))
    let deciding = facts.rules.filter { !$0.isShadow && $0.outcome == facts.decision }
    let first = deciding.first ?? facts.rules.first { !$0.isShadow }
    let fill = { (text: String) in
      text.replacing("{rule}", with: first?.rule ?? "unnamed")
        .replacing("{category}", with: first?.category ?? "other")
        .replacing("{stage}", with: facts.stage)
        .replacing(
          "{policies}",
          with: facts.policies.map { "\($0.name) \($0.version)" }.joined(separator: ", "))
    }
    let isIllegal = profile.decisionGround == "DECISION_GROUND_ILLEGAL_CONTENT"
    let category =
      first.flatMap { profile.categories[$0.category] } ?? profile.categories["default"]
    var fields: [JSONValue.Member] = [
      .init("decision_visibility", .array(profile.visibility.map { .string($0) })),
      .init("decision_ground", .string(profile.decisionGround)),
      .init(
        isIllegal ? "illegal_content_legal_ground" : "incompatible_content_ground",
        .string(fill(profile.ground))),
      .init(
        isIllegal ? "illegal_content_explanation" : "incompatible_content_explanation",
        .string(fill(profile.explanation))),
      .init(
        "content_type",
        .array(
          (profile.contentTypes[facts.stage] ?? profile.contentTypes["default"] ?? [])
            .map { .string($0) })),
      .init("category", .string(category ?? "")),
      .init("content_date", date),
      .init("application_date", date),
      .init("decision_facts", .string(StatementOfReasons.account(of: facts, deciding))),
      .init("source_type", .string(profile.sourceType)),
      .init("automated_detection", .string(deciding.isEmpty ? "No" : "Yes")),
      .init("automated_decision", .string(StatementOfReasons.automation(of: facts))),
      .init("puid", .string(StatementOfReasons.identifier(of: facts.id))),
    ]
    fields += profile.constants
    json = .object(fields.map(StatementOfReasons.cut))
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

  private static func cut(_ member: JSONValue.Member) -> JSONValue.Member {
    guard let limit = StatementWords.limits[member.name], let text = member.value.string,
      text.unicodeScalars.count > limit
    else { return member }
    return .init(
      member.name,
      .string(String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit - 1))) + "…"))
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
        guard let statement = StatementOfReasons(leaf, profile: profile),
          let facts = leaf.facts(), filter.matches(facts, index: leaf.index, time: leaf.time)
        else { continue }
        try write(statement)
        count += 1
      }
    }
    return count
  }
}
