import Testing

@testable import Policy

@Suite struct ConditionTests {
  @Test func rangeBoundsAreOpenOrClosed() {
    let range = ScoreRange(above: 0.2, atMost: 0.8)
    #expect(!range.contains(0.2) && range.contains(0.21) && range.contains(0.8))
    #expect(!range.isEmpty)
    #expect(ScoreRange(atLeast: 0.5, below: 0.5).isEmpty)
    #expect(ScoreRange(atLeast: 0.6, atMost: 0.5).isEmpty)
    #expect(!ScoreRange(atLeast: 0.5, atMost: 0.5).isEmpty)
  }

  @Test func rangeCoversNarrowerOnes() {
    let wide = ScoreRange(atLeast: 0.5)
    #expect(wide.covers(ScoreRange(atLeast: 0.5)))
    #expect(wide.covers(ScoreRange(above: 0.5, below: 0.9)))
    #expect(!wide.covers(ScoreRange(atLeast: 0.4)))
    #expect(!ScoreRange(above: 0.5).covers(wide))
    #expect(!ScoreRange(atLeast: 0.2, below: 0.9).covers(ScoreRange(atLeast: 0.3)))
  }
}
