import Evidence
import Policy
import Testing

@Suite struct LayerStackTests {
  private static func rule(
    _ id: String = "sexual", on: String = #"["prompt"]"#, bound: Double = 0.8,
    then: String = "review", more: String = ""
  ) -> String {
    """
    {"id": "\(id)", "on": \(on), "when": {"score": "sexual", "at_least": \(bound)},
     "then": "\(then)", "category": "sexual"\(more)}
    """
  }

  private func stack(
    floor: String = "", operator upper: String, tenant lower: String,
    checks: (String, String) = ("{}", "{}"), marking: (String, String) = ("{}", "{}")
  ) throws(PolicyLoadError) -> PolicySet {
    try PolicySet(layers: [
      try policy("floor", rules: floor),
      try policy("default", rules: upper, checks: checks.0, marking: marking.0),
      try policy("tenant", rules: lower, checks: checks.1, marking: marking.1),
    ])
  }

  @Test(arguments: [
    rule(bound: 0.7), rule(then: "block"), rule(on: #"["prompt", "scene"]"#), rule(),
  ])
  func lowerLayerMayTighten(tighter: String) throws {
    let set = try stack(operator: Self.rule(), tenant: tighter)
    #expect(set.effectiveRules.map(\.policy) == ["tenant"])
    #expect(set.outcome([.text(["sexual": 0.85])]) >= .review)
  }

  @Test(arguments: [
    rule(bound: 0.9), rule(then: "flag"), rule(on: #"["scene"]"#),
    rule(more: #", "mode": "shadow""#),
    rule().replacing("\"score\": \"sexual\"", with: "\"score\": \"other\""),
  ])
  func lowerLayerMayNotLoosen(looser: String) throws {
    let found = diagnostics { () throws(PolicyLoadError) in
      _ = try stack(operator: Self.rule(), tenant: looser)
    }
    #expect(found.map(\.code) == ["loosened"])
    #expect(found.first?.file == "tenant.json")
    let upper = Self.rule(more: #", "may_be_loosened": true"#)
    let set = try stack(operator: upper, tenant: looser)
    #expect(set.effectiveRules.map(\.policy) == ["tenant"])
  }

  @Test func permissionToLoosenIsNotHandedOn() throws {
    let found = diagnostics { () throws(PolicyLoadError) in
      _ = try PolicySet(layers: [
        try policy("floor", rules: ""), try policy("default", rules: Self.rule()),
        try policy("tenant", rules: Self.rule(more: #", "may_be_loosened": true"#)),
        try policy("key", rules: Self.rule(bound: 0.95)),
      ])
    }
    #expect(found.map(\.file) == ["key.json"])
  }

  @Test func nothingTouchesTheFloor() {
    for rule in [Self.rule(then: "block"), Self.rule(bound: 0.9)] {
      let found = diagnostics { () throws(PolicyLoadError) in
        _ = try stack(
          floor: Self.rule(more: #", "may_be_loosened": true"#), operator: rule, tenant: "")
      }
      #expect(found.map(\.code) == ["floor-touched"])
    }
  }

  @Test func failingCheckOfTheFloorHoldsWhateverTheOperatorAllows() throws {
    let set = try stack(
      floor: Self.rule("floor.sexual"), operator: Self.rule(), tenant: "",
      checks: (#"{"text": {"on_error": "allow", "scores": ["sexual"]}}"#, "{}"))
    let decision = set.evaluate(
      stage: .screen, items: [.text([:], unknown: ["sexual": .timedOut])],
      subject: Subject(tenant: "test"))
    #expect(decision.outcome == .review)
    #expect(decision.fired.map(\.rule) == ["floor.sexual", "sexual"])
    #expect(decision.fired.map(\.outcome) == [.review, .flag])
    #expect(set.banner.count == 1)
  }

  @Test func lowerLayerTightensAFailingCheckForAllAbove() throws {
    let set = try stack(
      operator: Self.rule(), tenant: "",
      checks: (#"{"text": {"on_error": "hold"}}"#, #"{"text": {"on_error": "block"}}"#))
    #expect(set.outcome([.text([:], unknown: ["sexual": .timedOut])]) == .block)
    let found = diagnostics { () throws(PolicyLoadError) in
      _ = try stack(
        operator: Self.rule(), tenant: "",
        checks: (#"{"text": {"on_error": "hold"}}"#, #"{"text": {"on_error": "allow"}}"#))
    }
    #expect(found.map(\.code) == ["loosened"])
  }

  @Test func markOfAHigherLayerStays() throws {
    let found = diagnostics { () throws(PolicyLoadError) in
      _ = try stack(
        operator: "", tenant: "",
        marking: (#"{"visible": "always"}"#, #"{"visible": "never"}"#))
    }
    #expect(found.map(\.code) == ["loosened"])
    let unheard = diagnostics { () throws(PolicyLoadError) in
      _ = try stack(
        operator: "", tenant: "",
        marking: (#"{"audible": "spoken"}"#, #"{"audible": "never"}"#))
    }
    #expect(unheard.map(\.code) == ["loosened"])
    let chosen = try stack(operator: "", tenant: "", marking: ("{}", #"{"audible": "never"}"#))
    #expect(chosen.marking.audible == .never)
    let silent = try stack(
      operator: "", tenant: "", marking: (#"{"creator_name": true}"#, "{}"))
    #expect(silent.marking == Marking(visible: .always, creatorName: true, audible: .rhythm))
  }
}

extension String {
  fileprivate func replacing(_ old: String, with new: String) -> String {
    split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
  }
}
