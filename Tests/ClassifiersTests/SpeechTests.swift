import Glibc
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

@Suite struct LogMelSpectrogramTests {
  @Test func silenceIsFlat() {
    let mel = LogMelSpectrogram()([Float](repeating: 0, count: 16_000)[...])
    #expect(mel.count == 80 * 3000)
    #expect(mel.allSatisfy { $0 == -1.5 })
  }

  @Test func aToneLightsItsBand() {
    // 1 kHz is mel 15 of Slaney's scale, whose top (8 kHz) is 45.245: band 15 * 81 / 45.245 - 1.
    let tone = (0..<16_000).map { sinf(2 * .pi * 1000 * Float($0) / 16_000) }
    let mel = LogMelSpectrogram()(tone[...])
    let column = (0..<80).map { mel[$0 * 3000 + 50] }
    let loudest = column.indices.max { column[$0] < column[$1] }!
    #expect((25...27).contains(loudest))
    #expect(column.max()! - column.min()! > 1.5)
  }
}
