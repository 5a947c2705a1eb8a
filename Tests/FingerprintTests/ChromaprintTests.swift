import Fingerprint
import Testing

@Suite struct ChromaprintTests {
  @Test func rawWordsAreLittleEndian() {
    #expect(Chromaprint(raw: [1, 0, 0, 0x80])?.words == [0x8000_0001])
    #expect(Chromaprint(raw: [1, 0, 0]) == nil)
    #expect(Chromaprint(words: [0x8000_0001, 2]).raw == [1, 0, 0, 0x80, 2, 0, 0, 0])
  }

  @Test func silenceAndSnippetsTellNothing() {
    let speech = SoundSamples.words(60, seed: 1)
    let silence = [UInt32](repeating: 627_964_279, count: 60)
    #expect(Chromaprint(words: speech).isTelling)
    #expect(!Chromaprint(words: silence).isTelling)
    #expect(Chromaprint(words: silence + speech).isTelling)
    #expect(!Chromaprint(words: Array(speech[..<9])).isTelling)
    #expect(!Chromaprint(words: []).isTelling)
  }
}

enum SoundSamples {
  /// Words that change as those of speech do, by four bits from one to the next.
  static func words(_ count: Int, seed: UInt64) -> [UInt32] {
    var state = seed
    func next() -> UInt32 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt32(truncatingIfNeeded: state >> 32)
    }
    for _ in 0..<8 { _ = next() }
    var word = next()
    return (0..<count).map { _ in
      for _ in 0..<4 { word ^= 1 << (next() >> 27) }
      return word
    }
  }
}
