import Fingerprint
import GRDB
import OutputStore
import Provenance
import TestKit
import Testing

struct OutputSoundSearchTests {
  let folder: TemporaryDirectory

  init() throws { folder = try TestKit.temporaryDirectory() }

  private var path: String { folder.path("outputs.sqlite") }

  private func record(_ seed: UInt64, sound: Chromaprint?) -> OutputRecord {
    OutputRecord(
      asset: "speech_\(seed)", manifestID: "urn:c2pa:\(seed)", manifestStore: [1],
      subject: "somebody", mark: nil, mediaType: "audio/mpeg", sha256: "00",
      deliveredAt: 1_767_225_600_000,
      content: ContentPrint(width: 0, height: 0, seconds: 0, isClip: true, frames: []),
      sound: sound)
  }

  /// Words that change by four bits from one to the next, as those of speech do.
  private func sound(_ seed: UInt64, _ range: Range<Int> = 0..<120) -> Chromaprint {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func next() -> UInt32 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt32(truncatingIfNeeded: state >> 32)
    }
    var word = next()
    let words = (0..<200).map { _ -> UInt32 in
      for _ in 0..<4 { word ^= 1 << (next() >> 27) }
      return word
    }
    return Chromaprint(words: Array(words[range]))
  }

  @Test func aPassageIsFoundWithItsSecondAfterARestart() async throws {
    let store = try OutputStore(path: path)
    for seed: UInt64 in 1...3 { try await store.keep(record(seed, sound: sound(seed))) }
    try await store.keep(record(4, sound: nil))
    let heard = Chromaprint(words: sound(2, 24..<80).words.map { $0 ^ 0x10 })
    for store in [store, try OutputStore(path: path, isReadOnly: true)] {
      let matches = try await store.search(sound: heard)
      let match = try #require(matches.first)
      #expect(matches.count == 1 && match.output.asset == "speech_2")
      #expect(abs(match.passage.seconds - 24 / Chromaprint.wordsPerSecond) < 0.01)
      #expect(match.similarity == 94)
      #expect(try await store.search(sound: sound(9)).isEmpty)
    }
  }

  /// A jingle that two outputs share is in both.
  @Test func aSharedSoundNamesBoth() async throws {
    let store = try OutputStore(path: path)
    for seed: UInt64 in 1...2 { try await store.keep(record(seed, sound: sound(7))) }
    #expect(
      try await store.search(sound: sound(7)).map(\.output.asset) == ["speech_1", "speech_2"])
  }

  @Test func whatIsReplacedOrErasedIsNotHeard() async throws {
    let store = try OutputStore(path: path)
    try await store.keep(record(1, sound: sound(1)))
    try await store.keep(record(1, sound: sound(2)))
    #expect(try await store.search(sound: sound(1)).isEmpty)
    #expect(try await store.search(sound: sound(2)).count == 1)
    #expect(try await store.erase(asset: "speech_1") == 1)
    #expect(try await store.search(sound: sound(2)).isEmpty)
  }

  /// A command that reads beside a gateway which has not been started since it was updated.
  @Test func recordsOfAnEarlierVersionAreRead() async throws {
    let store = try OutputStore(path: path)
    try await store.keep(record(1, sound: sound(1)))
    try await DatabaseQueue(path: path).write { db in
      try db.execute(sql: "ALTER TABLE outputs DROP COLUMN sound")
    }
    let reader = try OutputStore(path: path, isReadOnly: true)
    #expect(try await reader.output(asset: "speech_1") != nil)
    #expect(try await reader.search(sound: sound(1)).isEmpty)
  }
}
