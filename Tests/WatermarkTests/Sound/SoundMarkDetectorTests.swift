import Glibc
import Testing

@testable import Watermark

struct SoundMarkDetectorTests {
  static let id: UInt64 = 0xFEDC_BA98_0000_0001
  static let key = SoundMarkKey.test(0)
  static let host = TestSound(seconds: 10, seed: 7)
  static let marked = host.marked(id: id, key: key)

  @Test func theIdComesBack() {
    let finding = SoundMarkDetector(keys: [Self.key]).detect(Self.marked)
    #expect(finding.verdict == .readable && finding.id == Self.id && finding.key == 0)
    #expect(finding.speed == 1 && finding.bound == 1e-9)
  }

  @Test func aPieceThatBeginsAnywhereIsEnough() {
    let piece = Array(Self.marked[27_133..<27_133 + 6 * 16_000])
    #expect(SoundMarkDetector(keys: [Self.key]).detect(piece).id == Self.id)
  }

  @Test func louderAndSofterCopiesAreRead() {
    for gain: Float in [0.25, 3] {
      let copy = Self.marked.map { $0 * gain }
      #expect(SoundMarkDetector(keys: [Self.key]).detect(copy).id == Self.id)
    }
  }

  @Test func aFasterCopyIsRead() {
    let speed = 1.011
    let copy = (0..<Int(Double(Self.marked.count - 2) / speed)).map { index in
      let place = Double(index) * speed
      let share = Float(place - place.rounded(.down))
      return Self.marked[Int(place)] * (1 - share) + Self.marked[Int(place) + 1] * share
    }
    let finding = SoundMarkDetector(keys: [Self.key]).detect(copy)
    #expect(finding.id == Self.id)
    #expect(abs(finding.speed - speed) < 0.002)
  }

  /// A telephone passes nothing above 4 kHz: bands without sound must not drown the others.
  @Test func halfOfTheBandsAreEnough() {
    // A windowed sinc of 127 taps.
    let taps = (-63...63).map { n -> Float in
      let place = Float(n) * 0.45 * Float.pi
      let sinc = n == 0 ? 1 : sinf(place) / place
      return 0.45 * sinc * (0.54 + 0.46 * cosf(Float.pi * Float(n) / 63))
    }
    let copy = (63..<Self.marked.count - 63).map { index in
      var sum: Float = 0
      for (tap, weight) in taps.enumerated() { sum += weight * Self.marked[index - 63 + tap] }
      return sum
    }
    #expect(SoundMarkDetector(keys: [Self.key]).detect(copy).id == Self.id)
  }

  @Test func oldKeysAreTriedToo() {
    let finding = SoundMarkDetector(keys: [.test(9), Self.key]).detect(Self.marked)
    #expect(finding.id == Self.id && finding.key == 1)
  }

  @Test func withoutTheKeyOrTheMarkThereIsNothing() {
    for (sound, key) in [(Self.marked, SoundMarkKey.test(9)), (Self.host.samples, Self.key)] {
      let finding = SoundMarkDetector(keys: [key]).detect(sound)
      #expect(finding.verdict == .none && finding.id == nil && finding.key == nil)
    }
  }

  /// Whoever knows everything but the tag's secret cannot make an id that is accepted.
  @Test func aForgedTagIsNotRead() {
    let forger = SoundMarkKey.test(0, tag: { _ in 0x123456 })
    let finding = SoundMarkDetector(keys: [Self.key]).detect(
      Self.host.marked(id: Self.id, key: forger))
    #expect(finding.verdict == .present && finding.id == nil)
  }

  @Test func silenceAndNothingAreNoMark() {
    for samples in [[], [Float](repeating: 0, count: 80_000), [Float](repeating: 0.1, count: 300)] {
      #expect(SoundMarkDetector(keys: [Self.key]).detect(samples).verdict == .none)
    }
  }

  @Test func moreHypothesesRaiseTheThresholdsNotTheBound() {
    let few = SoundMarkBound(stretches: 1, keys: 1)
    let many = SoundMarkBound(stretches: 200, keys: 5)
    #expect(few.presentThreshold < many.presentThreshold)
    #expect(few.readableThreshold < many.readableThreshold)
    #expect(few.probability == 1e-9 && many.probability == 1e-9)
    // 256 places: exp(-t²/2) * 256 = 5e-10.
    #expect(abs(few.presentThreshold - 7.34) < 0.01)
    #expect(abs(few.readableThreshold - 11.94) < 0.01)
  }
}

/// Noise whose loudness and colour change as those of sounds do: 16 kHz, one channel.
struct TestSound {
  let samples: [Float]

  init(seconds: Int, seed: UInt64) {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func next() -> Float {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(Int32(truncatingIfNeeded: state >> 32)) / 0x1p31
    }
    var low: Float = 0
    samples = (0..<seconds * 16_000).map { index in
      let time = Float(index) / 16_000
      let noise = next()
      low += 0.3 * (noise - low)
      let swell = 0.5 + 0.3 * sinf(4 * time) + 0.2 * sinf(29 * time)
      return 0.3 * swell * (low + 0.4 * noise)
    }
  }

  func marked(id: UInt64, key: SoundMarkKey) -> [Float] {
    var filter = SoundMarkFilter(
      pattern: SoundMarkPattern(id: id, key: key), host: samples, sampleRate: 16_000, channels: 1)
    return filter.pass([samples])[0] + filter.finish()[0]
  }
}

extension SoundMarkKey {
  /// Keys for tests; real ones are derived from secrets.
  static func test(
    _ number: UInt8, tag: (@Sendable (UInt64) -> UInt32)? = nil
  ) -> SoundMarkKey {
    func seed(_ purpose: UInt8) -> [UInt8] { (0..<32).map { $0 &* 7 &+ purpose &+ number } }
    return SoundMarkKey(
      seeds: WatermarkSeeds(
        carriers: seed(1), sync: seed(2), slots: seed(3), signs: seed(4)),
      tag: tag ?? { id in
        UInt32(truncatingIfNeeded: (id &+ UInt64(number)) &* 0x9E37_79B9_7F4A_7C15 >> 40)
      })!
  }
}
