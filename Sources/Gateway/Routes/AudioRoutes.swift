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
  let workspace: Workspace
  let pieces: any PiecePipeline
  let hasRoom: @Sendable () -> Bool
  let subjects: SubjectResolver
  let repetitions: Repetitions
  let gate: AdmissionGate
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
    let (fields, _) = try await CreateBodyReader(
      workspace: workspace, job: id, fileFields: [:]
    ).readAll(request)
    let body = try SpeechBody(fields)
    let (subject, extras) = try await subjects.subject(
      tenant: context.tenant, endUser: body.endUser, fields: body.extras)
    return try await repetitions.answer(
      request, context, digest: BodyDigest.hex(fields), asset: id
    ) {
      try await speak(id, body, extras, subject)
    }
  }

  private func speak(
    _ id: String, _ body: SpeechBody, _ extras: [String: String], _ subject: Subject
  ) async throws -> Response {
    try await enforcement?.check(subject)
    let path: String
    do {
      let order = body.order(extras)
      switch try await gate.pass({ try await pieces.speak(id: id, order, subject: subject) }) {
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
    guard body.isStreamed else {
      return Response(
        status: .ok,
        headers: [
          .contentType: AudioRoutes.mediaType(body.speech.format),
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
    let (fields, files) = try await reader.readAll(request)
    let body = try TranscriptionBody(fields)
    guard let file = files["file"]?.first else {
      throw APIError.invalid(
        "file", "Missing required parameter: 'file'. Send a sound file.",
        code: "missing_required_parameter")
    }
    let (subject, _) = try await subjects.subject(
      tenant: context.tenant, endUser: body.endUser, fields: body.extras)
    return try await repetitions.answer(
      request, context, digest: try await BodyDigest.hex(fields, files), asset: id
    ) { try await hear(id, file.path, body.format, subject) }
  }

  private func hear(
    _ id: String, _ path: String, _ format: TranscriptFormat, _ subject: Subject
  ) async throws -> Response {
    do {
      switch try await gate.pass({ try await pieces.hear(id: id, path, subject: subject) }) {
      case .refused(let refusal):
        throw PieceErrors.refused(refusal, type: "invalid_request_error")
      case .held: throw PieceErrors.held(type: "invalid_request_error")
      case .heard(let heard): return format.response(heard)
      }
    } catch let unusable as UnusableUpload {
      throw APIError.invalid("file", unusable.message, code: unusable.code)
    }
  }

  /// A decoded request for a transcript.
  private struct TranscriptionBody: Sendable {
    let format: TranscriptFormat
    let endUser: String?
    let extras: [String: String]

    init(_ fields: FormFields) throws(APIError) {
      var fields = fields
      format = try TranscriptFormat(&fields)
      endUser = try CreateVideoBody.endUser(&fields)
      extras = fields.values.mapValues(\.spelling)
    }
  }
}
