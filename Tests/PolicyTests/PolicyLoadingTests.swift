import Evidence
import Policy
import TestKit
import Testing

@Suite struct PolicyLoadingTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TestKit.temporaryDirectory()
    try directory.write("floor.json", #"{"policy": "floor", "version": "1", "rules": []}"#)
    try directory.write(
      "default.json",
      """
      {"policy": "default", "version": "3", "rules": [
        {"id": "words", "on": ["prompt"], "when": {"lexicon": "slurs"}, "then": "block",
         "category": "hate"}]}
      """)
    try directory.write(
      "lexicons/slurs.json",
      #"{"list": "slurs", "version": "1", "source": "own", "terms": ["word"]}"#)
  }

  private func problems(_ names: String...) -> [Diagnostic] {
    diagnostics { () throws(PolicyLoadError) in
      _ = try PolicySet.load(directory: directory.path, names: names)
    }
  }

  @Test func floorComesFirstWhetherNamedOrNot() throws {
    for names in [["default"], ["floor", "default"]] {
      let set = try PolicySet.load(directory: directory.path, names: names)
      #expect(set.identities.map(\.name) == ["floor", "default"])
      #expect(set.lexicons.map(\.list) == ["slurs"])
    }
  }

  @Test func missingFileSuggestsItsNeighbour() {
    let found = problems("defualt")
    #expect(found.map(\.code) == ["unreadable"])
    #expect(found.first?.message.contains("did you mean \"default\"?") == true)
    #expect(problems("../default").map(\.code) == ["bad-name"])
  }

  @Test func mistakesInAllFilesAtOnce() throws {
    try directory.write("floor.json", #"{"policy": "floor", "rules": []}"#)
    try directory.write("lexicons/slurs.json", #"{"list": "slur"}"#)
    try directory.write(
      "extra.json",
      """
      {"policy": "other", "version": "1", "rules": [
        {"id": "w", "on": ["prompt"], "when": {"lexicon": "slur"}, "then": "flag",
         "category": "hate"}]}
      """)
    let found = problems("default", "extra")
    #expect(Set(found.map(\.file)).count == 3)
    #expect(found.contains { $0.code == "no-lexicon" && $0.message.contains("\"slurs\"?") })
    #expect(found.contains { $0.code == "bad-name" && $0.file.hasSuffix("extra.json") })
  }
}
