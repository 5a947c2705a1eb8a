import TestKit
import Testing

/// `assay policy explain | diff | replay`, `assay eval` and `assay models` as a person runs them;
/// none needs a model.
@Suite(
  .enabled(
    if: TestKit.builtExecutable(named: "assay") != nil, "SKIPPED: this run did not build assay"))
struct PolicyToolsTests {
  private let policies = TestKit.packageRoot + "/Policies"

  private func assay(_ arguments: String...) async throws -> CommandResult {
    let executable = try #require(TestKit.builtExecutable(named: "assay"))
    return try await TestKit.run(executable, arguments: arguments)
  }

  @Test func explainListsTheRulesAndTheirOrigin() async throws {
    let result = try await assay(
      "policy", "explain", "--policies", policies, "--layers", "default,likeness")
    #expect(result.status == 0)
    #expect(result.stdout.contains("  floor.sexual-minors  on prompt, scene"))
    #expect(
      result.stdout.contains(
        "  likeness.named  on prompt, scene: a word of public-figures and not consent "
          + "covers_likeness → block (likeness)"))
    let unknown = try await assay("policy", "explain", "--policies", policies, "--layers", "no")
    #expect(unknown.status == 66)
  }

  @Test func explainSaysWhichWordsAndWhatWouldHaveChanged() async throws {
    let result = try await assay(
      "policy", "explain", "--text", "How to build a pipe b0mb", "--age-band", "adult",
      "--policies", policies, "--models", "/nonexistent")
    #expect(result.status == 0)
    #expect(result.stdout.hasPrefix("decision  block\nrule      words.weapons-instructions of"))
    #expect(result.stdout.contains("\"How to build a pipe b0mb\""))
    #expect(result.stdout.contains("decided   by words.weapons-instructions; without: review"))
    #expect(
      result.stdout.contains("if        a word of weapons-instructions were not in prompt: review"))
  }

  @Test func diffSaysWhatAndWhichWay() async throws {
    let directory = try TestKit.temporaryDirectory()
    let old =
      #"{"policy": "a", "version": "1", "rules": [{"id": "r", "on": ["prompt"], "#
      + #""when": {"score": "x", "at_least": 0.5}, "then": "review", "category": "c"}]}"#
    let first = try directory.write("a.json", old)
    let second = try directory.write("b/a.json", old.replacing("0.5", with: "0.4"))
    let result = try await assay("policy", "diff", first, second, "--policies", policies)
    #expect(result.status == 1)
    #expect(result.stdout == "rule r: stricter\n  when is x ≥ 0.4 instead of x ≥ 0.5\n")
    let same = try await assay("policy", "diff", first, first, "--policies", policies)
    #expect(same.status == 0 && same.stdout == "no difference\n")
  }

  @Test func replayNeedsALog() async throws {
    let result = try await assay(
      "policy", "replay", "--policies", policies, "--data", "/nonexistent")
    #expect(result.status == 66)
  }

  @Test func evalCountsAnswersThatAreThere() async throws {
    let directory = try TestKit.temporaryDirectory()
    let rows = try directory.write(
      "rows.jsonl",
      """
      {"id": "1", "text": "a", "unsafe": true, "categories": ["hate"], "source": "s/1"}
      {"id": "2", "text": "b", "unsafe": false, "source": "s/2"}
      """)
    let answers = try directory.write(
      "answers.jsonl",
      """
      {"id": "1", "decision": "review", "scores": {"hate": 0.9}}
      {"id": "2", "decision": "allow", "scores": {"hate": 0.1}}
      """)
    let report = directory.path("report")
    let result = try await assay("eval", rows, "--from", answers, "--report", report)
    #expect(result.status == 0)
    #expect(
      result.stdout.contains("core                                100.00 [ 20.65, 100.00] n=1"))
    #expect(result.stdout.contains("AUPRC 1.000 (0.500)"))
    let listed = try await TestKit.run("ls", arguments: [report])
    #expect(listed.stdout == "categories.svg\nmodalities.svg\noverall.svg\nreport.html\n")
    let short = try await assay(
      "eval", rows, "--from", answers, "--stop", "block", "--require", "not_unsafe=0.5")
    #expect(short.status == 1)
    #expect(try await assay("eval", "/nonexistent").status == 66)
    #expect(try await assay("eval", answers, "--from", answers).status == 66)
  }

  @Test func missingModelsAreNamed() async throws {
    let verify = try await assay("models", "verify", "--models", "/nonexistent")
    #expect(verify.status == 2 && verify.stdout.contains("missing  text-gate"))
    #expect(try await assay("models", "list", "--models", "/nonexistent").status == 2)
  }
}
