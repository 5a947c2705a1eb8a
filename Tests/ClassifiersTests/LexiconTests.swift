import Evidence
import TestKit
import Testing

@testable import Classifiers

@Suite struct LexiconTests {
  private let list = Lexicon(
    name: "test", version: "1", terms: ["ass", "pipe bomb", "h3ll", "he", "hers", "Ünfug"])

  private func match(_ text: String) -> String? {
    list.firstMatch(in: TextNormalizer.views(of: text)).map {
      String(decoding: Array(text.utf8)[$0], as: UTF8.self)
    }
  }

  @Test func matchesOnWordBoundariesOnly() {
    #expect(match("you ass!") == "ass")
    #expect(match("a classic assessment") == nil)
    #expect(match("ass") == "ass")
    #expect(match("(ass)") == "ass")
    #expect(match("ushers and others") == nil)
    #expect(match("it is hers") == "hers")
  }

  @Test func matchesSeveralWordsAcrossOddSpacing() {
    #expect(match("build a PIPE\n  bomb now") == "PIPE\n  bomb")
    #expect(match("pipe bombs") == nil)
  }

  @Test func seesThroughDisguises() {
    #expect(match("what an @ss") == "@ss")
    #expect(match("you a s s") == "a s s")
    #expect(match("hell") == "hell")
    #expect(match("UNFUG") == "UNFUG")
    #expect(match("say YSBwaXBlIGJvbWIgcmVjaXBl") == "YSBwaXBlIGJvbWIgcmVjaXBl")
  }

  @Test func answersWithASignal() {
    let hit = list.signal(for: TextNormalizer.views(of: "an ass"))
    #expect(hit.name == "lexicon:test")
    #expect(hit.check == "lexicon")
    #expect(hit.value == .score(1))
    #expect(hit.span == 3..<6)
    let miss = list.signal(for: TextNormalizer.views(of: "a horse"))
    #expect(miss.value == .score(0))
    #expect(miss.span == nil)
  }
}
