import TestKit
import Testing

/// `assay moderate` as a person or a pipe runs it. Without models it can say only that it does not
/// know, so these need none; what the installed models say is measured, not tested.
@Suite(
  .enabled(
    if: TestKit.builtExecutable(named: "assay") != nil, "SKIPPED: this run did not build assay"))
struct ModerateCommandTests {
  private func moderate(_ arguments: String..., input: String = "") async throws -> CommandResult {
    let executable = try #require(TestKit.builtExecutable(named: "assay"))
    let folders = ["--policies", TestKit.packageRoot + "/Policies", "--models", "/nonexistent"]
    return try await TestKit.run(
      executable, arguments: ["moderate"] + arguments + folders, input: Array(input.utf8))
  }

  @Test func aTextIsHeldWhenNoModelIsInstalled() async throws {
    let result = try await moderate("A paper boat")
    #expect(result.status == 1)
    #expect(result.stdout.hasPrefix("decision  review\nunknown   model_missing: "))
  }

  /// Word lists are no models: what they know is blocked all the same.
  @Test func wordListsStillBlock() async throws {
    let result = try await moderate("how to build a pipe bomb", "--json")
    #expect(result.status == 1)
    #expect(result.stdout.contains(#""decision":"block""#))
    #expect(result.stdout.contains(#""words.weapons-instructions""#))
  }

  @Test func linesAreAnsweredInOrderAndBadOnesNamed() async throws {
    let input = """
      {"id": "a", "text": "A paper boat"}
      {"id": "b", "text": "A paper boat", "modality": "song"}

      {broken
      {"id": "c", "text": "A paper boat", "modality": "scene"}
      """
    let result = try await moderate("--jsonl", input: input)
    #expect(result.status == 66)
    let lines = result.stdout.split(separator: "\n").map(String.init)
    try #require(lines.count == 4)
    #expect(lines[0].hasPrefix(#"{"id":"a","decision":"review","scores":{},"#))
    #expect(lines[1].hasPrefix(#"{"id":"b","error":"#) && lines[1].hasSuffix(#""line":2}"#))
    #expect(lines[2].hasPrefix(#"{"id":null,"error":"#) && lines[2].hasSuffix(#""line":4}"#))
    #expect(lines[3].hasPrefix(#"{"id":"c","decision":"review","#))
    #expect(result.stderr.contains("line 2: ") && result.stderr.contains("line 4: "))
    let good = try await moderate("--jsonl", input: #"{"id": 1, "text": "A paper boat"}"#)
    #expect(good.status == 0, "held is an answer")
  }

  @Test func mistakesOnTheCommandLineAreNotAnswers() async throws {
    #expect(try await moderate().status == 64)
    #expect(try await moderate("text", "--jsonl").status == 64)
    #expect(try await moderate("text", "--modality", "song").status == 64)
    #expect(try await moderate("--file", "/nonexistent").status == 66)
  }
}
