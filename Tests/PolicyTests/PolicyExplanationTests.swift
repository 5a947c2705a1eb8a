import Evidence
import Testing

@testable import Policy

@Suite struct PolicyExplanationTests {
  private func set() throws -> PolicySet {
    try policySet(
      rules: """
        {"id": "x.review", "on": ["prompt"], "when": {"score": "x", "at_least": 0.5},
         "then": "review", "category": "c"},
        {"id": "x.block", "on": ["prompt"], "when": {"score": "x", "at_least": 0.9},
         "then": "block", "category": "c"},
        {"id": "young", "on": ["prompt"], "when": {"all": [{"subject": "age_band",
         "in": ["under_13"]}, {"score": "x", "at_least": 0.2}]}, "then": "block", "category": "c"}
        """)
  }

  @Test func namesTheDecidingRuleAndTheNearestTurns() throws {
    let explanation = try set().explain(
      stage: .screen, items: [.text(["x": 0.95, "y": 0.1])],
      subject: Subject(tenant: "t", ageBand: .adult))
    #expect(explanation.deciding == ["x.block"])
    #expect(explanation.outcomeWithoutThem == .review)
    #expect(explanation.turns.count == 1)
    let turn = try #require(explanation.turns.first)
    #expect(turn.signal == "x" && turn.isBelow && turn.outcome == .review)
    #expect(turn.needed < 0.9 && turn.needed > 0.89)
    #expect(explanation.byAgeBand.isEmpty)
  }

  @Test func saysWhatWouldBeStricterAndForWhom() throws {
    let explanation = try set().explain(
      stage: .screen, items: [.text(["x": 0.3])], subject: Subject(tenant: "t", ageBand: .adult))
    #expect(explanation.decision.outcome == .allow && explanation.deciding == [])
    #expect(explanation.turns.map(\.needed) == [0.5] && explanation.turns[0].outcome == .review)
    #expect(explanation.byAgeBand.map(\.band) == [.unknown, .under13])
    #expect(explanation.byAgeBand.map(\.outcome) == [.review, .block])
  }
}
