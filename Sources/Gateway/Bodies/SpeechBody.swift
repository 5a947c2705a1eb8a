import MediaJobs
import Moderation

/// A decoded `POST /v1/audio/speech`, before anything of it is judged.
struct SpeechBody: Equatable, Sendable {
  static let maximumInput = 4096
  /// The names that clients know, each with a voice of the built-in synthesiser.
  static let voices = [
    "alloy": "slt", "ash": "rms", "ballad": "awb", "coral": "slt", "echo": "rms", "fable": "awb",
    "onyx": "kal16", "nova": "slt", "sage": "slt", "shimmer": "slt", "verse": "rms",
    "marin": "slt", "cedar": "rms",
  ]
  /// Formats that cannot carry signed credentials, so that they would leave unmarked.
  static let unsigned = ["opus", "aac", "pcm"]

  let model: String
  let speech: SpeechRequest
  /// The voice by the caller's name for it.
  let voice: String
  /// As server-sent events instead of bytes.
  let isStreamed: Bool
  let endUser: String?
  /// What is none of the above: judged like the text.
  let extras: [String: String]

  init(_ fields: FormFields) throws(APIError) {
    var fields = fields
    isStreamed = try ImageBody.choice("stream_format", of: ["audio", "sse"], &fields) == "sse"
    endUser = try CreateVideoBody.endUser(&fields)
    let input = try Self.input(&fields)
    model = try CreateVideoBody.model(&fields) ?? "tts-1"
    let isObject = fields.isNested("voice")
    let voice = try CreateVideoBody.text(isObject ? "voice[id]" : "voice", &fields)
    guard let voice = voice ?? (isObject ? nil : "alloy") else {
      throw .invalid("voice", "Give 'voice' as a name, or as an object with an 'id'.")
    }
    self.voice = voice
    guard let known = Self.voices[voice] else {
      throw .invalid("voice", CreateVideoBody.unsupported(voice, of: Self.voices.keys.sorted()))
    }
    let format = try Self.format(&fields)
    speech = SpeechRequest(
      text: input, voice: known, speed: try Self.speed(&fields), format: format)
    extras = try fields.rest()
  }

  /// - Parameter extras: what is left of them when the caller's own facts are taken out.
  func order(_ extras: [String: String]) -> SpeechOrder {
    SpeechOrder(model: model, speech: speech, voice: voice, extras: extras)
  }

  private static func input(_ fields: inout FormFields) throws(APIError) -> String {
    guard let input = try CreateVideoBody.text("input", &fields) else {
      throw .invalid(
        "input", "Missing required parameter: 'input'.", code: "missing_required_parameter")
    }
    guard (1...maximumInput).contains(input.unicodeScalars.count) else {
      throw .invalid("input", "Invalid 'input': give 1 to \(maximumInput) characters.")
    }
    guard !input.unicodeScalars.contains("\0") else {
      throw .invalid("input", "Invalid 'input': it holds a NUL character.")
    }
    let isReadable = input.utf8.contains {
      0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0
    }
    guard isReadable else {
      throw .invalid("input", "Invalid 'input': this server reads Latin letters and digits only.")
    }
    return input
  }

  private static func format(
    _ fields: inout FormFields
  ) throws(APIError) -> SpeechRequest.Format {
    let wanted =
      try ImageBody.choice(
        "response_format", of: SpeechRequest.Format.allCases.map(\.rawValue) + unsigned, &fields)
      ?? "mp3"
    guard let format = SpeechRequest.Format(rawValue: wanted) else {
      throw .invalid(
        "response_format",
        "The format '\(wanted)' cannot carry the signed credentials that all output of this server "
          + "has. Use 'mp3', 'wav' or 'flac'.", code: "unsupported_value")
    }
    return format
  }

  private static func speed(_ fields: inout FormFields) throws(APIError) -> Double {
    guard let given = try fields.takeScalar("speed") else { return 1 }
    guard let speed = Double(given.spelling), (0.25...4).contains(speed) else {
      throw .invalid("speed", "Invalid 'speed': give a number from 0.25 to 4.")
    }
    return speed
  }
}
