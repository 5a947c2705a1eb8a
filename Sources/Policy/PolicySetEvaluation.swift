public import Evidence

extension PolicySet {
  /// Of one rule, the log keeps this many firings; more would say nothing new, and a long clip must
  /// not make a long leaf.
  static let firingsKept = 16

  /// Judges what the checks said. Pure: the same arguments give the same decision.
  ///
  /// A rule that is unknown obeys the `on_error` of the check that has no answer: `hold` gives
  /// review (or flag, where the rule could at most flag), `block` block, `allow` flag, so that the
  /// record shows it. Evidence that should be there and is not is the caller's to pass, as an item
  /// with unknown signals; a screen or an inspection without any item at all is held.
  public func evaluate(stage: Stage, items: [EvidenceItem], subject: Subject) -> Decision {
    var board = RuleScreen.Board(screen, items: items, subject: subject)
    var indexed = [IndexedItem?](repeating: nil, count: items.count)
    var fired: [FiredRule] = []
    var outcome = Outcome.allow
    // By index: most rules are passed over, and a rule is too large to copy for that.
    for index in rules.indices {
      let suspects = board.suspects(ofRule: index)
      if suspects.isEmpty { continue }
      let effective = rules[index]
      let judged = suspects.map { suspect in
        let item = indexed[suspect] ?? IndexedItem(items[suspect])
        indexed[suspect] = item
        return item
      }
      var firings = firings(of: effective, items: judged, subject: subject)
      if firings.isEmpty { continue }
      if effective.rule.mode == .enforce {
        outcome = max(outcome, firings.lazy.map(\.outcome).max() ?? .allow)
      }
      if firings.count > Self.firingsKept {
        firings = Array(Self.mostSevereFirst(firings).prefix(Self.firingsKept))
      }
      fired += firings
    }
    if items.isEmpty, stage == .screen || stage == .inspect {
      outcome = max(outcome, .review)
      fired.append(nothingToJudge(stage))
    }
    return Decision(
      stage: stage, outcome: outcome, fired: Self.mostSevereFirst(fired), policies: identities)
  }

  private func nothingToJudge(_ stage: Stage) -> FiredRule {
    FiredRule(
      rule: "no-evidence", policy: layers[0].name, outcome: .review, category: "unverified",
      evidence: stage == .screen ? .prompt : .frame,
      unknown: .notEvaluated("the \(stage.rawValue) stage had nothing to judge"))
  }

  /// - Parameter items: of kinds that the rule judges, in their order.
  private func firings(
    of effective: EffectiveRule, items: [IndexedItem], subject: Subject
  ) -> [FiredRule] {
    let rule = effective.rule
    var judged: [Window.Judged] = []
    for indexed in items {
      let verdict = rule.when.evaluate(indexed, subject: subject, checks: checkOfScore)
      if verdict.truth != .isFalse {
        judged.append(Window.Judged(item: indexed.item, verdict: verdict))
      }
    }
    guard !judged.isEmpty else { return [] }
    let matches =
      rule.over.map { Window.matches(judged, over: $0) } ?? judged.map(Window.Match.init)
    return matches.map { firing(of: effective, match: $0) }
  }

  private func firing(of effective: EffectiveRule, match: Window.Match) -> FiredRule {
    let rule = effective.rule
    var outcome = rule.then
    var doubt: Verdict.Doubt?
    if match.isUnknown {
      let table = onError[effective.layer]
      let strictest = match.doubts.max { left, right in
        (table[left.check] ?? .hold) < (table[right.check] ?? .hold)
      }
      doubt = strictest
      switch strictest.flatMap({ table[$0.check] }) ?? .hold {
      case .allow: outcome = .flag
      case .hold: outcome = min(rule.then, .review)
      case .block: outcome = .block
      }
    }
    return FiredRule(
      rule: rule.id, policy: effective.policy, outcome: outcome, category: rule.category,
      say: rule.say, evidence: match.kind, time: match.time,
      score: doubt == nil ? match.witness?.score : nil,
      signal: doubt?.signal ?? match.witness?.signal, unknown: doubt?.reason,
      isShadow: rule.mode == .shadow)
  }

  /// Enforced before shadow, then by severity, then in the order of the rules.
  private static func mostSevereFirst(_ fired: [FiredRule]) -> [FiredRule] {
    fired.enumerated().sorted { left, right in
      let (a, b) = (left.element, right.element)
      if a.isShadow != b.isShadow { return b.isShadow }
      if a.outcome != b.outcome { return a.outcome > b.outcome }
      if (a.unknown == nil) != (b.unknown == nil) { return a.unknown == nil }
      return left.offset < right.offset
    }.map(\.element)
  }
}
