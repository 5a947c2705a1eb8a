import Bytes
import HTTPTypes
import Hummingbird
import PKI
import StrictJSON

/// `/v1/webhook_endpoints`: where a caller wants to be told. A secret is shown when it is made, and
/// never again.
struct WebhookRoutes: Sendable {
  static let maximumEndpoints = 20

  let service: WebhookService

  func add(to group: RouterGroup<GatewayContext>, _ repetitions: Repetitions) {
    group.serve("webhook_event_types", [.get: types])
    group.serve(
      "webhook_endpoints", [.get: list, .post: { try await create($0, $1, repetitions) }])
    group.serve("webhook_endpoints/:id", [.get: retrieve, .post: update, .delete: delete])
    group.serve("webhook_endpoints/:id/rotate_secret", [.post: rotate])
    group.serve("webhook_endpoints/:id/test", [.post: test])
    group.serve("webhook_endpoints/:id/deliveries", [.get: deliveries])
  }

  private func types(_ request: Request, _ context: GatewayContext) async throws -> Response {
    Response(
      listing: WebhookService.types.map { ["id": .string($0), "object": "webhook_event_type"] })
  }

  private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let records = try await service.records.records(
      WebhookService.endpointKind, tenant: context.tenant)
    return Response(listing: records.map { WebhookRoutes.shown($0.document) })
  }

  private func create(
    _ request: Request, _ context: GatewayContext, _ repetitions: Repetitions
  ) async throws -> Response {
    let body = try await SmallBody.json(request)
    return try await repetitions.answer(
      request, context, digest: BodyDigest.hex(try FormFields(json: body))
    ) { try await make(body, tenant: context.tenant) }
  }

  private func make(_ body: JSONValue, tenant: String) async throws -> Response {
    let known = try await service.records.records(
      WebhookService.endpointKind, tenant: tenant)
    guard known.count < WebhookRoutes.maximumEndpoints else {
      throw APIError.invalid(
        "url", "You have \(WebhookRoutes.maximumEndpoints) endpoints already; delete one.",
        code: "too_many_endpoints")
    }
    guard let url = try WebhookRoutes.url(body) else {
      throw APIError.invalid(
        "url", "Missing required parameter: 'url'.", code: "missing_required_parameter")
    }
    let secret = WebhookSignature.newSecret()
    let id = "we_\(Hex.encode(SecureRandom.bytes(16)))"
    let document: JSONValue = [
      "id": .string(id), "object": "webhook_endpoint",
      "created_at": .integer(Int(service.clock())), "url": .string(url),
      "name": try WebhookRoutes.name(body).map(JSONValue.string) ?? .null,
      "events": .array(try WebhookRoutes.events(body) ?? []), "secret": .string(secret),
    ]
    try await service.records.insert(
      WebhookService.endpointKind, id, tenant: tenant, document)
    return Response(
      json: WebhookRoutes.shown(document).setting("signing_secret", .string(secret)))
  }

  private func retrieve(_ request: Request, _ context: GatewayContext) async throws -> Response {
    Response(json: WebhookRoutes.shown(try await record(context).document))
  }

  private func update(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let body = try await SmallBody.json(request)
    let record = try await record(context)
    var document = record.document
    if let url = try WebhookRoutes.url(body) { document = document.setting("url", .string(url)) }
    if let events = try WebhookRoutes.events(body) {
      document = document.setting("events", .array(events))
    }
    if let name = try WebhookRoutes.name(body) {
      document = document.setting("name", .string(name))
    }
    try await replace(record, document)
    return Response(json: WebhookRoutes.shown(document))
  }

  private func delete(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let record = try await record(context)
    try await service.records.delete(record.kind, record.id)
    return Response(
      json: [
        "id": .string(record.id), "object": "webhook_endpoint.deleted", "deleted": true,
      ])
  }

  private func rotate(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let record = try await record(context)
    let secret = WebhookSignature.newSecret()
    let document = record.document.setting("old_secret", record.document["secret"])
      .setting("secret", .string(secret))
      .setting("rotated_at", .integer(Int(service.clock())))
    try await replace(record, document)
    return Response(
      json: WebhookRoutes.shown(document).setting("signing_secret", .string(secret)))
  }

  private func test(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let record = try await record(context)
    let event = try await service.enqueue(
      "video.completed", tenant: context.tenant, data: ["id": "video_test"], endpoint: record.id)
    return Response(json: ["object": "webhook_endpoint.test", "event_id": .string(event)])
  }

  private func deliveries(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let endpoint = try await record(context)
    var records: [Record] = []
    for kind in [WebhookService.deliveryKind, WebhookService.doneKind] {
      records += try await service.records.records(
        kind, tenant: context.tenant, newestFirst: true)
    }
    return Response(
      listing: records.filter { $0.document["endpoint"]?.string == endpoint.id }.prefix(100).map {
        [
          "id": $0.document["event"] ?? .null, "object": "webhook_delivery",
          "type": $0.document["type"] ?? .null, "status": $0.document["status"] ?? .null,
          "attempts": $0.document["attempts"] ?? [],
        ]
      })
  }

  private func record(_ context: GatewayContext) async throws -> Record {
    let id = try context.parameters.require("id")
    guard
      let record = try await service.records.record(
        WebhookService.endpointKind, id, tenant: context.tenant)
    else {
      throw APIError(
        .notFound, "No webhook endpoint with that id was found.", parameter: "id",
        code: "not_found")
    }
    return record
  }

  private func replace(_ record: Record, _ document: JSONValue) async throws {
    guard try await service.records.update(record, to: document) else {
      throw APIError(
        .conflict, "The endpoint was changed meanwhile; read it again.", code: "stale",
        headers: [.shouldRetry: "false"])
    }
  }

  private static let nameLimit = 200

  private static func url(_ body: JSONValue) throws(APIError) -> String? {
    guard let value = body["url"] else { return nil }
    guard let url = value.string, url.utf8.count <= 2000, AddressGuard.host(of: url) != nil else {
      throw .invalid("url", "Invalid 'url': give an http:// or https:// address.")
    }
    return url
  }

  private static func name(_ body: JSONValue) throws(APIError) -> String? {
    guard let value = body["name"], !value.isNull else { return nil }
    guard let name = value.string, name.unicodeScalars.count <= nameLimit else {
      throw .invalid("name", "Invalid 'name': give a text of at most \(nameLimit) characters.")
    }
    return name
  }

  private static func events(_ body: JSONValue) throws(APIError) -> [JSONValue]? {
    guard let value = body["events"] ?? body["event_types"], !value.isNull else { return nil }
    guard let names = value.array,
      names.allSatisfy({ $0.string.map(WebhookService.types.contains) ?? false })
    else {
      throw .invalid(
        "events",
        "Invalid 'events': a list of \(WebhookService.types.joined(separator: ", ")); an empty one "
          + "means all.")
    }
    return names
  }

  /// Without the secrets.
  private static func shown(_ document: JSONValue) -> JSONValue {
    let secret = document["secret"]?.string ?? ""
    return document.setting("secret", nil).setting("old_secret", nil).setting("rotated_at", nil)
      .setting("signing_secret_hint", .string("…\(secret.suffix(4))"))
  }
}
