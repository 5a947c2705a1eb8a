import Evidence
import Policy
import Testing

@Suite struct PolicySetTests {
  @Test func lowestLayerSaysHowLongACheckMayTake() throws {
    let set = try PolicySet(layers: [
      try policy("floor", rules: "", checks: #"{"text": {"timeout_ms": 5000}}"#),
      try policy("default", rules: "", checks: #"{"text": {"timeout_ms": 100}}"#),
    ])
    #expect(set.timeout(of: "text") == .milliseconds(100))
    #expect(set.timeout(of: "other") == PolicySet.defaultTimeout)
  }

  @Test func floorsMarkingStands() throws {
    let set = try PolicySet(layers: [
      try policy("floor", rules: "", marking: #"{"creator_name": false}"#),
      try policy("default", rules: "", marking: #"{"creator_name": true, "watermark": "always"}"#),
    ])
    #expect(
      set.marking
        == Marking(visible: .always, creatorName: false, watermark: .always, audible: .rhythm))
  }

  @Test func saysWhichSignalsItReads() throws {
    let set = try policySet(
      rules: """
        {"id": "a", "on": ["prompt"], "then": "block", "category": "c",
         "when": {"any": [{"score": "sexual", "at_least": 0.5}, {"lexicon": "slurs"}]}}
        """)
    #expect(set.signalsRead(on: .prompt) == ["sexual", "lexicon:slurs"])
    #expect(set.signalsRead(on: .frame) == [])
  }

  @Test func doubtsAreWarnings() throws {
    let set = try policySet(
      rules: """
        {"id": "a", "on": ["prompt"], "then": "block", "category": "c",
         "when": {"score": "sexaul", "at_least": 0.5}},
        {"id": "b", "on": ["prompt"], "then": "block", "category": "c",
         "when": {"score": "sexaul", "at_least": 0.5}}
        """,
      checks: #"{"text": {"scores": ["sexual"]}, "nudity": {"timeout_ms": 10}}"#)
    #expect(
      Set(set.warnings.map(\.code)) == ["unknown-score", "same-rule", "unread-check"])
    #expect(set.warnings.contains { $0.message.hasSuffix("did you mean \"sexual\"?") })
    #expect(set.warnings.allSatisfy { $0.severity == .warning && $0.line > 0 })
  }
}
