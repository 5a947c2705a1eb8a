import Evidence
import Pixels
import TestKit
import Testing

@testable import Classifiers

@Suite struct ModelStoreTests {
  @Test func anEmptyFolderIsMissingNotClean() async throws {
    let folder = try TemporaryDirectory()
    let store = ModelStore(directory: folder.path("none"))
    #expect(store.files.isEmpty)
    for part in ModelStore.Part.allCases {
      guard case .missing(let why) = store.state(of: part) else {
        Issue.record("\(part) is said to be there")
        continue
      }
      #expect(why.contains("Scripts/models"))
    }

    let lexicon = Lexicon(name: "test", version: "1", terms: ["bad"])
    let signals = await TextClassifier(store: store, lexicons: [lexicon]).signals(for: "a bad day")
    #expect(signals.count == TextClassifier.names.count + 1)
    for signal in signals where signal.check == "text" {
      guard case .unknown(.modelMissing) = signal.value else {
        Issue.record("\(signal.name) has a score without a model")
        continue
      }
    }
    #expect(signals.last?.name == "lexicon:test")
    #expect(signals.last?.value == .score(1))

    let image = RGBImage(width: 1, height: 1, pixels: [1, 2, 3])!
    let nudity = await NudityClassifier(store: store).signal(for: image)
    guard case .unknown(.modelMissing) = nudity.value else {
      Issue.record("nudity has a score without a model")
      return
    }
    guard case .unknown(.modelMissing) = await SpeechRecognizer(store: store).transcribe([0]) else {
      Issue.record("a transcript without a model")
      return
    }
  }

  @Test func aChangedFileIsUnreadable() throws {
    let folder = try TemporaryDirectory()
    // SHA-256 of "abc" (FIPS 180-4's example).
    let manifest = """
      {"recipe": "", "models": [{"name": "text-gate", "version": "1", "file": "minilm.txt",
      "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      "licence": "MIT"}]}
      """
    try folder.write("manifest.json", Array(manifest.utf8))
    let store = ModelStore(directory: folder.path(""))
    guard case .missing = store.state(of: .textGate) else {
      Issue.record("a file that is listed but absent is not missing")
      return
    }
    try folder.write("minilm.txt", Array("abc".utf8))
    #expect(store.state(of: .textGate) == .installed)
    #expect(store.identity(of: .textGate)?.sha256.hasPrefix("ba7816bf") == true)
    try folder.write("minilm.txt", Array("abd".utf8))
    guard case .unreadable(let why) = store.state(of: .textGate) else {
      Issue.record("a changed file is taken for the installed one")
      return
    }
    #expect(why.contains("minilm.txt"))
  }

  @Test(arguments: [
    "{", "{}", #"{"models": [{"name": "text-gate"}]}"#,
    """
    {"models": [{"name": "text-gate", "version": "1", "file": "../x", "sha256": "", "licence": ""}]}
    """,
  ])
  func aBrokenManifestIsUnreadable(_ text: String) throws {
    let folder = try TemporaryDirectory()
    try folder.write("manifest.json", Array(text.utf8))
    guard case .unreadable = ModelStore(directory: folder.path("")).state(of: .textGate) else {
      Issue.record("a broken manifest was read")
      return
    }
  }
}
