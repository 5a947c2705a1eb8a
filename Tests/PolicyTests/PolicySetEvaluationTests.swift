import Evidence
import Policy
import Testing

@Suite struct PolicySetEvaluationTests {
  private func rule(
    _ id: String, _ when: String, then: String, on: String = #"["prompt"]"#, more: String = ""
  ) -> String {
    """
    {"id": "\(id)", "on": \(on), "when": \(when), "then": "\(then)", "category": "c"\(more)}
    """
  }

  private let hit = #"{"score": "x", "at_least": 0.5}"#
  private let someone = Subject(tenant: "test")

  @Test func mostSevereWinsAndAllAreReported() throws {
    let set = try policySet(
      rules: [
        rule("flags", hit, then: "flag"), rule("blocks", hit, then: "block"),
        rule("reviews", hit, then: "review", more: #", "say": "Wait.""#),
        rule("misses", #"{"score": "x", "at_least": 0.9}"#, then: "block"),
      ].joined(separator: ","))
    let decision = set.evaluate(stage: .screen, items: [.text(["x": 0.6])], subject: someone)
    #expect(decision.outcome == .block)
    #expect(decision.fired.map(\.rule) == ["blocks", "reviews", "flags"])
    #expect(decision.fired[1].say == "Wait.")
    #expect(decision.fired[0].score == 0.6 && decision.fired[0].signal == "x")
    #expect(decision.policies.map(\.name) == ["floor", "default"])
  }

  @Test func rulesDifferByStage() throws {
    let set = try policySet(rules: rule("spoken", hit, then: "block", on: #"["transcript"]"#))
    #expect(set.outcome([.text(.prompt, ["x": 0.9])]) == .allow)
    #expect(set.outcome([.text(.transcript, ["x": 0.9])]) == .block)
  }

  @Test func shadowRulesAreLoggedAndNotEnforced() throws {
    let set = try policySet(rules: rule("new", hit, then: "block", more: #", "mode": "shadow""#))
    let decision = set.evaluate(stage: .screen, items: [.text(["x": 0.6])], subject: someone)
    #expect(decision.outcome == .allow)
    #expect(decision.fired.map(\.isShadow) == [true])
  }

  @Test(arguments: [
    ("allow", "block", Outcome.flag), ("hold", "block", .review), ("hold", "flag", .flag),
    ("block", "review", .block),
  ])
  func failedCheckObeysOnError(onError: String, then: String, wanted: Outcome) throws {
    let set = try policySet(
      rules: rule("r", hit, then: then), checks: #"{"text": {"on_error": "\#(onError)"}}"#)
    let item = EvidenceItem.text([:], unknown: ["x": .modelMissing("heads.json")])
    let decision = set.evaluate(stage: .screen, items: [item], subject: someone)
    #expect(decision.outcome == wanted)
    #expect(decision.fired.map(\.unknown) == [.modelMissing("heads.json")])
    #expect(decision.fired.first?.score == nil)
  }

  @Test func scoreThatNobodyGaveHolds() throws {
    let set = try policySet(
      rules: rule("r", hit, then: "block"),
      checks: #"{"text": {"on_error": "block", "scores": ["x"]}}"#)
    #expect(set.outcome([.text([:])]) == .block)
    let unlisted = try policySet(rules: rule("r", hit, then: "block"))
    #expect(unlisted.outcome([.text([:])]) == .review)
  }

  @Test func strictestCheckDecidesAmongSeveral() throws {
    let set = try policySet(
      rules: rule(
        "r", #"{"all": [{"score": "x", "at_least": 0.5}, {"score": "y", "at_least": 0.5}]}"#,
        then: "block"),
      checks: #"{"x": {"on_error": "allow"}, "y": {"on_error": "hold"}}"#)
    #expect(set.outcome([.text([:])]) == .review)
    #expect(set.outcome([.text(["y": 0.9])]) == .flag)
    // One part that is false settles it.
    #expect(set.outcome([.text(["x": 0.1])]) == .allow)
  }

  @Test func nothingToJudgeIsHeld() throws {
    let set = try policySet(rules: "")
    #expect(set.outcome([], stage: .inspect) == .review)
    #expect(set.outcome([], stage: .screen) == .review)
    #expect(set.outcome([], stage: .release) == .allow)
  }

  @Test func longClipMakesNoLongLeaf() throws {
    let set = try policySet(rules: rule("r", hit, then: "block", on: #"["transcript"]"#))
    var items = (0..<500).map { EvidenceItem.text(.transcript, [:], at: Double($0)...Double($0)) }
    items.append(.text(.transcript, ["x": 0.9], at: 600...601))
    let decision = set.evaluate(stage: .inspect, items: items, subject: someone)
    #expect(decision.outcome == .block)
    #expect(decision.fired.count == 16)
    #expect(decision.fired.first?.time == 600...601)
  }

  @Test func thousandRules() throws {
    let rules = (0..<1000).map { index in
      rule(
        "rule-\(index)", #"{"score": "s\#(index)", "at_least": 0.5}"#,
        then: index.isMultiple(of: 2) ? "review" : "flag")
    }
    let set = try policySet(rules: rules.joined(separator: ","))
    var scores: [String: Double] = [:]
    for index in 0..<1000 { scores["s\(index)"] = index == 123 || index == 777 ? 0.7 : 0.2 }
    let decision = set.evaluate(stage: .screen, items: [.text(scores)], subject: someone)
    #expect(decision.outcome == .flag)
    #expect(decision.fired.map(\.rule) == ["rule-123", "rule-777"])
    scores["s500"] = 0.5
    #expect(set.outcome([.text(scores)]) == .review)
  }
}
