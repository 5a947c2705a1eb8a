import Foundation
import Testing
import Watermark

struct DisclosureRhythmTests {
  static let rate = DisclosureRhythmDetector.sampleRate

  private func rhythm(after seconds: Double = 0, gain: Float = 1) -> [Float] {
    [Float](repeating: 0, count: Int(seconds * Double(Self.rate)))
      + DisclosureRhythm.samples(at: Self.rate).map { $0 * gain }
  }

  /// Tones and pauses in units, as somebody else would send them.
  private func tones(
    _ units: [(on: Int, off: Int)], unit: Double = DisclosureRhythm.unit,
    frequency: Double = DisclosureRhythm.frequency
  ) -> [Float] {
    var samples = [Float](repeating: 0, count: Self.rate / 5)
    for (on, off) in units {
      samples += (0..<Int(Double(on) * unit * Double(Self.rate))).map {
        0.1 * Float(sin(2 * .pi * frequency * Double($0) / Double(Self.rate)))
      }
      samples += [Float](repeating: 0, count: Int(Double(off) * unit * Double(Self.rate)))
    }
    return samples
  }

  /// ITU-R M.1677: A is dot dash, I is dot dot, three units between letters.
  @Test func isMorseCodeForAI() throws {
    let own = try #require(
      DisclosureRhythmDetector.find(in: tones([(1, 1), (3, 3), (1, 1), (1, 4)])))
    #expect(abs(own.start - 0.2) < 0.015)
    let samples = DisclosureRhythm.samples(at: 48_000)
    #expect(abs(Double(samples.count) / 48_000 - DisclosureRhythm.seconds) < 0.001)
    // Silence, then short, pause, long.
    func loudest(_ from: Double, _ to: Double) -> Float {
      samples[Int(from * 48_000)..<Int(to * 48_000)].map(abs).max() ?? 0
    }
    let first = DisclosureRhythm.lead
    #expect(loudest(0, first) == 0 && loudest(first + 0.01, first + 0.09) > 0.12)
    #expect(loudest(first + 0.11, first + 0.19) == 0 && loudest(first + 0.21, first + 0.49) > 0.12)
    #expect(samples.map(abs).max() ?? 1 <= 0.127)
  }

  @Test(arguments: [0, 0.013, 0.4, 1.6]) func isFoundWhereItBegins(seconds: Double) throws {
    let found = try #require(DisclosureRhythmDetector.find(in: rhythm(after: seconds)))
    #expect(abs(found.start - seconds - DisclosureRhythm.lead) < 0.015)
  }

  @Test func isFoundSofterAndLouderAndInNoise() {
    var state: UInt64 = 1
    func noise() -> Float {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max)
    }
    #expect(DisclosureRhythmDetector.find(in: rhythm(gain: 0.05)) != nil)
    #expect(DisclosureRhythmDetector.find(in: rhythm(gain: 4)) != nil)
    // Uniform noise of this size lies 18 dB below the tones.
    let noisy = rhythm().map { $0 + 0.02 * noise() }
    #expect(DisclosureRhythmDetector.find(in: noisy) != nil)
  }

  /// What is not at the beginning is no disclosure, and other signals are no rhythm of ours.
  @Test func othersAreNotTakenForIt() {
    #expect(DisclosureRhythmDetector.find(in: rhythm(after: 3)) == nil)
    #expect(DisclosureRhythmDetector.find(in: []) == nil)
    #expect(DisclosureRhythmDetector.find(in: [Float](repeating: 0, count: 80_000)) == nil)
    let steady = tones([(40, 1)])
    #expect(DisclosureRhythmDetector.find(in: steady) == nil)
    // L is the same four tones without the pause between letters; IA; AA; a short tone in the long one's
    // place; and AI at another pitch and pace.
    for units in [
      [(1, 1), (3, 1), (1, 1), (1, 4)], [(1, 1), (1, 3), (1, 1), (3, 4)],
      [(1, 1), (3, 3), (1, 1), (3, 4)], [(1, 3), (1, 3), (1, 1), (1, 4)],
    ] { #expect(DisclosureRhythmDetector.find(in: tones(units)) == nil) }
    let low = tones([(1, 1), (3, 3), (1, 1), (1, 4)], frequency: 640)
    #expect(DisclosureRhythmDetector.find(in: low) == nil)
    let slow = tones([(1, 1), (3, 3), (1, 1), (1, 4)], unit: 0.13)
    #expect(DisclosureRhythmDetector.find(in: slow) == nil)
  }
}
