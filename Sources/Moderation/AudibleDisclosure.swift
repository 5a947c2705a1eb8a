public import MediaClient
import MediaJobs
import Policy
import Watermark

/// What is said after the rhythm where a policy wants words.
public actor DisclosureWords {
  public enum Source: Equatable, Sendable {
    /// Read by the built-in voice, which knows Latin letters and English.
    case text(String)
    /// The operator's own recording, for any language and voice.
    case recording(String)
  }

  /// "AI" spelt out: the two letters alone are easily missed by ear.
  public static let standard = Source.text(
    "This recording was made with artificial intelligence.")
  /// The words must not outlast what they announce by much.
  public static let maximumCharacters = 200

  private let source: Source
  private var samples: [Int16]?

  public init(_ source: Source = DisclosureWords.standard) { self.source = source }

  /// 16 kHz, one channel; made once.
  ///
  /// - Parameter scratch: where a file may be written.
  /// - Throws: `refused(.tooLong)` for a recording that is longer than `DisclosureRequest` takes,
  ///   `refused(.noSound)` for silence.
  func samples(
    _ media: any MediaWorking, scratch: @autoclosure () -> String
  ) async throws(MediaFailure) -> [Int16] {
    if let samples { return samples }
    let path: String
    switch source {
    case .text(let text):
      path = scratch()
      try await media.readAloud(SpeechRequest(text: text, format: .wav), output: path)
    case .recording(let recording): path = recording
    }
    let made = try Self.words(try await media.sound(of: path))
    samples = made
    return made
  }

  /// Hears the operator's recording, so that one that cannot be used is known before it is needed.
  public func check(_ media: any MediaWorking) async throws(MediaFailure) {
    guard case .recording(let path) = source else { return }
    samples = try Self.words(try await media.sound(of: path))
  }

  private static func words(_ samples: [Float]) throws(MediaFailure) -> [Int16] {
    guard samples.count <= DisclosureRequest.maximumSamples else {
      let seconds = DisclosureRequest.maximumSamples / DisclosureRequest.sampleRate
      throw .refused(
        MediaRefusal(.tooLong, "A disclosure has at most \(seconds) seconds; this one has more."))
    }
    // Softer than this (-40 dBFS at its loudest) nobody hears it.
    guard samples.contains(where: { abs($0) > 0.01 }) else {
      throw .refused(MediaRefusal(.noSound, "Nothing can be heard in the disclosure."))
    }
    return samples.map { Int16(min(max($0, -1), 1) * 32_767) }
  }
}

/// What recordings without pictures begin with, so that whoever hears them knows.
extension StagedPipeline {
  /// The same pipeline with other words.
  public func disclosing(_ words: DisclosureWords) -> StagedPipeline {
    var pipeline = self
    pipeline.disclosureWords = words
    return pipeline
  }

  /// What a recording begins with: samples of the words, none for the rhythm alone.
  ///
  /// - Returns: nil where the policy wants nothing to be heard.
  func disclosure(of job: String) async throws(MediaFailure) -> [Int16]? {
    switch policy.marking.audible {
    case .never: return nil
    case .rhythm, nil: return []
    case .spoken:
      return try await disclosureWords.samples(
        media, scratch: workspace.upload(job, name: "words.wav"))
    }
  }

  /// Whether a file begins with the rhythm, and with these words right after it.
  func hearsDisclosure(_ words: [Int16]?, in path: String) async throws -> Bool {
    guard let words else { return true }
    let samples = try await media.sound(of: path)
    guard let rhythm = DisclosureRhythmDetector.find(in: samples) else { return false }
    guard !words.isEmpty else { return true }
    let begin = rhythm.start - DisclosureRhythm.lead + DisclosureRhythm.seconds
    let known = words.prefix(Self.comparedSamples).map { Float($0) / 32_768 }
    return try await blocking {
      SoundLikeness.correlation(
        of: known, in: samples, near: Int(begin * Double(DisclosureRequest.sampleRate)),
        slack: Self.slack) >= Self.likeness
    }
  }

  /// Two seconds of the words tell them from any others.
  private static let comparedSamples = 2 * DisclosureRequest.sampleRate
  /// 20 ms: the rhythm's place is known to 5, and encoders delay a whole file alike.
  private static let slack = DisclosureRequest.sampleRate / 50
  /// MP3 at 128 kbit/s gives above 0.99, other words of the same voice below 0.3.
  private static let likeness = 0.8
}

extension Marking.Audible {
  /// For people who read the manifest.
  var note: String {
    switch self {
    case .never: "no audible disclosure added"
    case .rhythm: "audible disclosure added at the start: tones in the rhythm of Morse code \"AI\""
    case .spoken:
      "audible disclosure added at the start: tones in the rhythm of Morse code \"AI\", and words"
    }
  }
}
