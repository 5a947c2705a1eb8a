import C2PA
import Testing

/// Thousands of damaged copies of one signed file: each gets a verdict, none passes for good.
@Suite struct MutationTests {
  /// SplitMix64: the same damage in every run.
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  private static func mutate(_ bytes: [UInt8], _ random: inout Generator) -> [UInt8] {
    var copy = bytes
    for _ in 0...Int.random(in: 0...2, using: &random) {
      let at = Int.random(in: 0..<copy.count, using: &random)
      let length = Int.random(in: 1...min(64, copy.count - at), using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: copy[at] ^= UInt8(1 << Int.random(in: 0..<8, using: &random))
      case 1: copy.removeSubrange(at..<at + length)
      case 2: copy.insert(contentsOf: copy[at..<at + length], at: at)
      case 3: copy.replaceSubrange(at..<at + length, with: [UInt8](repeating: 0xFF, count: length))
      case 4:
        let value: [UInt8] = [0x7F, 0xFF, 0xFF, 0xFF]
        for index in 0..<min(4, copy.count - at) { copy[at + index] = value[index] }
      default:
        let from = Int.random(in: 0...copy.count - length, using: &random)
        copy.replaceSubrange(at..<at + length, with: Array(copy[from..<from + length]))
      }
      if copy.isEmpty { copy = [0] }
    }
    return copy
  }

  @Test(arguments: [1, 2, 3, 4])
  func damagedCopiesGetAVerdictAndNeverAGoodOne(seed: UInt64) throws {
    let bytes = try SignedPNG().bytes()
    let verifier = Verifier(trust: SignedPNG.trust, at: SignedPNG.now)
    #expect(verifier.verify(bytes).state == .trusted)
    var random = Generator(state: seed)
    for round in 0..<600 {
      let copy = Self.mutate(bytes, &random)
      guard copy != bytes else { continue }
      let report = verifier.verify(copy)
      if report.state == .trusted || report.state == .valid {
        Issue.record("seed \(seed), round \(round): \(report.state.rawValue)")
      }
      #expect(!report.reason.isEmpty)
    }
  }
}
