import Testing

@testable import Classifiers

@Suite struct SpeechRecognizerTests {
  private let rate = SpeechRecognizer.sampleRate
  /// Frames of 32 ms for a stretch in seconds.
  private func frames(_ seconds: Range<Double>) -> Range<Int> {
    Int(seconds.lowerBound * 31.25)..<Int(seconds.upperBound * 31.25)
  }

  @Test func decodesShortSoundsWholeAndSilenceNotAtAll() {
    #expect(SpeechRecognizer.windows([], sampleCount: 10 * rate) == [])
    #expect(
      SpeechRecognizer.windows([frames(2..<3)], sampleCount: 20 * rate) == [0..<20 * rate])
  }

  @Test func cutsLongSoundsInPausesAndCoversAllSpeech() {
    let stretches = [frames(1..<15), frames(20..<32), frames(40..<100)]
    let windows = SpeechRecognizer.windows(stretches, sampleCount: 110 * rate)
    for window in windows { #expect(window.count <= 28 * rate) }
    for (earlier, later) in zip(windows, windows.dropFirst()) {
      #expect(earlier.upperBound <= later.lowerBound)
    }
    for stretch in stretches {
      for frame in stretch {
        let sample = frame * VoiceActivity.frameLength
        #expect(windows.contains { $0.contains(sample) })
      }
    }
  }
}
