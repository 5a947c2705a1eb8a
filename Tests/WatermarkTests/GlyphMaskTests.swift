import Testing

@testable import Watermark

@Suite struct GlyphMaskTests {
  @Test func linesAreStackedAndCentred() throws {
    let wide = try #require(GlyphMask(width: 4, height: 1, coverage: [1, 2, 3, 4]))
    let narrow = try #require(GlyphMask(width: 2, height: 1, coverage: [8, 9]))
    let stack = try #require(GlyphMask.stack([wide, narrow], gap: 1))
    #expect(stack.coverage == [1, 2, 3, 4, 0, 0, 0, 0, 0, 8, 9, 0])
    #expect(GlyphMask.stack([], gap: 1) == nil)
  }

  @Test func emptyMarginsAreTrimmed() throws {
    let mask = try #require(
      GlyphMask(width: 3, height: 3, coverage: [0, 0, 0, 0, 7, 9, 0, 0, 0]))
    #expect(mask.trimmed() == GlyphMask(width: 2, height: 1, coverage: [7, 9]))
    #expect(GlyphMask(width: 1, height: 1, coverage: [0])?.trimmed() == nil)
  }
}
