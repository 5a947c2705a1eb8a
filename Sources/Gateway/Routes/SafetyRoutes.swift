import Bytes
import Evidence
import HTTPTypes
import Hummingbird
import Moderation
import PKI
import StrictJSON

/// `/v1/safety/cases` for callers, and `/reports` for everybody who received a clip.
struct SafetyRoutes: Sendable {
  static let reportKind = "report"
  /// From all of the internet together: a person reads each of them.
  static let reportsPerMinute = 60
  static let maximumReports = 100_000

  let enforcement: Enforcement
  private let limiter = RequestLimiter(requestsPerMinute: reportsPerMinute)

  init(enforcement: Enforcement) { self.enforcement = enforcement }

  func add(to group: RouterGroup<GatewayContext>, _ router: Router<GatewayContext>) {
    group.serve("safety/cases", [.get: list])
    group.serve("safety/cases/:id", [.get: retrieve])
    group.serve("safety/cases/:id/lift", [.post: lift])
    group.serve("reports", [.get: reports])
    router.serve("reports", [.post: report])
  }

  private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
    Response(
      listing: try await enforcement.records.records(
        Enforcement.caseKind, tenant: context.tenant, newestFirst: true
      ).map(\.document))
  }

  private func retrieve(_ request: Request, _ context: GatewayContext) async throws -> Response {
    guard
      let record = try await enforcement.records.record(
        Enforcement.caseKind, try context.parameters.require("id"), tenant: context.tenant)
    else { throw Enforcement.noCase }
    return Response(json: record.document)
  }

  private func lift(_ request: Request, _ context: GatewayContext) async throws -> Response {
    try context.require(.review)
    let reason = try ReviewRoutes.reason(in: await SmallBody.fields(request))
    return Response(
      json: try await enforcement.lift(
        try context.parameters.require("id"), reason: reason, reviewer: context.tenant))
  }

  /// Somebody says that a clip should not be. What they say is kept beside the log, not in it.
  private func report(_ request: Request, _ context: GatewayContext) async throws -> Response {
    try admitReport()
    let report = try ReceivedReport(fields: await SmallBody.fields(request))
    return try await keep(report)
  }

  private func admitReport() throws(APIError) {
    switch limiter.enter("reports") {
    case .admitted: limiter.leave("reports")
    case .tooMany(_, let wait):
      throw APIError(
        .tooManyRequests, "Too many reports come in now; send yours again later.",
        type: "rate_limit_error", code: "rate_limit_exceeded",
        headers: [.retryAfter: String(max(1, (wait + 999) / 1000))])
    case .tooManyAtOnce: throw APIError.internalFault
    }
  }

  private func keep(_ report: ReceivedReport) async throws -> Response {
    let id = "report_\(Hex.encode(SecureRandom.bytes(16)))"
    let now = enforcement.clock()
    try await enforcement.reviewing.note(
      "report.received", id: id, asset: id, subject: Subject(tenant: "public"),
      payload: report.payload)
    try await enforcement.records.insert(
      SafetyRoutes.reportKind, id, tenant: "public", report.record(id: id, at: Int(now)))
    return Response(
      json: ["id": .string(id), "object": "report", "created_at": .integer(Int(now))])
  }

  private func reports(_ request: Request, _ context: GatewayContext) async throws -> Response {
    try context.require(.review)
    return Response(
      listing: try await enforcement.records.records(SafetyRoutes.reportKind, newestFirst: true)
        .map(\.document))
  }
}

/// What a receiver says of a clip.
private struct ReceivedReport: Sendable {
  let asset: String
  let reason: String
  let contact: String?

  init(fields: FormFields) throws(APIError) {
    var fields = fields
    reason = try ReviewRoutes.reason(&fields)
    asset = try CreateVideoBody.text("asset", &fields) ?? ""
    contact = try CreateVideoBody.text("contact", &fields)
    guard (1...200).contains(asset.count), !asset.unicodeScalars.contains("\0"),
      (contact ?? "").count <= 200
    else {
      throw .invalid(
        "asset", "Give the video's id or its manifest's label as 'asset', at most 200 characters.",
        code: "missing_required_parameter")
    }
  }

  var payload: [JSONValue.Member] {
    [.init("asset", .string(asset)), .init("reason", .string(reason))]
  }

  func record(id: String, at seconds: Int) -> JSONValue {
    [
      "id": .string(id), "object": "report", "created_at": .integer(seconds),
      "asset": .string(asset), "reason": .string(reason),
      "contact": contact.map(JSONValue.string) ?? .null,
    ]
  }
}

extension Response {
  /// A list of everything there is, in the shape that clients page through.
  init(listing data: [JSONValue]) {
    self.init(
      json: [
        "object": "list", "data": .array(data), "first_id": data.first?["id"] ?? .null,
        "last_id": data.last?["id"] ?? .null, "has_more": false,
      ])
  }
}
