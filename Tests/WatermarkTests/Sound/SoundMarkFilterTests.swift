import Glibc
import Testing

@testable import Watermark

struct SoundMarkFilterTests {
  private let pattern = SoundMarkPattern(id: 5, key: .test(1))
  private let sound = TestSound(seconds: 3, seed: 1)

  private func filtered(_ channels: [[Float]], rate: Int, block: Int) -> [[Float]] {
    var filter = SoundMarkFilter(
      pattern: pattern, host: sound.samples, sampleRate: rate, channels: channels.count)
    var result = [[Float]](repeating: [], count: channels.count)
    for start in stride(from: 0, to: channels[0].count, by: block) {
      let end = min(start + block, channels[0].count)
      for (index, part) in filter.pass(channels.map { Array($0[start..<end]) }).enumerated() {
        result[index] += part
      }
    }
    for (index, part) in filter.finish().enumerated() { result[index] += part }
    return result
  }

  @Test(arguments: [1, 1024, 48_000]) func lengthAndPlaceAreKeptWhateverTheBlocks(block: Int) {
    let samples = Array(sound.samples[..<20_000])
    let marked = filtered([samples], rate: 16_000, block: block)[0]
    #expect(marked.count == samples.count)
    let error = zip(samples, marked).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let power = samples.reduce(0) { $0 + $1 * $1 }
    let ratio = 10 * log10f(power / error)
    // A shift by one sample would be near 0 dB.
    #expect((20...40).contains(ratio), "\(ratio) dB")
  }

  @Test func twoChannelsAreFilteredAlikeAndApart() {
    let left = Array(sound.samples[..<16_000])
    let right = [Float](repeating: 0, count: left.count)
    let both = filtered([left, right], rate: 16_000, block: 4096)
    let alone = filtered([left], rate: 16_000, block: 4096)[0]
    #expect(zip(both[0], alone).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(both[1].allSatisfy { abs($0) < 1e-5 })
  }

  /// What lies outside of the bands passes as it is.
  @Test func lowTonesAreLeftAlone() {
    let rate = 48_000
    let tone = (0..<rate).map { 0.5 * sinf(2 * Float.pi * 100 * Float($0) / Float(rate)) }
    let marked = filtered([tone], rate: rate, block: 1024)[0]
    let worst = zip(tone, marked).dropFirst(1000).dropLast(1000).map { abs($0 - $1) }.max() ?? 1
    #expect(worst < 0.005, "\(worst)")
  }

  @Test func codesCarryAPatternOverAndNothingElseIsOne() {
    #expect(SoundMarkPattern(codes: pattern.codes) == pattern)
    #expect(SoundMarkPattern(codes: []) == nil)
    var codes = pattern.codes
    codes[3] = 0
    #expect(SoundMarkPattern(codes: codes) == nil)
    codes[3] = 386
    #expect(SoundMarkPattern(codes: codes) == nil)
  }
}
