import Testing

@testable import Watermark

struct WatermarkEmphasisTests {
  static let id: UInt64 = 0x0F1E_2D3C_4B5A_6978
  static let key = WatermarkKey.test(3)
  /// A still of patches and grain: what it says by itself does not average out.
  static let scene = Scene(width: 480, height: 360, count: 1, seed: 5)

  private func residual(_ emphasis: WatermarkEmphasis, psnr: Double) -> ResidualAccumulator {
    let residual = ResidualAccumulator()
    let embedder = WatermarkEmbedder(
      tile: WatermarkTile(id: Self.id, key: Self.key, emphasis: emphasis),
      width: Self.scene.width, height: Self.scene.height, strength: WatermarkStrength(psnr: psnr))
    var frame = Self.scene.frames[0]
    var span = frame.mutableSpan
    embedder.embed(luma: &span, stride: Self.scene.width)
    residual.add(
      luma: frame.span, width: Self.scene.width, height: Self.scene.height,
      stride: Self.scene.width)
    return residual
  }

  @Test func aMarkThatTheSceneDrownsIsHeardOnceItAnswersTheScene() throws {
    // Quieter and quieter until the even mark is faint.
    for psnr in stride(from: 46.0, through: 60, by: 1) {
      let even = try #require(residual(.even, psnr: psnr).mean)
      let (before, emphasis) = WatermarkEmphasis.even.adapted(to: even, id: Self.id, key: Self.key)
      guard before.wrongBits > 0.1 else { continue }
      #expect(before.isFaint)
      let answered = try #require(residual(emphasis, psnr: psnr).mean)
      let (after, _) = emphasis.adapted(to: answered, id: Self.id, key: Self.key)
      #expect(after.wrongBits < before.wrongBits / 3, "\(before) then \(after) at \(psnr) dB")
      #expect(WatermarkDetector(keys: [Self.key]).detect([answered]).id == Self.id)
      return
    }
    Issue.record("the even mark was never faint")
  }

  @Test func aMarkThatIsHeardNeedsNone() throws {
    let even = try #require(residual(.even, psnr: 42).mean)
    let (reading, emphasis) = WatermarkEmphasis.even.adapted(to: even, id: Self.id, key: Self.key)
    #expect(!reading.isFaint && reading.sync > 15)
    #expect(emphasis.bits.allSatisfy { $0 >= WatermarkEmphasis.weakest })
    #expect(emphasis.bits.allSatisfy { $0 <= WatermarkEmphasis.loudest })
  }

  @Test func anotherIdIsNotHeard() throws {
    let even = try #require(residual(.even, psnr: 42).mean)
    let (reading, _) = WatermarkEmphasis.even.adapted(to: even, id: ~Self.id, key: Self.key)
    #expect(reading.wrongBits > 0.2)
  }
}
