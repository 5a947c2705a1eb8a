import Pixels
import Testing

@testable import Watermark

struct ResidualAccumulatorTests {
  @Test func longClipsAreThinnedOut() {
    let residual = ResidualAccumulator()
    let wanted = (0..<256 * 8).map { _ in residual.wantsFrame() }
    #expect(wanted[..<256].allSatisfy { $0 })
    #expect(wanted[256..<768].count { $0 } == 256)
    #expect(wanted[768..<1792].count { $0 } == 256)
  }

  @Test func framesOfAnotherSizeAreLeftOut() {
    let residual = ResidualAccumulator()
    #expect(residual.mean == nil)
    let luma = [UInt8](repeating: 9, count: 400 * 400)
    residual.add(luma: luma.span, width: 400, height: 200, stride: 400)
    residual.add(luma: luma.span, width: 200, height: 400, stride: 400)
    #expect(residual.frames == 1)
    #expect(residual.mean?.width == 720 && residual.mean?.height == 360)
  }

  @Test func whatIsTooLongIsLeftOut() {
    let residual = ResidualAccumulator()
    let luma = [UInt8](repeating: 9, count: 9 * 81)
    residual.add(luma: luma.span, width: 81, height: 9, stride: 81)
    #expect(residual.frames == 0)
  }
}
