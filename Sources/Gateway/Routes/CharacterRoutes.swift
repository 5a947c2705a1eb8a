import Bytes
import Evidence
import Hummingbird
import Moderation
import PKI
import StrictJSON

/// `/v1/videos/characters`: a likeness taken from a clip. Whether any is taken is the policy's word
/// on uploads of clips.
struct CharacterRoutes: Sendable {
  static let kind = "character"

  let service: VideoService
  let records: RecordStore
  let subjects: SubjectResolver
  let repetitions: Repetitions

  func add(to group: RouterGroup<GatewayContext>) {
    group.serve("videos/characters", [.post: create])
    group.serve("videos/characters/:id", [.get: retrieve])
  }

  private func create(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let id = "char_\(Hex.encode(SecureRandom.bytes(16)))"
    try service.workspace.prepare(id)
    // Only the decision is kept; the clip goes.
    defer { service.workspace.sweepQuarantine(id) }
    let reader = CreateBodyReader(
      workspace: service.workspace, job: id, fileFields: ["video": 1],
      fileLimit: CreateBodyReader.maximumClipBytes)
    let (fields, files) = try await reader.readAll(request)
    let body = try Body(fields, file: files["video"]?.first)
    let (subject, _) = try await subjects.subject(
      tenant: context.tenant, endUser: body.endUser, fields: body.extras)
    return try await repetitions.answer(
      request, context, digest: try await BodyDigest.hex(fields, files), asset: id
    ) { try await make(id, body, subject) }
  }

  private func make(_ id: String, _ body: Body, _ subject: Subject) async throws -> Response {
    let wish = VideoRequest(
      prompt: body.name, model: CreateVideoBody.defaultModel, seconds: 4,
      size: FrameSize(width: 720, height: 1280),
      reference: ReferenceFile(
        path: body.file.path, declaredMediaType: body.file.declaredMediaType),
      operation: .edit)
    do {
      switch try await service.pipeline.screen(id: id, wish, subject: subject) {
      case .refused(let refusal): throw VideoService.error(for: refusal)
      case .held:
        throw APIError(
          .badRequest, "The clip waits for a person to review it; no character was made.",
          parameter: "video", code: "moderation_held")
      case .accepted: break
      }
    } catch let error as UnusableUpload {
      throw APIError.invalid("video", error.message, code: error.code)
    }
    let character: JSONValue = [
      "id": .string(id), "created_at": .integer(Int(WallClock.seconds())),
      "name": .string(body.name),
    ]
    try await records.insert(
      CharacterRoutes.kind, id, tenant: subject.tenant,
      character.setting(
        "consents", .array(subject.consentRecords.sorted().map(JSONValue.string))))
    return Response(json: character)
  }

  /// A decoded request for a character.
  private struct Body: Sendable {
    let name: String
    let file: SpooledFile
    let endUser: String?
    let extras: [String: String]

    init(_ fields: FormFields, file: SpooledFile?) throws(APIError) {
      var fields = fields
      guard let name = try CreateVideoBody.text("name", &fields), (1...200).contains(name.count),
        !name.unicodeScalars.contains("\0")
      else {
        throw APIError.invalid("name", "Invalid 'name': give a name of 1 to 200 characters.")
      }
      guard let file else {
        throw APIError.invalid(
          "video", "Missing required parameter: 'video'. Send a file part.",
          code: "missing_required_parameter")
      }
      self.name = name
      self.file = file
      endUser = try CreateVideoBody.endUser(&fields)
      extras = fields.values.mapValues(\.spelling)
    }
  }

  private func retrieve(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let id = try context.parameters.require("id")
    guard
      let record = try await records.record(CharacterRoutes.kind, id, tenant: context.tenant)
    else {
      throw APIError(
        .notFound, "No character with that id was found.", parameter: "character_id",
        code: "not_found")
    }
    return Response(json: record.document.setting("consents", nil))
  }
}
