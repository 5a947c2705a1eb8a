import Bytes
import Evidence
import HTTPTypes
import Hummingbird
import MediaJobs
import Moderation
import NIOPosix
import PKI
import StrictJSON

/// `/v1/images/generations` and `/v1/images/edits` as OpenAI's clients call them.
struct ImageRoutes: Sendable {
  static let errorType = "image_generation_user_error"

  let workspace: Workspace
  let pieces: any PiecePipeline
  let assets: AssetStore
  let hasRoom: @Sendable () -> Bool
  let subjects: SubjectResolver
  let repetitions: Repetitions
  let gate: AdmissionGate
  var enforcement: Enforcement?

  func add(to group: RouterGroup<GatewayContext>) {
    group.serve("images/generations", [.post: { try await serve($0, $1, isEdit: false) }])
    group.serve("images/edits", [.post: { try await serve($0, $1, isEdit: true) }])
  }

  private func serve(
    _ request: Request, _ context: GatewayContext, isEdit: Bool
  ) async throws -> Response {
    guard hasRoom() else { throw APIError.storageUnavailable }
    let id = "img_\(Hex.encode(SecureRandom.bytes(16)))"
    try workspace.prepare(id)
    // What is to stay was moved away by then.
    defer { workspace.sweepQuarantine(id) }
    let reader = CreateBodyReader(
      workspace: workspace, job: id,
      fileFields: isEdit ? ["image": ImageBody.maximumReferences, "mask": 1, "markup": 1] : [:])
    let (fields, files) = try await reader.readAll(request)
    let body = try ImageBody(fields)
    var references: [ReferenceFile] = []
    for name in ["image", "mask", "markup"] {
      references += (files[name] ?? []).map {
        ReferenceFile(path: $0.path, declaredMediaType: $0.declaredMediaType)
      }
    }
    for (number, image) in body.inline.enumerated() {
      let writer = try SpoolWriter(path: workspace.upload(id, name: "inline-\(number)"))
      try await writer.write(.init(bytes: image.bytes))
      references.append(ReferenceFile(path: writer.path, declaredMediaType: image.mediaType))
    }
    guard !isEdit || !references.isEmpty else {
      throw APIError.invalid(
        "image", "Missing required parameter: 'image'. Send a file or a data URL.",
        code: "missing_required_parameter")
    }
    let (subject, extras) = try await subjects.subject(
      tenant: context.tenant, endUser: body.endUser, fields: body.extras)
    let order = StillOrder(
      request: VideoRequest(
        prompt: body.prompt, model: body.model, seconds: 0, size: body.size,
        reference: references.first, extras: extras,
        further: Array(references.dropFirst())),
      format: body.format, quality: body.compression, count: body.count)
    return try await repetitions.answer(
      request, context, digest: try await BodyDigest.hex(fields, files), asset: id
    ) { try await draw(id, order, body, subject, request, isEdit: isEdit) }
  }

  private func draw(
    _ id: String, _ order: StillOrder, _ body: ImageBody, _ subject: Subject, _ request: Request,
    isEdit: Bool
  ) async throws -> Response {
    try await enforcement?.check(subject)
    do {
      switch try await gate.pass({ try await pieces.draw(id: id, order, subject: subject) }) {
      case .refused(let refusal):
        try await enforcement?.strike(subject, asset: id, categories: refusal.categories)
        throw PieceErrors.refused(refusal, type: ImageRoutes.errorType)
      case .held: throw PieceErrors.held(type: ImageRoutes.errorType)
      case .released(let released):
        return try await answer(released, body, request, subject, isEdit: isEdit)
      }
    } catch let unusable as UnusableUpload {
      throw APIError(
        .badRequest, unusable.message, type: ImageRoutes.errorType, parameter: "image",
        code: unusable.code)
    } catch let failure as GenerationFailure {
      throw PieceErrors.failed(failure)
    }
  }

  private func answer(
    _ released: [ReleasedPiece], _ body: ImageBody, _ request: Request, _ subject: Subject,
    isEdit: Bool
  ) async throws -> Response {
    let created = Int(WallClock.seconds())
    let about: [JSONValue.Member] = [
      .init("created", .integer(created)), .init("background", "opaque"),
      .init("output_format", .string(body.format.rawValue)),
      .init("quality", .string(body.quality)), .init("size", .string(body.size.description)),
    ]
    var data: [[JSONValue.Member]] = []
    for piece in released {
      if body.wantsURL {
        let url = try await assets.publish(
          piece.path, suffix: body.format.rawValue, mediaType: "image/\(body.format.rawValue)",
          subject: subject, request: request)
        data.append([.init("url", .string(url))])
      } else {
        let path = piece.path
        let bytes = try await NIOThreadPool.singleton.runIfActive {
          try FileByteSource.contents(of: path, limit: 64 << 20)
        }
        data.append([.init("b64_json", .string(Base64.encode(bytes)))])
      }
    }
    // No tokens are counted here; clients read the members all the same.
    let usage: JSONValue = [
      "total_tokens": 0, "input_tokens": 0, "output_tokens": 0,
      "input_tokens_details": ["text_tokens": 0, "image_tokens": 0],
    ]
    guard body.isStreamed else {
      return Response(
        json: .object(
          about + [.init("data", .array(data.map(JSONValue.object))), .init("usage", usage)]))
    }
    let type = isEdit ? "image_edit.completed" : "image_generation.completed"
    return Response(
      events: data.map { members in
        .object(
          [.init("type", .string(type))] + members
            + about.dropFirst().map { $0 } + [
              .init("created_at", .integer(created)), .init("usage", usage),
            ])
      })
  }
}
