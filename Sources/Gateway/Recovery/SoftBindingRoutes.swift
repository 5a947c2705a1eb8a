import Bytes
import C2PA
import Fingerprint
import HTTPTypes
import Hummingbird
import Moderation
import NIOCore
import OutputStore
import Provenance
import StrictJSON

/// The C2PA soft binding resolution API (version 2.4) for what was delivered here: from a mark's id, an
/// International Standard Content Code or a file to manifests, and from a manifest's name to its store.
struct SoftBindingRoutes: Sendable {
  /// A mark's value is 8 bytes, a few codes some hundred; query strings end up in logs, so long ones belong into a body.
  static let valueLimit = 2048
  static let defaultResults = 10
  static let maximumResults = 100
  /// Each decodes a file in a process of its own.
  static let examinations = 4
  /// Of one tenant. Whoever wants to wear a mark away must ask a detector often.
  static let contentPerMinute = 60

  let examining: FileExamining
  private let gate: AdmissionGate
  private let limiter = RequestLimiter(
    requestsPerMinute: contentPerMinute, concurrentRequests: examinations)

  init(examining: FileExamining) {
    self.examining = examining
    gate = AdmissionGate(limit: SoftBindingRoutes.examinations)
  }

  private var outputs: OutputStore { examining.outputs }

  func add(to group: RouterGroup<GatewayContext>, _ router: Router<GatewayContext>) {
    group.serve("matches/byBinding", [.get: queryBinding, .post: postBinding])
    group.serve("matches/byContent", [.post: content])
    group.serve("manifests/:manifestId", [.get: manifest])
    // Without a key: whoever holds a file asks first whether it is worth asking here.
    router.serve("v1/services/supportedAlgorithms", [.get: { _, _ in Self.algorithms }])
    router.serve("v1/services/status", [.get: { _, _ in Response(json: ["status": "ok"]) }])
    router.serve("v1/services/capabilities", [.get: { _, _ in Self.capabilities }])
    router.serve(
      ".well-known/c2pa-soft-binding-resolution", [.get: { request, _ in Self.discovery(request) }])
  }

  // MARK: Queries

  private func queryBinding(_ request: Request, _ context: GatewayContext) async throws -> Response
  {
    let query = request.uri.queryParameters
    let value = query["value"].map(String.init) ?? ""
    guard value.utf8.count <= Self.valueLimit, request.uri.string.utf8.count <= 2 * Self.valueLimit
    else {
      throw APIError(
        .uriTooLong, "The value is longer than \(Self.valueLimit) characters. Send it with POST.",
        parameter: "value", code: "value_too_long")
    }
    // In a query a plus sign stands for a space (HTML forms); base64 has no spaces.
    return try await matches(
      algorithm: query["alg"].map(String.init), value: value.replacing(" ", with: "+"),
      limit: try Self.results(request))
  }

  private func postBinding(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let body = try await SmallBody.json(request)
    return try await matches(
      algorithm: body["alg"]?.string, value: body["value"]?.string ?? "",
      limit: try Self.results(request))
  }

  private func matches(algorithm: String?, value: String, limit: Int) async throws -> Response {
    guard let algorithm, !algorithm.isEmpty else {
      throw APIError.invalid(
        "alg", "Missing required parameter: 'alg'.", code: "missing_required_parameter")
    }
    guard !value.isEmpty, let bytes = Base64.decode(value) else {
      throw APIError.invalid("value", "Invalid 'value': give the binding's value in base64.")
    }
    switch algorithm {
    case WatermarkSecret.algorithm, WatermarkSecret.soundAlgorithm:
      guard bytes.count == 8 else {
        throw APIError.invalid("value", "Invalid 'value': an id of \(algorithm) has 8 bytes.")
      }
      let id = bytes.reduce(0) { $0 << 8 | UInt64($1) }
      let output = try await outputs.output(mark: id)
      return Self.answer(output.map { [($0.manifestID, nil)] } ?? [], limit)
    case ISCCUnit.algorithm:
      guard let units = ISCCSequence.units(in: bytes) else {
        throw APIError.invalid(
          "value", "Invalid 'value': give ISCC units one after another, as IEP-0020 writes them.")
      }
      let found = try await outputs.search(codes: units, limit: limit)
      return Self.answer(found.map { ($0.output.manifestID, $0.similarity) }, limit)
    default:
      // Nothing is bound by algorithms that are not in use here.
      return Self.answer([], limit)
    }
  }

  private func content(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let limit = try Self.results(request)
    let hint = try Self.hint(request)
    let type = HeaderParameters(request.headers[.contentType] ?? "").value
    let families = ["image/", "audio/", "video/", "application/", "model/", "text/"]
    guard families.contains(where: { type.hasPrefix($0) }) else {
      throw APIError(
        .unsupportedMediaType, "Send the file itself, with its media type as Content-Type.",
        code: "unsupported_media_type")
    }
    guard case .admitted = limiter.enter(context.tenant) else { throw Self.tooOften }
    defer { limiter.leave(context.tenant) }
    return try await gate.pass {
      try await examining.withUpload(request) { path in
        guard let copies = try await examining.copies(path, hint: hint) else {
          throw APIError(
            .unsupportedMediaType, "The file is no picture, clip or recording that can be decoded.",
            code: "unsupported_media_type")
        }
        return Self.answer(
          copies.map { ($0.output.manifestID, $0.isConfirmed ? $0.similarity : nil) }, limit)
      }
    }
  }

  private func manifest(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let id = try context.parameters.require("manifestId").replacing("%3A", with: ":")
      .replacing("%3a", with: ":")
    guard Self.isManifestID(id) else {
      throw APIError.invalid("manifestId", "Invalid 'manifestId': give a 'urn:c2pa:…'.")
    }
    let wanted = request.uri.queryParameters["returnActiveManifest"].map(String.init) ?? "false"
    guard let wantsActive = Bool(wanted) else {
      throw APIError.invalid(
        "returnActiveManifest", "Invalid 'returnActiveManifest': give true or false.")
    }
    guard let store = try await outputs.storedManifest(id) else {
      throw APIError(
        .notFound, "There is no manifest with that id.", parameter: "manifestId", code: "not_found")
    }
    return Response(
      status: .ok, headers: [.contentType: "application/c2pa", .cacheControl: "private"],
      body: .init(
        byteBuffer: ByteBuffer(bytes: wantsActive ? try ActiveManifest.store(of: store) : store)))
  }

  // MARK: Parts

  static let tooOften = APIError(
    .tooManyRequests, "Files are looked up \(contentPerMinute) times a minute; wait.",
    type: "rate_limit_error", code: "rate_limit_exceeded", headers: [.retryAfter: "60"])

  /// C2PA 2.2 section 8.2: `urn:c2pa:` and a UUID, with claim generator and version behind it perhaps.
  static func isManifestID(_ text: String) -> Bool {
    text.hasPrefix("urn:c2pa:") && (45...200).contains(text.utf8.count)
      && text.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "/") }
  }

  private static func results(_ request: Request) throws(APIError) -> Int {
    guard let text = try QueryFields(request)["maxResults"] else { return defaultResults }
    guard !text.isEmpty, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
      text.utf8.contains(where: { $0 != UInt8(ascii: "0") })
    else { throw .invalid("maxResults", "Invalid 'maxResults': give a number from 1 on.") }
    // The standard sets no upper bound: more than there can be is as good as all.
    return min(Int(text) ?? maximumResults, maximumResults)
  }

  /// A mark that the caller has read already.
  private static func hint(_ request: Request) throws(APIError) -> UInt64? {
    let query = request.uri.queryParameters
    let marks = [WatermarkSecret.algorithm, WatermarkSecret.soundAlgorithm]
    guard let algorithm = query["hintAlg"].map(String.init), marks.contains(algorithm),
      let value = query["hintValue"]
    else { return nil }
    guard let bytes = Base64.decode(String(value).replacing(" ", with: "+")), bytes.count == 8
    else {
      throw .invalid("hintValue", "Invalid 'hintValue': give the mark's 8 bytes in base64.")
    }
    return bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func answer(
    _ found: [(manifestID: String, similarity: Int?)], _ limit: Int
  ) -> Response {
    Response(
      json: [
        "matches": .array(
          found.prefix(limit).map { match in
            .object(
              [.init("manifestId", .string(match.manifestID))]
                + (match.similarity.map { [.init("similarityScore", .integer($0))] } ?? []))
          })
      ])
  }

  /// The look-up by our own prints of look and sound needs no algorithm of the caller's: it is asked for
  /// with the file itself.
  private static let algorithms = Response(
    json: [
      "watermarks": [
        ["alg": .string(WatermarkSecret.algorithm)],
        ["alg": .string(WatermarkSecret.soundAlgorithm)],
      ],
      "fingerprints": [["alg": .string(ISCCUnit.algorithm)]],
    ])

  private static let capabilities = Response(
    json: [
      "c2paSpecificationVersion": "2.4",
      "supportedCapabilities": ["matches/byBinding", "matches/byContent", "manifests"],
    ])

  private static func discovery(_ request: Request) -> Response {
    let host = request.head.authority ?? "localhost"
    let scheme = request.headers[.forwardedProto] == "https" ? "https" : "http"
    return Response(json: ["endpoints": [["url": .string("\(scheme)://\(host)/v1")]]])
  }
}
