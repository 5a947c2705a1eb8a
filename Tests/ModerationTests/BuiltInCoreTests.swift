import Testing

@testable import Moderation

struct BuiltInCoreTests {
  @Test(
    "what stands between quotes is spoken",
    arguments: [
      (#"A voice says "welcome home"."#, ["welcome home"]),
      ("“Hello” and then “good  bye”", ["Hello", "good bye"]),
      ("no quotes", []),
      (#"an "unclosed quote"#, []),
      (#"empty "" quotes"#, []),
    ])
  func findsDialogue(prompt: String, lines: [String]) {
    #expect(BuiltInCore.dialogue(in: prompt) == lines)
  }

  @Test func captionsAreShownWhenAsked() {
    #expect(BuiltInCore.caption(of: Bench.request("p")) == nil)
    #expect(BuiltInCore.caption(of: Bench.request("p", extras: ["caption": "true"])) == "p")
    #expect(BuiltInCore.caption(of: Bench.request("p", extras: ["caption": "false"])) == nil)
    #expect(
      BuiltInCore.caption(of: Bench.request("p", extras: ["caption": "Tonight"])) == "Tonight")
  }

  @Test func theSameRequestGivesTheSameSeedAndASeedFieldAnother() {
    let plain = BuiltInCore.seed(of: Bench.request("p"))
    #expect(plain == BuiltInCore.seed(of: Bench.request("p")))
    #expect(plain != BuiltInCore.seed(of: Bench.request("p", extras: ["seed": "2"])))
    #expect(plain != BuiltInCore.seed(of: Bench.request("q")))
  }

  @Test func itNeverClaimsToBeAModel() {
    let identity = BuiltInCore(media: CopyingMedia()).identity
    #expect(!identity.isModel)
    #expect(identity.digitalSourceType.hasSuffix("/algorithmicMedia"))
  }
}
