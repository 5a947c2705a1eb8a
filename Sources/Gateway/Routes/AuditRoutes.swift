import AuditStore
import Bytes
import HTTPTypes
import Hummingbird
import MerkleLog
import OutputStore
import PKI
import StrictJSON

/// `/v1/audit`: the log for those who hold an auditor's key.
struct AuditRoutes: Sendable {
  static let defaultPageSize = 50
  static let maximumPageSize = 1000
  static let formLimit = 1 << 16

  let log: AuditLog
  /// Delivered files on record, and answers that are kept: an erasure reaches them too.
  let outputs: OutputStore
  let replies: KeptReplies
  let payloadKeys: PayloadKeys
  /// The pseudonym under which an auditor's acts are logged.
  let actor: @Sendable (String) -> String
  /// Milliseconds since 1970.
  let now: @Sendable () -> Int64

  func add(to group: RouterGroup<GatewayContext>) {
    group.serve("decisions", [.get: list])
    group.serve("decisions/:id", [.get: show])
    group.serve("stats", [.get: statistics])
    group.serve("proof", [.get: proof])
    group.serve("bundle", [.get: bundle])
    group.serve("search", [.post: search])
    group.serve("erasures", [.post: erase])
    group.serve("holds", [.get: holds, .post: placeHold])
    group.serve("holds/:id", [.delete: releaseHold])
  }

  // MARK: Reading

  private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let query = try QueryFields(request)
    let size =
      try query.number("limit", in: 1...AuditRoutes.maximumPageSize) ?? AuditRoutes.defaultPageSize
    let format = try query.choice("format", default: ListFormat.json)
    let entries = try await reader().list(try AuditRoutes.filter(query), limit: size)
    if format == .csv {
      return AuditRoutes.text(
        CommaSeparated.leafHead + entries.map(CommaSeparated.line).joined(), type: "text/csv")
    }
    let hasMore = entries.count == size && (entries.last?.index ?? 0) > 0
    return Response(
      json: [
        "object": "list",
        "data": .array(
          try entries.map { entry in
            [
              "index": .integer(Int(entry.index)), "leaf": try JSONValue.parse(entry.bytes),
              "leaf_hash": .string(Hex.encode(entry.leafHash.bytes)),
            ]
          }),
        "has_more": .bool(hasMore),
        "next_before": hasMore ? .integer(Int(entries[entries.count - 1].index)) : .null,
      ])
  }

  private func show(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let id = try context.parameters.require("id")
    let query = try QueryFields(request)
    let purpose = query["purpose"]
    let wantsPayloads = try query.flag("payloads")
    if wantsPayloads { try AuditRoutes.require(.payloads, context) }
    guard let story = try await reader(withPayloads: wantsPayloads).story(of: id) else {
      throw AuditRoutes.notFound(id)
    }
    if wantsPayloads {
      guard let purpose, !purpose.isEmpty else {
        throw APIError.invalid("purpose", "Say in 'purpose' why payloads are read; it is logged.")
      }
      // Durable before a byte is answered.
      _ = try await append(
        reading: "show", decision: id, asset: story.asset,
        count: story.records.count { if case .present = $0.payload { true } else { false } },
        purpose: purpose, context)
    }
    return Response(json: story.json)
  }

  private func statistics(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let query = try QueryFields(request)
    let format = try query.choice("format", default: StatisticsFormat.json)
    let statistics = try await reader().statistics(try AuditRoutes.filter(query))
    if format == .svg {
      return AuditRoutes.text(StatisticsPlot.svg(statistics), type: "image/svg+xml")
    }
    return Response(json: statistics.json)
  }

  private func proof(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let query = try QueryFields(request)
    let reader = try reader()
    var index = try query.number("index", in: 0...AuditRoutes.largestIndex).map(UInt64.init)
    if let id = query["id"] { index = try await reader.index(ofID: id) }
    guard let index else {
      throw query["id"].map(AuditRoutes.notFound)
        ?? APIError.invalid("id", "Give the 'id' of a decision, or an 'index'.")
    }
    let receipt = try await answering { try await log.receipt(index: index) }
    return Response(
      json: [
        "index": .integer(Int(receipt.index)),
        "entry": .string(String(decoding: receipt.entry, as: UTF8.self)),
        "proof": .string(receipt.proof), "vkey": .string(log.verifierKey.text),
      ])
  }

  private func bundle(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let filter = try AuditRoutes.filter(try QueryFields(request))
    let reader = try reader()
    // Durable before a byte is answered; how many entries fit is not known yet.
    _ = try await log.append(
      AuditEvent.export(
        "bundle", entries: try await reader.size(), actor: actor(context.auditor?.name ?? ""),
        time: now(), id: context.requestID))
    try await log.checkpoint()
    return Response(
      status: .ok, headers: [.contentType: "application/jsonl"],
      body: ResponseBody { writer in
        _ = try await reader.exportBundle(filter) { line in
          try await writer.write(ByteBuffer(string: line.compact + "\n"))
        }
        try await writer.finish(nil)
      })
  }

  private func search(_ request: Request, _ context: GatewayContext) async throws -> Response {
    try AuditRoutes.require(.payloads, context)
    let form = try await JSONFields(request)
    let text = try form.requiredText("text", limit: AuditRoutes.searchLimit)
    let purpose = try form.requiredText("purpose", limit: LogLeaf.groundLimit)
    let limit =
      try form.number("limit", in: 1...AuditRoutes.maximumPageSize) ?? AuditRoutes.defaultPageSize
    let found = try await reader(withPayloads: true).search(
      text, try AuditRoutes.filter(try QueryFields(request)), limit: limit)
    _ = try await append(reading: "search", count: found.count, purpose: purpose, context)
    return Response(
      json: [
        "object": "list",
        "data": .array(
          found.map { match in
            [
              "index": .integer(Int(match.entry.index)), "id": .string(match.entry.id),
              "field": .string(match.field), "text": .string(match.text),
            ]
          }),
      ])
  }

  // MARK: Acting

  private func erase(_ request: Request, _ context: GatewayContext) async throws -> Response {
    try AuditRoutes.require(.records, context)
    let form = try await JSONFields(request)
    let scope = try AuditRoutes.scope(form)
    let ground = try form.requiredText("ground", limit: LogLeaf.groundLimit)
    let isRehearsal = try form.flag("dry_run")
    let report = try await answering {
      try await log.erase(scope, ground: ground, isRehearsal: isRehearsal)
    }
    if !isRehearsal { try await OutputErasure.run(scope, report, outputs, replies) }
    return Response(json: report.json)
  }

  private func holds(_ request: Request, _ context: GatewayContext) async throws -> Response {
    Response(
      json: ["object": "list", "data": .array(try await reader().holds().map(\.json))])
  }

  private func placeHold(_ request: Request, _ context: GatewayContext) async throws -> Response {
    try AuditRoutes.require(.records, context)
    let form = try await JSONFields(request)
    let scope = try AuditRoutes.scope(form)
    let ground = try form.requiredText("ground", limit: LogLeaf.groundLimit)
    var until: Int64?
    if let text = try form.text("until", limit: AuditRoutes.momentLimit) {
      guard let seconds = RFC3339.seconds(text) else {
        throw APIError.invalid("until", "Invalid 'until': give a moment (RFC 3339).")
      }
      until = seconds * 1000
    }
    let id = "hold_\(Hex.encode(SecureRandom.bytes(8)))"
    let event = try AuditRoutes.checked {
      try LegalHold.placing(
        scope, id: id, ground: ground, until: until, time: now(),
        actor: actor(context.auditor?.name ?? ""))
    }
    let index = try await answering { try await log.append(event) }
    return Response(json: ["id": .string(id), "index": .integer(Int(index))])
  }

  private func releaseHold(_ request: Request, _ context: GatewayContext) async throws -> Response {
    try AuditRoutes.require(.records, context)
    let id = try context.parameters.require("id")
    guard let ground = try QueryFields(request)["ground"] else {
      throw APIError.invalid("ground", "Say in 'ground' why the hold ends; it is logged.")
    }
    guard let hold = try await reader().holds().first(where: { $0.id == id && $0.released == nil })
    else { throw AuditRoutes.notFound(id) }
    let event = try AuditRoutes.checked {
      try hold.releasing(ground: ground, time: now(), actor: actor(context.auditor?.name ?? ""))
    }
    let index = try await answering { try await log.append(event) }
    return Response(json: ["id": .string(id), "index": .integer(Int(index))])
  }

  // MARK: Parts

  private func reader(withPayloads: Bool = false) throws -> AuditReader {
    try AuditReader.open(directory: log.directory, payloadKeys: withPayloads ? payloadKeys : nil)
  }

  private func append(
    reading what: String, decision: String? = nil, asset: String = "", count: Int,
    purpose: String, _ context: GatewayContext
  ) async throws -> UInt64 {
    let event = try AuditRoutes.checked {
      try PayloadReading.event(
        what, decision: decision, asset: asset, count: count, purpose: purpose,
        actor: actor(context.auditor?.name ?? ""), time: now(), id: context.requestID)
    }
    return try await log.append(event)
  }

  /// What the log says no to is the caller's to mend; the rest is ours.
  private func answering<Value>(_ work: () async throws -> Value) async throws -> Value {
    do {
      return try await work()
    } catch let error as AuditError {
      switch error.code {
      case .notFound: throw APIError(.notFound, error.detail, code: error.code.rawValue)
      case .recordTooLarge:
        throw APIError(.badRequest, error.detail, code: error.code.rawValue)
      default: throw error
      }
    }
  }

  private static func checked<Value>(_ work: () throws -> Value) throws -> Value {
    do {
      return try work()
    } catch let error as AuditError {
      throw APIError(.badRequest, "Invalid: \(error.detail).", code: error.code.rawValue)
    }
  }

  private static func require(_ scope: AuditorKeys.Scope, _ context: GatewayContext) throws {
    guard context.auditor?.scopes.contains(scope) == true else {
      throw APIError(
        .forbidden, "This key does not have the scope '\(scope.rawValue)'.",
        code: "insufficient_scope")
    }
  }

  private static func notFound(_ id: String) -> APIError {
    let shown = id.utf8.count <= 120 ? "'\(id)'" : "that id"
    return APIError(.notFound, "The log has nothing under \(shown).", code: "not_found")
  }

  private static func text(_ text: String, type: String) -> Response {
    Response(
      status: .ok, headers: [.contentType: "\(type); charset=utf-8"],
      body: .init(byteBuffer: ByteBuffer(string: text)))
  }

  private enum ListFormat: String, CaseIterable { case json, csv }

  private enum StatisticsFormat: String, CaseIterable { case json, svg }

  /// Characters of what is searched for, of an id, and of a moment with its zone.
  private static let (searchLimit, idLimit, momentLimit) = (500, 200, 64)

  /// What JSON can carry without loss (RFC 8259 section 6).
  private static let largestIndex = 1 << 53 - 1

  private static func scope(_ form: JSONFields) throws(APIError) -> LegalHold.Scope {
    let decision = try form.text("decision", limit: idLimit).map(LegalHold.Scope.decision)
    let asset = try form.text("asset", limit: idLimit).map(LegalHold.Scope.asset)
    let subject = try form.text("subject", limit: idLimit).map(LegalHold.Scope.subject)
    let given = [decision, asset, subject].compactMap(\.self)
    guard given.count == 1 else {
      throw .invalid("decision", "Give one of 'decision', 'asset' and 'subject'.")
    }
    return given[0]
  }

  private static func filter(_ query: QueryFields) throws(APIError) -> LogFilter {
    func moment(_ name: String) throws(APIError) -> Int64? {
      guard let given = query[name] else { return nil }
      guard let seconds = RFC3339.seconds(given) else {
        throw .invalid(name, "Invalid '\(name)': give a moment (RFC 3339).")
      }
      return seconds * 1000
    }
    return LogFilter(
      asset: query["asset"], decision: query["decision"], stage: query["stage"],
      kind: query["kind"], subject: query["subject"], tenant: query["tenant"], rule: query["rule"],
      category: query["category"], since: try moment("since"), until: try moment("until"),
      before: try query.number("before", in: 0...largestIndex).map(UInt64.init))
  }
}

/// Opens `/v1/audit` to auditors.
struct AuditorMiddleware: RouterMiddleware {
  typealias Context = GatewayContext

  let keys: AuditorKeys

  func handle(
    _ request: Request, context: GatewayContext,
    next: (Request, GatewayContext) async throws -> Response
  ) async throws -> Response {
    guard let auditor = request.bearerToken.flatMap(keys.auditor(of:)) else {
      throw APIError.invalidKey
    }
    var context = context
    context.auditor = auditor
    return try await next(request, context)
  }
}
