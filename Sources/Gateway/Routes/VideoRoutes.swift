import HTTPTypes
import Hummingbird
import Moderation
import StrictJSON

/// `/v1/videos` as OpenAI's clients call it.
struct VideoRoutes: Sendable {
  /// What a client waits between two polls; it keeps the first answer's value for its whole loop.
  static let pollAfterMilliseconds = 2000
  private enum Order: String, CaseIterable { case asc, desc }

  static let defaultPageSize = 20
  static let maximumPageSize = 100

  let service: VideoService
  private let files = FileIO()

  init(service: VideoService) { self.service = service }

  func add(to group: RouterGroup<GatewayContext>) {
    group.serve("videos", [.post: create, .get: list])
    group.serve("videos/:id", [.get: retrieve, .delete: delete])
    group.serve("videos/:id/content", [.get: content])
    DerivedVideoRoutes(service: service).add(to: group)
  }

  private func create(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let id = VideoService.newID()
    try service.workspace.prepare(id)
    let body: CreateVideoBody
    do {
      let reader = CreateBodyReader(workspace: service.workspace, job: id)
      let (fields, file) = try await reader.read(request)
      body = try CreateVideoBody(fields, file: file)
    } catch {
      service.workspace.sweepQuarantine(id)
      throw error
    }
    let job = try await service.create(
      id: id, body, tenant: context.tenant,
      idempotencyKey: try VideoRoutes.idempotencyKey(request),
      isRepetition: VideoRoutes.isRepetition(request))
    return VideoRoutes.answer(job)
  }

  private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let query = try QueryFields(request)
    let order = try query.choice("order", default: Order.desc)
    let size =
      try query.number("limit", in: 0...VideoRoutes.maximumPageSize) ?? VideoRoutes.defaultPageSize
    let page = try await service.list(
      of: context.tenant, after: query["after"], limit: size, ascending: order == .asc)
    return Response(
      json: .object([
        .init("object", "list"),
        .init("data", .array(page.jobs.map(VideoObject.json))),
        .init("first_id", page.jobs.first.map { .string($0.id) } ?? .null),
        .init("last_id", page.jobs.last.map { .string($0.id) } ?? .null),
        .init("has_more", .bool(page.hasMore)),
      ]))
  }

  private func retrieve(_ request: Request, _ context: GatewayContext) async throws -> Response {
    VideoRoutes.answer(try await service.job(try id(context), of: context.tenant))
  }

  private func delete(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let id = try id(context)
    try await service.delete(id, of: context.tenant)
    return Response(
      json: .object([
        .init("id", .string(id)), .init("object", "video.deleted"), .init("deleted", true),
      ]))
  }

  private func content(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let file = try await service.content(
      try id(context), of: context.tenant, variant: try VideoRoutes.variant(request))
    var headers: HTTPFields = [
      .contentType: file.mediaType, .acceptRanges: "bytes", .eTag: file.entityTag,
      .cacheControl: "private",
    ]
    if let known = request.headers[.ifNoneMatch], VideoRoutes.lists(known, file.entityTag) {
      return Response(status: .notModified, headers: headers)
    }
    // RFC 9110 section 13.1.5: a range of another file is worth nothing.
    let isSame = request.headers[.ifRange].map { $0 == file.entityTag } ?? true
    switch ByteRange(header: isSame ? request.headers[.range] : nil, length: file.byteCount) {
    case .whole:
      headers[.contentLength] = String(file.byteCount)
      return Response(
        status: .ok, headers: headers,
        body: try await files.loadFile(path: file.path, context: context))
    case .part(let range):
      headers[.contentLength] = String(range.count)
      headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound)/\(file.byteCount)"
      return Response(
        status: .partialContent, headers: headers,
        body: try await files.loadFile(path: file.path, range: range, context: context))
    case .unsatisfiable:
      throw APIError(
        .rangeNotSatisfiable, "The file has \(file.byteCount) bytes; the range lies behind them.",
        code: "range_not_satisfiable", headers: [.contentRange: "bytes */\(file.byteCount)"])
    }
  }

  private func id(_ context: GatewayContext) throws -> String {
    try context.parameters.require("id")
  }

  static func answer(_ job: Job) -> Response {
    var response = Response(json: VideoObject.json(job))
    response.headers[.pollAfter] = String(pollAfterMilliseconds)
    return response
  }

  private static func variant(_ request: Request) throws(APIError) -> ContentVariant {
    let name = request.uri.queryParameters["variant"].map(String.init) ?? "video"
    if let variant = ContentVariant(rawValue: name) { return variant }
    throw .invalid("variant", "Invalid 'variant': use 'video', 'thumbnail' or 'spritesheet'.")
  }

  static func idempotencyKey(_ request: Request) throws(APIError) -> String? {
    guard let key = request.headers[.idempotencyKey] else { return nil }
    guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
      throw APIError(
        .badRequest, "Invalid Idempotency-Key: give 1 to 255 ASCII characters without spaces.",
        code: "invalid_idempotency_key")
    }
    return key
  }

  /// Clients count their own repetitions of a request.
  static func isRepetition(_ request: Request) -> Bool {
    (request.headers[.retryCount].flatMap { Int($0) } ?? 0) > 0
  }

  static func lists(_ header: String, _ tag: String) -> Bool {
    header == "*"
      || header.split(separator: ",").contains { item in
        let item = item.drop { $0 == " " }
        return (item.hasPrefix("W/") ? item.dropFirst(2) : item) == tag
      }
  }
}

extension RouterMethods where Context == GatewayContext {
  /// Serves these methods of a path, and answers 405 to the others.
  func serve(
    _ path: RouterPath,
    _ handlers: [HTTPRequest.Method: @Sendable (Request, GatewayContext) async throws -> Response]
  ) {
    let allowed = handlers.keys.map(\.rawValue).sorted().joined(separator: ", ")
    for method in HTTPRequest.Method.answered {
      on(path, method: method) { request, context -> Response in
        guard let handler = handlers[method] else {
          throw APIError(
            .methodNotAllowed,
            "The method \(method.rawValue) is not allowed here. Use \(allowed).",
            code: "method_not_allowed", headers: [.allow: allowed])
        }
        return try await handler(request, context)
      }
    }
  }
}

extension HTTPRequest.Method {
  /// Methods that are told whether a path takes them.
  fileprivate static let answered: [HTTPRequest.Method] = [
    .get, .post, .put, .patch, .delete, .options, .trace,
    // Of the HTTP working group's draft-ietf-httpbis-safe-method-w-body: without a name here yet.
    HTTPRequest.Method(rawValue: "QUERY"),
  ].compactMap(\.self)
}
