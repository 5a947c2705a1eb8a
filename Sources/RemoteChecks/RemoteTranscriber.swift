import Bytes
public import Classifiers
import Evidence
public import Moderation
import StrictJSON

/// `POST /v1/audio/transcriptions` (OpenAI, vLLM, whisper.cpp): hears what a bigger model than ours
/// hears, in its languages. It stands in the place of the local one.
public struct RemoteTranscriber: SpeechChecking {
  /// The gateway's decoder delivers this many samples a second.
  private static let sampleRate = SpeechRecognizer.sampleRate

  private let service: RemoteService
  private let model: String

  init(_ service: RemoteService, model: String) {
    self.service = service
    self.model = model
  }

  public func transcribe(_ samples: [Float]) async -> SpeechResult {
    let seconds = Double(samples.count) / Double(Self.sampleRate)
    guard seconds <= SpeechRecognizer.maximumSeconds else {
      return .unknown(
        .notEvaluated("the sound is longer than \(Int(SpeechRecognizer.maximumSeconds)) seconds"))
    }
    let request = RemoteRequest(
      fields: [
        ("model", model), ("response_format", "verbose_json"), ("temperature", "0"),
      ],
      file: ("file", "sound.wav", "audio/wav", Self.wave(samples)),
      boundary: "assay-\(UInt64.random(in: .min ... .max))-\(UInt64.random(in: .min ... .max))")
    do {
      let segments = try await service.ask(request) { answer throws(RemoteFault) in
        try Self.segments(in: answer.json, seconds: seconds)
      }
      let spoken = segments.reduce(0) { $0 + $1.end - $1.start }
      return .transcript(
        Transcript(
          speechRatio: seconds > 0 ? min(spoken / seconds, 1) : 0, segments: segments,
          models: [service.model]))
    } catch {
      return .unknown(service.reason(of: error))
    }
  }

  /// A second more than there is: models round, and some pad what they are given.
  private static let slack = 1.0

  static func segments(
    in answer: JSONValue, seconds: Double
  ) throws(RemoteFault) -> [Transcript.Segment] {
    guard let text = answer["text"]?.string else {
      throw RemoteFault(kind: .lasting, detail: "its answer has no text")
    }
    var segments: [Transcript.Segment] = []
    for segment in answer["segments"]?.array ?? [] {
      guard let start = segment["start"]?.number, let end = segment["end"]?.number,
        let words = segment["text"]?.string
      else { throw RemoteFault(kind: .lasting, detail: "one of its segments is no segment") }
      guard 0 <= start, start <= end, end <= seconds + slack else {
        throw RemoteFault(
          kind: .lasting, detail: "a segment from \(start) to \(end) s is not in the sound")
      }
      if words.contains(where: { !$0.isWhitespace }) {
        segments.append(.init(start: start, end: end, text: words))
      }
    }
    // Servers that give no times, or none for some of the words.
    if segments.isEmpty, text.contains(where: { !$0.isWhitespace }) {
      segments = [.init(start: 0, end: seconds, text: text)]
    }
    return segments
  }

  /// 16-bit PCM in a RIFF file.
  static func wave(_ samples: [Float]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(44 + samples.count * 2)
    func append<Number: FixedWidthInteger>(_ number: Number) {
      withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
    }
    let size = UInt32(samples.count * 2)
    bytes += Array("RIFF".utf8)
    append(size + 36)
    bytes += Array("WAVEfmt ".utf8)
    append(UInt32(16))
    append(UInt16(1))  // PCM
    append(UInt16(1))  // channels
    append(UInt32(sampleRate))
    append(UInt32(sampleRate * 2))
    append(UInt16(2))
    append(UInt16(16))
    bytes += Array("data".utf8)
    append(size)
    for sample in samples {
      append(Int16((min(max(sample, -1), 1) * 32_767).rounded()))
    }
    return bytes
  }
}
