import Fingerprint
import Testing

@Suite struct ChromaprintTests {
  private func words(_ count: Int, seed: UInt64) -> [UInt32] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt32(truncatingIfNeeded: state >> 32)
    }
  }

  @Test func partIsFoundWhereItIs() throws {
    let whole = words(200, seed: 1)
    // One bit in each word is wrong: an error of 1/32.
    let part = whole[80..<120].map { $0 ^ 0x10 }
    let match = try #require(Chromaprint(words: whole).compared(to: Chromaprint(words: part)))
    #expect(match.isMatch && match.error == 1.0 / 32)
    #expect(abs(match.offset - 80 / Chromaprint.wordsPerSecond) < 0.001)
    let reverse = try #require(Chromaprint(words: part).compared(to: Chromaprint(words: whole)))
    #expect(reverse.isMatch && reverse.offset < 0)
  }

  @Test func strangersAndSnippetsDoNotMatch() throws {
    let one = Chromaprint(words: words(200, seed: 1))
    let match = try #require(one.compared(to: Chromaprint(words: words(100, seed: 2))))
    #expect(!match.isMatch && match.error > 0.4)
    #expect(one.compared(to: Chromaprint(words: Array(one.words[..<20]))) == nil)
  }

  @Test func rawWordsAreLittleEndian() {
    #expect(Chromaprint(raw: [1, 0, 0, 0x80])?.words == [0x8000_0001])
    #expect(Chromaprint(raw: [1, 0, 0]) == nil)
  }
}
