import Bytes
import Evidence
import HTTPTypes
import Hummingbird
import MediaJobs
import Moderation
import NIOCore
import NIOPosix
import PKI
import StrictJSON

/// `/v1/audio/speech` and `/v1/audio/transcriptions` as OpenAI's clients call them.
struct AudioRoutes: Sendable {
  static let maximumInput = 4096
  /// The names that clients know, each with a voice of the built-in synthesiser.
  static let voices = [
    "alloy": "slt", "ash": "rms", "ballad": "awb", "coral": "slt", "echo": "rms", "fable": "awb",
    "onyx": "kal16", "nova": "slt", "sage": "slt", "shimmer": "slt", "verse": "rms",
    "marin": "slt", "cedar": "rms",
  ]
  /// Formats that cannot carry signed credentials, so that they would leave unmarked.
  static let unsigned = ["opus", "aac", "pcm"]

  let workspace: Workspace
  let pieces: any PiecePipeline
  let hasRoom: @Sendable () -> Bool
  var enforcement: Enforcement?

  func add(to group: RouterGroup<GatewayContext>) {
    group.serve("audio/speech", [.post: speech])
    group.serve("audio/transcriptions", [.post: transcribe])
  }

  // MARK: speech

  private func speech(_ request: Request, _ context: GatewayContext) async throws -> Response {
    guard hasRoom() else { throw APIError.storageUnavailable }
    let id = "speech_\(Hex.encode(SecureRandom.bytes(16)))"
    try workspace.prepare(id)
    defer { workspace.sweepQuarantine(id) }
    var (fields, _) = try await CreateBodyReader(
      workspace: workspace, job: id, fileFields: [:]
    ).readAll(request)
    let streams =
      try ImageBody.choice("stream_format", of: ["audio", "sse"], &fields) == "sse"
    let order = try AudioRoutes.order(&fields)
    let subject = Subject(
      tenant: context.tenant, endUser: try CreateVideoBody.endUser(&fields))
    try await enforcement?.check(subject)
    let path: String
    do {
      switch try await pieces.speak(id: id, order, subject: subject) {
      case .refused(let refusal):
        try await enforcement?.strike(subject, asset: id, categories: refusal.categories)
        throw PieceErrors.refused(refusal, type: "invalid_request_error")
      case .held: throw PieceErrors.held(type: "invalid_request_error")
      case .released(let released):
        guard let piece = released.first else { throw APIError.internalFault }
        path = piece.path
      }
    } catch let failure as GenerationFailure {
      throw PieceErrors.failed(failure)
    }
    let bytes = try await NIOThreadPool.singleton.runIfActive {
      try FileByteSource.contents(of: path, limit: 256 << 20)
    }
    guard streams else {
      return Response(
        status: .ok,
        headers: [
          .contentType: AudioRoutes.mediaType(order.speech.format),
          .contentLength: String(bytes.count),
        ], body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
    return Response(
      events: [
        ["type": "speech.audio.delta", "audio": .string(Base64.encode(bytes))],
        [
          "type": "speech.audio.done",
          "usage": ["input_tokens": 0, "output_tokens": 0, "total_tokens": 0],
        ],
      ])
  }

  private static func order(_ fields: inout FormFields) throws(APIError) -> SpeechOrder {
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
    let model = try CreateVideoBody.text("model", &fields) ?? "tts-1"
    let named = try CreateVideoBody.text("voice", &fields)
    let identified = try CreateVideoBody.text("voice[id]", &fields)
    let voice = named ?? identified ?? "alloy"
    guard let known = voices[voice] else {
      throw .invalid("voice", CreateVideoBody.unsupported(voice, of: voices.keys.sorted()))
    }
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
    var speed = 1.0
    if let given = fields.take("speed") {
      guard let number = Double(given.spelling), (0.25...4).contains(number) else {
        throw .invalid("speed", "Invalid 'speed': give a number from 0.25 to 4.")
      }
      speed = number
    }
    var extras: [String: String] = [:]
    for (name, value) in fields.values where name != "user" && name != "safety_identifier" {
      extras[name] = value.spelling
    }
    return SpeechOrder(
      model: model, speech: SpeechRequest(text: input, voice: known, speed: speed, format: format),
      voice: voice, extras: extras)
  }

  static func mediaType(_ format: SpeechRequest.Format) -> String {
    switch format {
    case .mp3: "audio/mpeg"
    case .wav: "audio/wav"
    case .flac: "audio/flac"
    }
  }

  // MARK: transcriptions

  private func transcribe(_ request: Request, _ context: GatewayContext) async throws -> Response {
    guard hasRoom() else { throw APIError.storageUnavailable }
    let id = "transcript_\(Hex.encode(SecureRandom.bytes(16)))"
    try workspace.prepare(id)
    defer { workspace.sweepQuarantine(id) }
    let reader = CreateBodyReader(
      workspace: workspace, job: id, fileFields: ["file": 1],
      fileLimit: CreateBodyReader.maximumClipBytes)
    var (fields, files) = try await reader.readAll(request)
    let format = try TranscriptFormat(&fields)
    guard let file = files["file"]?.first else {
      throw APIError.invalid(
        "file", "Missing required parameter: 'file'. Send a sound file.",
        code: "missing_required_parameter")
    }
    let subject = Subject(
      tenant: context.tenant, endUser: try CreateVideoBody.endUser(&fields))
    do {
      switch try await pieces.hear(id: id, file.path, subject: subject) {
      case .refused(let refusal):
        throw PieceErrors.refused(refusal, type: "invalid_request_error")
      case .held: throw PieceErrors.held(type: "invalid_request_error")
      case .heard(let heard): return format.response(heard)
      }
    } catch let unusable as UnusableUpload {
      throw APIError.invalid("file", unusable.message, code: unusable.code)
    }
  }
}
