import Evidence
import Policy
import TestKit
import Testing

/// The shipped policies, and the runner of their cases.
@Suite struct PolicySuiteTests {
  private static let shipped = TestKit.packageRoot + "/Policies"

  @Test func shippedPoliciesKeepTheirCases() throws {
    let suite = try PolicySuite.run(directory: Self.shipped)
    for failure in suite.failures {
      Issue.record("\(failure.title): \(failure.problems.joined(separator: "; "))")
    }
    #expect(suite.results.count > 30)
  }

  private static let layers = [
    "default", "minors", "uploads", "likeness", "ip", "known-media",
  ]

  @Test(arguments: layers) func shippedPoliciesLoadWithoutAWarning(name: String) throws {
    let set = try PolicySet.load(directory: Self.shipped, names: [name])
    #expect(set.warnings == [])
    #expect(set.marking.visible == .always)
    #expect(set.effectiveRules.first?.policy == "floor")
  }

  @Test func everyShippedLexiconIsRead() async throws {
    let set = try PolicySet.load(directory: Self.shipped, names: Self.layers)
    #expect(set.warnings == [])
    let listed = try await TestKit.run("ls", arguments: [Self.shipped + "/lexicons"])
    #expect(
      set.lexicons.map { $0.list + ".json" }
        == listed.stdout.split(separator: "\n").map(String.init))
  }

  @Test func reportsWhatIsNotAsWanted() throws {
    let directory = try TestKit.temporaryDirectory()
    let floor = #"{"policy": "floor", "version": "1", "rules": [], "marking": {}}"#
    try directory.write("floor.json", floor)
    try directory.write(
      "strict.json",
      """
      {"policy": "strict", "version": "1", "rules": [
        {"id": "a", "on": ["prompt"], "when": {"score": "x", "at_least": 0.5}, "then": "block",
         "category": "c"}]}
      """)
    try directory.write("tests/floor_bad.json", floor)
    try directory.write(
      "tests/strict.json",
      """
      {"policies": ["strict"], "cases": [
        {"name": "wrong", "items": [{"kind": "prompt", "scores": {"x": 0.9}}],
         "want": {"outcome": "allow", "rules": ["b"]}},
        {"name": "right", "items": [{"kind": "prompt"}], "want": {"outcome": "allow"}}]}
      """)
    let suite = try PolicySuite.run(directory: directory.path)
    #expect(suite.results.count == 5)
    let problems = Dictionary(
      uniqueKeysWithValues: suite.failures.map { ($0.title, $0.problems) })
    #expect(
      problems["strict.json:2 wrong"] == [
        "the outcome is block and not allow; fired: a (block)", "did not fire: b",
        "fired as well: a",
      ])
    #expect(problems["floor_bad.json"]?.first?.hasSuffix("and it loads") == true)
    #expect(problems["strict.json"] == ["tests/strict_bad.json is not there"])
    #expect(problems["floor.json"] == ["tests/floor.json is not there"])
  }

  @Test func caseFilesSayTheirMistakesAtOnce() {
    let found = diagnostics { () throws(PolicyLoadError) in
      _ = try PolicyCases.parse(
        Array(
          """
          {"cases": [{"name": "a", "items": [{"kind": "prom"}], "want": {"outcome": "no"}},
                     {"nam": "b"}]}
          """.utf8), file: "cases.json")
    }
    #expect(
      found.map { "\($0.line) \($0.code)" }
        == ["1 unknown-word", "1 unknown-word", "2 missing", "2 missing", "2 unknown-member"])
  }
}
