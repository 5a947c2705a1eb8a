import Evidence
import Moderation
import Policy
import TestKit
import Testing

struct TextModerationTests {
  static func moderation(
    _ policy: String = Bench.policy, unknown: UnknownReason? = nil
  ) throws -> TextModeration {
    TextModeration(
      policy: try PolicySet(
        layers: [PolicyDocument.parse(Array(policy.utf8), file: "floor.json")]),
      text: WordChecks(unknown: unknown))
  }

  @Test func aTextIsJudgedByTheRulesOfItsModality() async throws {
    let moderation = try Self.moderation()
    let prompt = await moderation.judge("some violence", as: .prompt)
    #expect(prompt.answer == .allow)
    #expect(prompt.decision.stage == .screen)
    #expect(prompt.rules.isEmpty)
    let spoken = await moderation.judge("some violence", as: .transcript)
    #expect(spoken.answer == .block)
    #expect(spoken.decision.stage == .inspect)
    #expect(spoken.rules == ["violence.spoken"])
    #expect(spoken.scores.map(\.category) == ["sexual", "violence"])
    #expect(spoken.scores.map(\.score) == [0.01, 0.99])
  }

  @Test func aMissingModelHoldsTheTextAndSaysWhy() async throws {
    let moderation = try Self.moderation(unknown: .modelMissing("minilm is not installed"))
    let judgement = await moderation.judge("a boat", as: .prompt)
    #expect(judgement.answer == .review)
    #expect(judgement.scores.isEmpty)
    #expect(judgement.doubts == ["model_missing: minilm is not installed"])
  }

  /// Neither a policy that lets failures pass nor one without rules for a text makes it clean.
  @Test(arguments: TextModeration.Modality.allCases)
  func aTextThatNothingJudgedIsNeverAllowed(_ modality: TextModeration.Modality) async throws {
    let lenient = """
      { "policy": "floor", "version": "1",
        "rules": [
          { "id": "sexual.text", "on": ["prompt"],
            "when": { "score": "sexual", "at_least": 0.8 }, "then": "block", "category": "sexual" }
        ],
        "checks": { "text": { "timeout_ms": 600000, "on_error": "allow", "scores": ["sexual"] } }
      }
      """
    let judgement = try await Self.moderation(lenient, unknown: .failed("out of memory"))
      .judge("a boat", as: modality)
    #expect(judgement.answer == .review)
    #expect(judgement.doubts == ["failed: out of memory"])
  }

  @Test func whatIsFlaggedGoesOn() {
    let rule = FiredRule(
      rule: "mild", policy: "floor", outcome: .flag, category: "violence", evidence: .prompt)
    let shadow = FiredRule(
      rule: "tried", policy: "floor", outcome: .block, category: "hate", evidence: .prompt,
      isShadow: true)
    let judgement = TextJudgement(
      decision: Decision(
        stage: .screen, outcome: .flag, fired: [rule, rule, shadow], policies: []), signals: [])
    #expect(judgement.answer == .allow)
    #expect(judgement.rules == ["mild"])
  }
}
