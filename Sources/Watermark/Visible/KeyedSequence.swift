/// Numbers drawn from a 32-byte seed, each by its address, so that any of them can be computed
/// again without the ones before it.
///
/// The word at (stream, index), all arithmetic modulo 2^64:
///
///     s0…s3  the seed as four little-endian 64-bit words
///     G      0x9E3779B97F4A7C15
///     mix(z) SplitMix64's finaliser: z ^= z >> 30; z *= 0xBF58476D1CE4E5B9;
///                                    z ^= z >> 27; z *= 0x94D049BB133111EB; z ^= z >> 31
///     h = mix(s0 + G * (stream + 1))
///     h = mix((h ^ s1) + G * (index + 1))
///     word = mix(mix(h ^ s2) ^ s3)
///
/// A unit is the word's upper 53 bits times 2^-53. This is a spreading function, not a cipher: the
/// secret is the derivation of the seed (HMAC over the clip's identifier), not this sequence.
struct KeyedSequence: Equatable, Sendable {
  private let words: (UInt64, UInt64, UInt64, UInt64)

  /// Nil unless the seed has exactly 32 bytes.
  init?(seed: [UInt8]) {
    guard seed.count == 32 else { return nil }
    func word(_ start: Int) -> UInt64 {
      (0..<8).reduce(0) { $0 | UInt64(seed[start + $1]) << UInt64(8 * $1) }
    }
    words = (word(0), word(8), word(16), word(24))
  }

  static func == (left: KeyedSequence, right: KeyedSequence) -> Bool { left.words == right.words }

  func word(stream: UInt64, index: UInt64) -> UInt64 {
    let golden: UInt64 = 0x9E37_79B9_7F4A_7C15
    var hash = Self.mix(words.0 &+ golden &* (stream &+ 1))
    hash = Self.mix((hash ^ words.1) &+ golden &* (index &+ 1))
    return Self.mix(Self.mix(hash ^ words.2) ^ words.3)
  }

  /// Uniform in 0..<1.
  func unit(stream: UInt64, index: UInt64) -> Double {
    Double(word(stream: stream, index: index) >> 11) * 0x1p-53
  }

  /// Uniform in -1..<1.
  func signed(stream: UInt64, index: UInt64) -> Double {
    2 * unit(stream: stream, index: index) - 1
  }

  /// Uniform in 0..<bound by the multiply-shift rule: the high half of `word * bound`.
  func choice(stream: UInt64, index: UInt64, of bound: Int) -> Int {
    Int(word(stream: stream, index: index).multipliedFullWidth(by: UInt64(bound)).high)
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
