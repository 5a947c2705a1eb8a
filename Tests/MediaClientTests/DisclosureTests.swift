import Foundation
import MediaClient
import MediaJobs
import Testing
import Watermark

/// Recordings that begin with an audible disclosure, and what codecs leave of it.
@Suite(.enabled(if: MediaFixtures.isReady, "needs assay-media and the ffmpeg command"))
struct DisclosureTests {
  let client = MediaFixtures.client
  private static let rate = DisclosureRequest.sampleRate

  private func spoken(_ text: String) async throws -> String {
    let path = MediaFixtures.path("spoken.wav")
    try await client.speak(SpeechRequest(text: text, format: .wav), output: path)
    return path
  }

  private func disclosed(
    _ input: String, _ format: SpeechRequest.Format, words: [Int16] = []
  ) async throws -> String {
    let path = MediaFixtures.path("disclosed.\(format.rawValue)")
    try await client.disclose(
      input, output: path, request: DisclosureRequest(words: words, format: format))
    return path
  }

  @Test(arguments: SpeechRequest.Format.allCases)
  func aRecordingBeginsWithItAndIsWholeAfterIt(format: SpeechRequest.Format) async throws {
    let speech = try await spoken("Welcome home. The kettle is on.")
    let before = try await client.hear(speech).samples
    #expect(DisclosureRhythmDetector.find(in: before) == nil)
    let file = try await disclosed(speech, format)
    let samples = try await client.hear(file).samples
    let found = try #require(DisclosureRhythmDetector.find(in: samples))
    let begin = found.start - DisclosureRhythm.lead + DisclosureRhythm.seconds
    let known = Array(before.prefix(2 * Self.rate))
    #expect(
      SoundLikeness.correlation(
        of: known, in: samples, near: Int(begin * Double(Self.rate)), slack: Self.rate / 50) > 0.9)
    let longer = Double(samples.count - before.count) / Double(Self.rate)
    #expect(abs(longer - DisclosureRhythm.seconds) < 0.1)
    // What the file said of itself it still says.
    let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    #expect(bytes.range(of: Data("AI generated speech".utf8)) != nil)
  }

  @Test func wordsFollowTheRhythm() async throws {
    let speech = try await spoken("Seven lanterns went out one after another.")
    let words = try await client.hear(
      try await spoken("This recording was made with artificial intelligence.")
    ).samples
    let file = try await disclosed(speech, .mp3, words: words.map { Int16($0 * 32_767) })
    let samples = try await client.hear(file).samples
    let found = try #require(DisclosureRhythmDetector.find(in: samples))
    let begin = found.start - DisclosureRhythm.lead + DisclosureRhythm.seconds
    func likeness(_ known: [Float]) -> Double {
      SoundLikeness.correlation(
        of: Array(known.prefix(2 * Self.rate)), in: samples,
        near: Int(begin * Double(Self.rate)), slack: Self.rate / 50)
    }
    #expect(likeness(words) > 0.95)
    #expect(likeness(try await client.hear(speech).samples) < 0.4)
  }

  @Test(arguments: [
    ("copy.mp3", ["-b:a", "64k"]), ("copy.ogg", ["-c:a", "libopus", "-b:a", "32k"]),
    ("copy.m4a", ["-c:a", "aac", "-b:a", "48k"]), ("copy.wav", ["-ar", "8000"]),
    ("soft.wav", ["-af", "volume=-20dB"]), ("loud.wav", ["-af", "volume=12dB"]),
    ("phone.wav", ["-af", "highpass=300,lowpass=3400", "-ar", "8000", "-c:a", "pcm_alaw"]),
  ])
  func copiesStillBeginWithIt(name: String, options: [String]) async throws {
    let file = try await disclosed(try await spoken("Welcome home. The kettle is on."), .mp3)
    let copy = try MediaFixtures.make(name, ["-i", file] + options)
    #expect(DisclosureRhythmDetector.find(in: try await client.hear(copy).samples) != nil)
  }

  @Test func whatIsNoRecordingIsRefused() async throws {
    let silent = try MediaFixtures.make(
      "silent.mp4", ["-f", "lavfi", "-i", "testsrc2=s=64x64:d=1", "-c:v", "libx264"])
    await #expect(throws: MediaFailure.self) { try await disclosed(silent, .wav) }
  }
}
