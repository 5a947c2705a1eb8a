import Fingerprint
import Testing

@Suite struct SoundAlignmentTests {
  private let whole = SoundSamples.words(200, seed: 1)

  /// Bits that an encoder changes.
  private func encoded(_ words: some Sequence<UInt32>) -> Chromaprint {
    Chromaprint(words: words.enumerated().map { $1 ^ 0x10 << UInt32($0 % 20) })
  }

  @Test func aPartIsFoundWhereItIs() throws {
    let known = Chromaprint(words: whole)
    let found = try #require(SoundAlignment.best(of: encoded(whole[80..<140]), in: known))
    #expect(found.error == 1.0 / 32 && found.start == 0)
    #expect(abs(found.offset - 80 / Chromaprint.wordsPerSecond) < 0.001)
    // What 60 words listen to.
    #expect(abs(found.length - 10) < 0.1)
    let reverse = try #require(SoundAlignment.best(of: known, in: encoded(whole[80..<140])))
    #expect(reverse.offset == -found.offset)
    #expect(abs(reverse.start - found.offset) < 0.001)
  }

  /// A passage between others' sounds, as in a film that somebody cut together.
  @Test func aPassageAmongOthersIsFound() throws {
    let film = SoundSamples.words(90, seed: 2) + whole[40..<100] + SoundSamples.words(70, seed: 3)
    let found = try #require(
      SoundAlignment.best(of: encoded(film), in: Chromaprint(words: whole)))
    #expect(abs(found.start - 90 / Chromaprint.wordsPerSecond) < 0.6)
    #expect(abs(found.offset + found.start - 40 / Chromaprint.wordsPerSecond) < 0.6)
    #expect(abs(found.length - 10) < 1.1)
  }

  @Test func aWholeShortSoundIsFound() throws {
    let short = Chromaprint(words: Array(whole[..<11]))
    let found = try #require(SoundAlignment.best(of: encoded(whole[..<11]), in: short))
    #expect(found.offset == 0)
    #expect(
      SoundAlignment.best(of: Chromaprint(words: Array(whole[..<9])), in: short) == nil)
  }

  @Test func strangersDoNotMatch() {
    let known = Chromaprint(words: whole)
    for seed: UInt64 in 2...40 {
      #expect(
        SoundAlignment.best(of: Chromaprint(words: SoundSamples.words(60, seed: seed)), in: known)
          == nil)
    }
  }

  /// Every recording that begins with a pause would else be every other's.
  @Test func sharedSilenceIsNoMatch() {
    let silence = [UInt32](repeating: 627_964_279, count: 60)
    let one = Chromaprint(words: silence + SoundSamples.words(60, seed: 4))
    let other = Chromaprint(words: silence + SoundSamples.words(60, seed: 5))
    #expect(SoundAlignment.best(of: one, in: other) == nil)
  }
}
