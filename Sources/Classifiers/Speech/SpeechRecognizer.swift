public import Evidence
import Synchronization

/// What was said in a sound.
public struct Transcript: Equatable, Sendable {
  public struct Segment: Equatable, Sendable {
    /// Seconds from the sound's start.
    public let start: Double
    public let end: Double
    public let text: String

    public init(start: Double, end: Double, text: String) {
      self.start = start
      self.end = end
      self.text = text
    }
  }

  /// Share of the sound in which somebody speaks, 0 to 1.
  public let speechRatio: Double
  /// In order; empty when nobody speaks.
  public let segments: [Segment]
  /// The models that answered.
  public let models: [ModelIdentity]

  public init(speechRatio: Double, segments: [Segment], models: [ModelIdentity] = []) {
    self.speechRatio = speechRatio
    self.segments = segments
    self.models = models
  }
}

/// A transcript, or why there is none.
public enum SpeechResult: Equatable, Sendable {
  case transcript(Transcript)
  case unknown(UnknownReason)
}

/// Silero VAD and Whisper tiny.en: English speech to text, on the processor.
///
/// Where the VAD hears nobody, Whisper is not asked: it invents text on music and silence. Sounds
/// of up to 28 seconds are decoded whole, which is more exact than piece by piece; longer ones are
/// cut in pauses. Other languages come out as nonsense English.
public final class SpeechRecognizer: Sendable {
  public static let sampleRate = 16_000
  /// Longer sounds are not judged: ten minutes are far beyond any clip and bound the time of one.
  public static let maximumSeconds = 600.0
  /// Two seconds less than Whisper's window, so that the last word is followed by silence.
  private static let longestWhole = 28.0
  /// Text this far from any speech (seconds) is invented.
  private static let reach = 0.5

  private let store: ModelStore
  private let pool: InferencePool
  private let mel = LogMelSpectrogram()
  private let tokens = Mutex<WhisperTokens?>(nil)

  public init(store: ModelStore, pool: InferencePool = .speech) {
    self.store = store
    self.pool = pool
  }

  /// `samples`: 16 kHz, mono, -1...1. About a second for a short clip.
  public func transcribe(_ samples: [Float]) async -> SpeechResult {
    await pool.run { self.recognise(samples) }
      ?? .unknown(.notEvaluated("too many sounds wait for the classifiers"))
  }

  private func recognise(_ samples: [Float]) -> SpeechResult {
    guard Double(samples.count) <= Self.maximumSeconds * Double(Self.sampleRate) else {
      return .unknown(
        .notEvaluated("the sound is longer than \(Int(Self.maximumSeconds)) seconds"))
    }
    do {
      let activity = VoiceActivity(session: try store.session(.voiceActivity, "silero_vad.onnx"))
      let decoder = WhisperDecoder(
        encoder: try store.session(.speech, "encoder.onnx"),
        decoder: try store.session(.speech, "decoder.onnx"), tokens: try loadedTokens())
      let probabilities = try activity.probabilities(samples)
      let stretches = VoiceActivity.stretches(probabilities)
      let spoken = stretches.reduce(0) { $0 + $1.count }
      var segments: [Transcript.Segment] = []
      for window in Self.windows(stretches, sampleCount: samples.count) {
        let offset = Double(window.lowerBound) / Double(Self.sampleRate)
        let duration = Double(window.count) / Double(Self.sampleRate)
        for segment in try decoder.segments(mel(samples[window]), duration: duration) {
          let (start, end) = (offset + segment.start, offset + segment.end)
          guard Self.isSpoken(start, end, stretches) else { continue }
          segments.append(Transcript.Segment(start: start, end: end, text: segment.text))
        }
      }
      return .transcript(
        Transcript(
          speechRatio: Double(spoken) / Double(max(probabilities.count, 1)), segments: segments,
          models: [store.identity(of: .voiceActivity), store.identity(of: .speech)]
            .compactMap(\.self)))
    } catch let error as ModelError {
      return .unknown(error.unknown)
    } catch {
      return .unknown(.failed("the speech model failed: \(error)"))
    }
  }

  /// What Whisper is asked to read, as samples: all of a short sound, or of a long one as many
  /// stretches of speech together as fit.
  static func windows(_ stretches: [Range<Int>], sampleCount: Int) -> [Range<Int>] {
    guard let first = stretches.first else { return [] }
    let limit = Int(longestWhole * Double(sampleRate))
    if sampleCount <= limit { return [0..<sampleCount] }
    let margin = VoiceActivity.frameLength * 6
    func samples(_ frames: Range<Int>) -> Range<Int> {
      max(
        0, frames.lowerBound * VoiceActivity.frameLength - margin)..<min(
          sampleCount, frames.upperBound * VoiceActivity.frameLength + margin)
    }
    var windows: [Range<Int>] = []
    var current = samples(first)
    for stretch in stretches.dropFirst().map(samples) {
      if stretch.upperBound - current.lowerBound <= limit {
        current = current.lowerBound..<stretch.upperBound
      } else {
        windows.append(current)
        current = max(stretch.lowerBound, current.upperBound)..<stretch.upperBound
      }
    }
    windows.append(current)
    // Somebody who does not pause for 28 seconds is cut where the window ends.
    return windows.flatMap { window in
      stride(from: window.lowerBound, to: window.upperBound, by: limit).map {
        $0..<min($0 + limit, window.upperBound)
      }
    }
  }

  private static func isSpoken(_ start: Double, _ end: Double, _ stretches: [Range<Int>]) -> Bool {
    let frame = Double(VoiceActivity.frameLength) / Double(sampleRate)
    return stretches.contains {
      Double($0.lowerBound) * frame - reach < end && start < Double($0.upperBound) * frame + reach
    }
  }

  private func loadedTokens() throws(ModelError) -> WhisperTokens {
    if let loaded = tokens.withLock({ $0 }) { return loaded }
    guard let loaded = WhisperTokens(json: try store.contents(.speech, "tokens.json")) else {
      throw .unreadable("whisper-tiny.en/tokens.json is not what the converter writes")
    }
    tokens.withLock { $0 = loaded }
    return loaded
  }
}
