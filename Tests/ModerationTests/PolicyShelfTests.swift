import Evidence
import Glibc
import Moderation
import Policy
import TestKit
import Testing

/// Policies that change under a running server.
@Suite struct PolicyShelfTests {
  private let folder: TemporaryDirectory

  init() throws {
    folder = try TestKit.temporaryDirectory()
    try folder.write("floor.json", #"{"policy": "floor", "version": "1", "rules": []}"#)
    try write(version: "1", bound: 0.8)
  }

  private func write(version: String, bound: Double, name: String = "house") throws {
    try folder.write(
      "\(name).json",
      """
      {"policy": "\(name)", "version": "\(version)", "rules": [
        {"id": "\(name).x", "on": ["prompt"], "when": {"score": "x", "at_least": \(bound)},
         "then": "block", "category": "c"}]}
      """)
  }

  private func outcome(_ shelf: PolicyShelf, _ tenant: String = "t") -> Outcome {
    let signal = Signal(name: "x", value: .score(0.5), check: "x")
    return shelf.policy(for: tenant).evaluate(
      stage: .screen, items: [EvidenceItem(kind: .prompt, signals: [signal])],
      subject: Subject(tenant: tenant)
    ).outcome
  }

  @Test func aNewVersionIsTakenUp() async throws {
    let shelf = try PolicyShelf(directory: folder.path, names: ["house"])
    #expect(outcome(shelf) == .allow)
    guard case .unchanged = await shelf.reload() else {
      Issue.record("nothing changed")
      return
    }
    try write(version: "2", bound: 0.4)
    guard case .replaced(let set) = await shelf.reload(isForced: true) else {
      Issue.record("a new version was not taken up")
      return
    }
    #expect(set.identities.map(\.version) == ["1", "2"])
    #expect(outcome(shelf) == .block)
  }

  @Test func aBadFileIsRefusedAndTheOldOneStays() async throws {
    let shelf = try PolicyShelf(directory: folder.path, names: ["house"])
    try folder.write("house.json", #"{"policy": "house", "version": "2", "rules": [{}]}"#)
    guard case .refused(let error) = await shelf.reload(isForced: true) else {
      Issue.record("a bad file was taken up")
      return
    }
    #expect(error.errors.count > 1)
    #expect(shelf.base.identities.map(\.version) == ["1", "1"])
    try write(version: "3", bound: 0.1)
    guard case .replaced = await shelf.reload(isForced: true) else {
      Issue.record("the mended file was not taken up")
      return
    }
    #expect(outcome(shelf) == .block)
  }

  @Test func aVersionMeansOneText() async throws {
    let shelf = try PolicyShelf(directory: folder.path, names: ["house"])
    try write(version: "1", bound: 0.1)
    guard case .refused(let error) = await shelf.reload(isForced: true) else {
      Issue.record("another text was taken up under the same version")
      return
    }
    #expect(error.errors.map(\.code) == ["same-version"])
    #expect(outcome(shelf) == .allow)
  }

  @Test func tenantsHaveTheirLayersAndThoseAboveThem() throws {
    try write(version: "1", bound: 0.3, name: "strict")
    let shelf = try PolicyShelf(
      directory: folder.path, names: ["house"], layers: ["acme": ["strict"], "acme.kids": []])
    #expect(outcome(shelf) == .allow && outcome(shelf, "acme") == .block)
    #expect(outcome(shelf, "acme.kids") == .block && outcome(shelf, "acme.other") == .block)
    #expect(shelf.all.map(\.tenant) == [nil, "acme", "acme.kids"])
    #expect(throws: PolicyLoadError.self) {
      _ = try PolicyShelf(
        directory: folder.path, names: ["house"], layers: ["acme": ["no-such-policy"]])
    }
  }
}
