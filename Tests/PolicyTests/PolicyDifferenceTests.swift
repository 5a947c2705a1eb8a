import Evidence
import Testing

@testable import Policy

@Suite struct PolicyDifferenceTests {
  private func difference(_ old: String, _ new: String) throws -> [PolicyDifference.Change] {
    PolicyDifference(from: try policySet(rules: old), to: try policySet(rules: new)).changes
  }

  private static let base = """
    {"id": "a", "on": ["prompt", "scene"], "when": {"all": [{"score": "x", "at_least": 0.5},
     {"lexicon": "l"}]}, "then": "review", "category": "c"}
    """

  @Test func orderNotesAndNestingDoNotCount() throws {
    let same = """
      {"id": "a", "note": "why", "on": ["scene", "prompt"], "when": {"not": {"not": {"all": [
       {"all": [{"lexicon": "l"}]}, {"score": "x", "at_least": 0.5}]}}}, "then": "review",
       "category": "c"}
      """
    #expect(try difference(Self.base, same) == [])
  }

  @Test func saysWhatChangedAndWhichWay() throws {
    let stricter = Self.base.replacing("0.5", with: "0.4").replacing("review", with: "block")
    let changes = try difference(Self.base, stricter)
    #expect(changes.map(\.subject) == [.rule("a")])
    #expect(changes.first?.direction == .stricter)
    #expect(
      changes.first?.details == [
        "when is a word of l and x ≥ 0.4 instead of a word of l and x ≥ 0.5",
        "then is block instead of review",
      ])
    #expect(try difference(stricter, Self.base).first?.direction == .looser)
    let mixed = Self.base.replacing("0.5", with: "0.6").replacing("review", with: "block")
    #expect(try difference(Self.base, mixed).first?.direction == .other)
  }

  @Test func rulesComeAndGo() throws {
    let other = Self.base.replacing("\"a\"", with: "\"b\"")
    let changes = try difference(Self.base, other)
    #expect(changes.map(\.subject) == [.rule("a"), .rule("b")])
    #expect(changes.map(\.direction) == [.looser, .stricter])
  }

  @Test func checksAndMarkingCount() throws {
    let old = try PolicySet(layers: [try policy("floor", rules: "")])
    let new = try PolicySet(layers: [
      try policy(
        "floor", rules: "", checks: #"{"text": {"on_error": "block", "timeout_ms": 5}}"#,
        marking: #"{"watermark": "always"}"#)
    ])
    let changes = PolicyDifference(from: old, to: new).changes
    #expect(changes.map(\.subject) == [.check("text"), .marking])
    #expect(changes.map(\.direction) == [.stricter, .stricter])
    #expect(changes.first?.details.first == "on_error is block instead of hold")
  }
}
