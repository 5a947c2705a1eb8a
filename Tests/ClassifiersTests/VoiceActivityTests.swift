import Testing

@testable import Classifiers

@Suite struct VoiceActivityTests {
  @Test func joinsShortPausesAndDropsClicks() {
    var probabilities = [Float](repeating: 0, count: 200)
    for frame in 20..<60 { probabilities[frame] = 0.9 }
    for frame in 40..<45 { probabilities[frame] = 0.1 }
    probabilities[100] = 0.9
    for frame in 150..<200 { probabilities[frame] = 0.4 }
    probabilities[150] = 0.6
    #expect(VoiceActivity.stretches(probabilities) == [20..<60, 150..<200])
    #expect(VoiceActivity.stretches([]) == [])
  }
}
