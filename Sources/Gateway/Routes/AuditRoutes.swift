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
  /// Delivered files on record: an erasure reaches them too.
  let outputs: OutputStore
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
    let query = request.uri.queryParameters
    let size = query["limit"].map { Int($0) } ?? AuditRoutes.defaultPageSize
    guard let size, (1...AuditRoutes.maximumPageSize).contains(size) else {
      throw APIError.invalid(
        "limit", "Invalid 'limit': give a number from 1 to \(AuditRoutes.maximumPageSize).")
    }
    let entries = try await reader().list(try AuditRoutes.filter(request), limit: size)
    if query["format"] == "csv" {
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
    let purpose = request.uri.queryParameters["purpose"].map(String.init)
    let wantsPayloads = request.uri.queryParameters["payloads"] == "true"
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
    let statistics = try await reader().statistics(try AuditRoutes.filter(request))
    if request.uri.queryParameters["format"] == "svg" {
      return AuditRoutes.text(StatisticsPlot.svg(statistics), type: "image/svg+xml")
    }
    return Response(json: statistics.json)
  }

  private func proof(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let query = request.uri.queryParameters
    let reader = try reader()
    var index = query["index"].flatMap { UInt64($0) }
    if let id = query["id"] { index = try await reader.index(ofID: String(id)) }
    guard let index else {
      throw query["id"].map { AuditRoutes.notFound(String($0)) }
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
    let filter = try AuditRoutes.filter(request)
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
    let form = try await AuditRoutes.form(request)
    let text = try AuditRoutes.text("text", in: form, limit: AuditRoutes.searchLimit)
    let purpose = try AuditRoutes.text("purpose", in: form)
    let limit = form["limit"].map { $0.integer } ?? AuditRoutes.defaultPageSize
    guard let limit, (1...AuditRoutes.maximumPageSize).contains(limit) else {
      throw APIError.invalid(
        "limit", "Invalid 'limit': give a number from 1 to \(AuditRoutes.maximumPageSize).")
    }
    let found = try await reader(withPayloads: true).search(
      text, try AuditRoutes.filter(request), limit: limit)
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
    let form = try await AuditRoutes.form(request)
    let scope = try AuditRoutes.scope(form)
    let ground = try AuditRoutes.text("ground", in: form)
    let isRehearsal = form["dry_run"]?.bool ?? false
    let report = try await answering {
      try await log.erase(scope, ground: ground, isRehearsal: isRehearsal)
    }
    if !isRehearsal { try await OutputErasure.run(scope, report, outputs) }
    return Response(json: report.json)
  }

  private func holds(_ request: Request, _ context: GatewayContext) async throws -> Response {
    Response(
      json: ["object": "list", "data": .array(try await reader().holds().map(\.json))])
  }

  private func placeHold(_ request: Request, _ context: GatewayContext) async throws -> Response {
    try AuditRoutes.require(.records, context)
    let form = try await AuditRoutes.form(request)
    var until: Int64?
    if let text = form["until"]?.string {
      guard let seconds = RFC3339.seconds(text) else {
        throw APIError.invalid("until", "Invalid 'until': give a moment (RFC 3339).")
      }
      until = seconds * 1000
    }
    let id = "hold_\(Hex.encode(SecureRandom.bytes(8)))"
    let event = try AuditRoutes.checked {
      try LegalHold.placing(
        try AuditRoutes.scope(form), id: id, ground: try AuditRoutes.text("ground", in: form),
        until: until, time: now(), actor: actor(context.auditor?.name ?? ""))
    }
    let index = try await answering { try await log.append(event) }
    return Response(json: ["id": .string(id), "index": .integer(Int(index))])
  }

  private func releaseHold(_ request: Request, _ context: GatewayContext) async throws -> Response {
    try AuditRoutes.require(.records, context)
    let id = try context.parameters.require("id")
    guard let ground = request.uri.queryParameters["ground"].map(String.init) else {
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

  private static func form(_ request: Request) async throws -> JSONValue {
    let buffer = try await request.body.collect(upTo: formLimit)
    do {
      return try JSONValue.parse(Array(buffer.readableBytesView))
    } catch {
      throw APIError(.badRequest, "The body is no JSON: \(error).", code: "invalid_json")
    }
  }

  private static func text(
    _ name: String, in form: JSONValue, limit: Int = LogLeaf.groundLimit
  ) throws(APIError) -> String {
    guard let text = form[name]?.string, isName(text, limit: limit) else {
      throw .invalid(name, "Give '\(name)' as a text of 1 to \(limit) characters.")
    }
    return text
  }

  /// Characters of what is searched for, and of an id.
  private static let (searchLimit, idLimit) = (500, 200)

  private static func isName(_ text: String, limit: Int) -> Bool {
    (1...limit).contains(text.unicodeScalars.count) && !text.utf8.contains(0)
  }

  private static func scope(_ form: JSONValue) throws(APIError) -> LegalHold.Scope {
    let given = ["decision", "asset", "subject"].compactMap { name in
      form[name]?.string.map { (name, $0) }
    }
    guard given.count == 1 else {
      throw .invalid("decision", "Give one of 'decision', 'asset' and 'subject'.")
    }
    guard isName(given[0].1, limit: idLimit) else {
      throw .invalid(given[0].0, "Give '\(given[0].0)' as a text of 1 to \(idLimit) characters.")
    }
    switch given[0].0 {
    case "decision": return .decision(given[0].1)
    case "asset": return .asset(given[0].1)
    default: return .subject(given[0].1)
    }
  }

  private static func filter(_ request: Request) throws(APIError) -> LogFilter {
    let query = request.uri.queryParameters
    func text(_ name: Substring) -> String? { query[name].map(String.init) }
    func moment(_ name: Substring) throws(APIError) -> Int64? {
      guard let given = text(name) else { return nil }
      guard let seconds = RFC3339.seconds(given) else {
        throw .invalid(String(name), "Invalid '\(name)': give a moment (RFC 3339).")
      }
      return seconds * 1000
    }
    let before = text("before")
    guard before == nil || before.flatMap({ UInt64($0) }) != nil else {
      throw .invalid("before", "Invalid 'before': give the index of an entry, a whole number.")
    }
    return LogFilter(
      asset: text("asset"), decision: text("decision"), stage: text("stage"), kind: text("kind"),
      subject: text("subject"), tenant: text("tenant"), rule: text("rule"),
      category: text("category"), since: try moment("since"), until: try moment("until"),
      before: before.flatMap { UInt64($0) })
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
