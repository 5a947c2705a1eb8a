import Evidence
import HTTPTypes
import Hummingbird
import Moderation
import NIOCore
import StrictJSON

/// `/v1/reviews` for keys that may review, and `/v1/videos/{id}/appeal` for everybody.
struct ReviewRoutes: Sendable {
  let service: ReviewService
  let workspace: Workspace
  private let files = FileIO()

  init(service: ReviewService, workspace: Workspace) {
    self.service = service
    self.workspace = workspace
  }

  func add(to group: RouterGroup<GatewayContext>) {
    group.serve("videos/:id/appeal", [.post: appeal])
    group.serve("reviews", [.get: list])
    group.serve("reviews/:id", [.get: retrieve])
    group.serve("reviews/:id/claim", [.post: claim])
    group.serve("reviews/:id/decide", [.post: decide])
    group.serve("reviews/:id/content", [.get: look])
  }

  private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
    try context.require(.review)
    let items = try await service.queue(limit: 100)
    return Response(
      json: [
        "object": "list", "data": .array(items.map(ReviewRoutes.json)),
        "first_id": items.first.map { .string($0.stored.job.id) } ?? .null,
        "last_id": items.last.map { .string($0.stored.job.id) } ?? .null, "has_more": false,
      ])
  }

  private func retrieve(_ request: Request, _ context: GatewayContext) async throws -> Response {
    try context.require(.review)
    return Response(json: ReviewRoutes.json(try await service.item(try id(context))))
  }

  private func claim(_ request: Request, _ context: GatewayContext) async throws -> Response {
    try context.require(.review)
    return Response(
      json: ReviewRoutes.json(
        try await service.claim(try id(context), reviewer: context.tenant)))
  }

  private func decide(_ request: Request, _ context: GatewayContext) async throws -> Response {
    try context.require(.review)
    let verdict = try Verdict(fields: await SmallBody.fields(request))
    let item = try await service.decide(
      try id(context), verdict.answer, reason: verdict.reason, reviewer: context.tenant)
    return Response(json: ReviewRoutes.json(item))
  }

  /// What a reviewer sends.
  private struct Verdict: Sendable {
    let answer: HumanVerdict.Answer
    let reason: String

    init(fields: FormFields) throws(APIError) {
      var fields = fields
      let known = HumanVerdict.Answer.allCases.map(\.rawValue)
      guard let word = try ImageBody.choice("decision", of: known, &fields),
        let answer = HumanVerdict.Answer(rawValue: word)
      else {
        throw .invalid(
          "decision", "Missing required parameter: 'decision'. Use 'release' or 'block'.",
          code: "missing_required_parameter")
      }
      self.answer = answer
      reason = try ReviewRoutes.reason(&fields)
    }
  }

  /// The quarantined clip, for the eyes of whoever decides: nothing of it is released, and the look
  /// itself is in the log.
  private func look(_ request: Request, _ context: GatewayContext) async throws -> Response {
    try context.require(.review)
    let item = try await service.item(try id(context))
    let job = item.stored.job
    guard job.state == .held || job.state == .blocked else {
      throw APIError(.notFound, "This video does not wait for a review.", code: "not_in_review")
    }
    let path = workspace.rawClip(job.id)
    guard let source = try? SizedFile(path) else {
      throw APIError(
        .notFound, "There is no clip yet: the request itself is what waits.", code: "no_content")
    }
    try await service.reviewing.note(
      "review.viewed", id: "\(job.id).view.\(WallClock.milliseconds())", asset: job.id,
      subject: job.subject, payload: [.init("reviewer", .string(context.tenant))])
    return Response(
      status: .ok,
      headers: [
        .contentType: "video/mp4", .contentLength: String(source.byteCount),
        .cacheControl: "no-store",
      ], body: try await files.loadFile(path: path, context: context))
  }

  private func appeal(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let reason = try ReviewRoutes.reason(in: await SmallBody.fields(request))
    return Response(
      json: try await service.appeal(try id(context), of: context.tenant, reason: reason))
  }

  /// Of a body that says nothing else. Fields are read outside asynchronous functions here: Swift
  /// 6.3.1 crashes when it optimises those that pass them on as `inout` ("splitting coroutine").
  @inline(never)
  static func reason(in fields: FormFields) throws(APIError) -> String {
    var fields = fields
    return try reason(&fields)
  }

  static func reason(_ fields: inout FormFields) throws(APIError) -> String {
    guard let reason = try CreateVideoBody.text("reason", &fields),
      (1...ReviewService.maximumReasonCharacters).contains(reason.count),
      !reason.unicodeScalars.contains("\0")
    else {
      throw .invalid(
        "reason",
        "Give a 'reason' of 1 to \(ReviewService.maximumReasonCharacters) characters.",
        code: "missing_required_parameter")
    }
    return reason
  }

  private func id(_ context: GatewayContext) throws -> String {
    try context.parameters.require("id")
  }

  private static func json(_ item: ReviewService.Item) -> JSONValue {
    let job = item.stored.job
    return [
      "id": .string(job.id), "object": "review",
      "status": .string(
        job.state == .held || item.review["appeal"] != nil ? "waiting" : "decided"),
      "state": .string(job.state.rawValue),
      "stopped_at": job.stoppedAt.map { .string($0.rawValue) } ?? .null,
      "created_at": .integer(Int(job.createdAt)), "tenant": .string(job.subject.tenant),
      "prompt": .string(job.request.prompt), "scene": job.scene.map { .string($0) } ?? .null,
      "claim": item.review["claim"] ?? .null, "votes": item.review["votes"] ?? [],
      "appeal": item.review["appeal"] ?? .null, "decision": item.review["decision"] ?? .null,
    ]
  }
}
