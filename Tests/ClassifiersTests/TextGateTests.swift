import Testing

@testable import Classifiers

@Suite struct TextGateTests {
  @Test func readsAShortTextOnce() {
    #expect(TextGate.windows(0) == [])
    #expect(TextGate.windows(1) == [0..<1])
    #expect(TextGate.windows(60) == [0..<60])
  }

  @Test(arguments: [61, 126, 127, 500, TextGate.maximumTokens])
  func readsALongTextWholeAndInPieces(_ count: Int) {
    let windows = TextGate.windows(count)
    let long = windows.filter { $0.count > TextGate.shortWindowLength }
    #expect(windows.allSatisfy { $0.count <= TextGate.windowLength - 2 })
    for token in 0..<count {
      #expect(long.contains { $0.contains(token) } || token >= long.last!.upperBound)
      #expect(windows.contains { $0.contains(token) && $0.count <= TextGate.shortWindowLength })
    }
    #expect(windows.contains { $0.upperBound == count })
  }
}
