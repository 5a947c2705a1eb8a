import Testing

@testable import Policy

@Suite struct NearestNameTests {
  @Test(arguments: [
    ("promt", "prompt"), ("trascript", "transcript"), ("bolck", "block"), ("Block", "block"),
  ])
  func findsWhatWasMeant(typed: String, meant: String) {
    #expect(NearestName.find(typed, among: ["prompt", "transcript", "block", "scene"]) == meant)
  }

  @Test func staysSilentWhenNothingIsNear() {
    #expect(NearestName.find("banana", among: ["prompt", "block"]) == nil)
    #expect(NearestName.find("x", among: ["abc"]) == nil)
    #expect(NearestName.hint(for: "prompts", among: ["prompt"]) == "; did you mean \"prompt\"?")
  }
}
