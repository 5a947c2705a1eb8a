import Foundation
import Testing
import Watermark

struct SoundLikenessTests {
  @Test func likenessKnowsAPassageByItsSamples() {
    let known = (0..<8000).map { Float(sin(Double($0 * $0) / 40_000)) }
    let other = (0..<8000).map { Float(sin(Double($0 * $0) / 33_000)) }
    let around = [Float](repeating: 0.01, count: 1000)
    func likeness(_ passage: [Float]) -> Double {
      SoundLikeness.correlation(
        of: known, in: around + passage.map { $0 * 0.3 } + around, near: 900, slack: 200)
    }
    #expect(likeness(known) > 0.99)
    #expect(likeness(other) < 0.5)
    #expect(SoundLikeness.correlation(of: known, in: around, near: 0, slack: 10) == 0)
  }
}
