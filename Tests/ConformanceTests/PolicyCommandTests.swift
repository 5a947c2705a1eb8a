import TestKit
import Testing

/// `assay policy` as a person runs it: what it says, and its exit codes.
@Suite(
  .enabled(
    if: TestKit.builtExecutable(named: "assay") != nil, "SKIPPED: this run did not build assay"))
struct PolicyCommandTests {
  private let policies = TestKit.packageRoot + "/Policies"

  private func assay(_ arguments: String...) async throws -> CommandResult {
    let executable = try #require(TestKit.builtExecutable(named: "assay"))
    return try await TestKit.run(executable, arguments: ["policy"] + arguments)
  }

  @Test func shippedPoliciesAreGood() async throws {
    let check = try await assay("check", "--dir", policies)
    #expect(check.status == 0)
    #expect(check.stdout.contains("floor.json: good; floor version 1"))
    let test = try await assay("test", "--dir", policies)
    #expect(test.status == 0)
    #expect(test.stdout.contains("cases and twins, 0 not as wanted"))
  }

  @Test func mistakesAreListedWithTheirPlaces() async throws {
    let twin = policies + "/tests/floor_bad.json"
    let check = try await assay("check", twin, "--dir", policies)
    #expect(check.status == 1)
    #expect(
      check.stdout.contains(
        "\(twin):9:15: error: \"then\" is one of flag, review, block, and not \"blocked\"; "
          + "did you mean \"block\"?"))
    #expect(check.stdout.split(separator: "\n").count == 9)
  }

  @Test func failingCaseSaysWhatHappened() async throws {
    let directory = try TestKit.temporaryDirectory()
    try directory.write("floor.json", #"{"policy": "floor", "version": "1", "rules": []}"#)
    try directory.write("tests/floor_bad.json", "{")
    try directory.write(
      "tests/floor.json",
      """
      {"policies": [], "cases": [
        {"name": "a", "items": [{"kind": "prompt"}], "want": {"outcome": "block"}}]}
      """)
    let test = try await assay("test", "--dir", directory.path)
    #expect(test.status == 1)
    #expect(test.stdout.contains("FAIL  floor.json:2 a"))
    #expect(test.stdout.contains("the outcome is allow and not block"))
  }

  @Test func exitCodesSayUsageAndUnreadable() async throws {
    #expect(try await assay("chek").status == 64)
    let missing = try await assay("check", "no-such-file.json", "--dir", policies)
    #expect(missing.status == 66)
    #expect(missing.stdout.contains("no-such-file.json: error: the file cannot be read"))
    #expect(try await assay("test", "--dir", "/no/such/folder").status == 66)
  }
}
