import Testing

@testable import Classifiers

@Suite struct TextEncoderTests {
  @Test func readsAShortTextOnce() {
    #expect(TextEncoder.windows(0) == [])
    #expect(TextEncoder.windows(1) == [0..<1])
    #expect(TextEncoder.windows(60) == [0..<60])
  }

  @Test(arguments: [61, 126, 127, 500, TextEncoder.maximumTokens])
  func readsALongTextWholeAndInPieces(_ count: Int) {
    let windows = TextEncoder.windows(count)
    let long = windows.filter { $0.count > TextEncoder.shortWindowLength }
    #expect(windows.allSatisfy { $0.count <= TextEncoder.windowLength - 2 })
    for token in 0..<count {
      #expect(long.contains { $0.contains(token) } || token >= long.last!.upperBound)
      #expect(windows.contains { $0.contains(token) && $0.count <= TextEncoder.shortWindowLength })
    }
    #expect(windows.contains { $0.upperBound == count })
  }
}
