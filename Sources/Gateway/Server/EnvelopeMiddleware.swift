import HTTPTypes
import Hummingbird
import Logging
import Moderation
import NIOCore
import StrictJSON

/// Outermost: gives every answer the headers of the API, and every error its envelope, whatever
/// threw it and also where no route was found.
struct EnvelopeMiddleware: RouterMiddleware {
  typealias Context = GatewayContext

  let metrics: Metrics

  /// The version that OpenAI's API has reported since its beginning; clients print it.
  static let apiVersion = "2020-10-01"

  func handle(
    _ request: Request, context: GatewayContext,
    next: (Request, GatewayContext) async throws -> Response
  ) async throws -> Response {
    let start = ContinuousClock.now
    var context = context
    if let outer = request.headers[.traceparent].flatMap(TraceContext.init(traceparent:)) {
      context.trace = outer.child
    }
    context.logger[metadataKey: "trace"] = "\(context.trace.traceID)"
    let traced = context
    var response: Response
    do {
      response = try await TraceContext.$current.withValue(traced.trace) {
        try await next(request, traced)
      }
    } catch {
      let answer = EnvelopeMiddleware.answer(to: error, request: request, logger: context.logger)
      response = Response(json: answer.body, status: answer.status)
      response.headers.append(contentsOf: answer.headers)
    }
    let elapsed = ContinuousClock.now - start
    // The route's pattern, never the path: ids are no labels.
    let route = context.endpointPath ?? "none"
    metrics.count(
      "assay_http_requests_total", "method", EnvelopeMiddleware.method(request.method), "route",
      route, "status", String(response.status.code))
    metrics.observe("assay_http_request_seconds", seconds: elapsed.seconds, "route", route)
    context.logger.debug(
      "request",
      metadata: [
        "method": "\(EnvelopeMiddleware.method(request.method))", "route": "\(route)",
        "status": "\(response.status.code)", "seconds": "\(elapsed.seconds)",
      ])
    response.headers[.requestID] = context.requestID
    response.headers[.apiVersion] = EnvelopeMiddleware.apiVersion
    response.headers[.processingTime] = String(
      elapsed.components.seconds * 1000 + elapsed.components.attoseconds / 1_000_000_000_000_000)
    response.headers[.server] = nil
    return response
  }

  /// The envelope for any error. What is not meant for callers goes to the log only.
  static func answer(to error: any Error, request: Request, logger: Logger) -> APIError {
    switch error {
    case let error as APIError: return error
    case let error as MultipartError:
      return APIError(
        .badRequest, "The multipart body cannot be read: \(error).", code: "invalid_multipart")
    case let error as HTTPError where error.status == .notFound:
      return APIError(
        .notFound, "Unknown request URL: \(request.method.rawValue) \(shownPath(request)).",
        code: "unknown_url")
    case let error as any HTTPResponseError where error.status.kind == .clientError:
      return APIError(error.status, "The request cannot be served: \(error.status.reasonPhrase).")
    case _ where StorageFailure.isCause(of: error):
      logger.critical("cannot store", metadata: ["error": "\(error)"])
      return .storageUnavailable
    default:
      logger.error("request failed", metadata: ["error": "\(error)"])
      return .internalFault
    }
  }

  /// Anybody can invent a method; a label they cannot.
  private static func method(_ method: HTTPRequest.Method) -> String {
    [.get, .head, .post, .put, .patch, .delete, .options].contains(method)
      ? method.rawValue : "other"
  }

  private static func shownPath(_ request: Request) -> String {
    request.uri.path.utf8.count <= 200 ? request.uri.path : "(a long path)"
  }
}

/// Opens the API to owners of a key.
struct KeyMiddleware: RouterMiddleware {
  typealias Context = GatewayContext

  let keys: APIKeys

  func handle(
    _ request: Request, context: GatewayContext,
    next: (Request, GatewayContext) async throws -> Response
  ) async throws -> Response {
    guard let owner = request.bearerToken.flatMap(keys.owner(of:)) else {
      throw APIError.invalidKey
    }
    var context = context
    context.tenant = owner.tenant
    context.scopes = owner.scopes
    try context.require(KeyMiddleware.scope(of: request))
    var response = try await next(request, context)
    response.headers[.organization] = owner.tenant
    return response
  }
}

extension KeyMiddleware {
  /// What a request takes at least; routes for reviewers ask for more.
  static func scope(of request: Request) -> KeyScope {
    let path = request.uri.path
    if path.hasPrefix("/v1/matches/") || path.hasPrefix("/v1/manifests/") { return .fetchManifests }
    if request.method == .get || request.method == .head { return .read }
    if path.hasPrefix("/v1/moderations") || path.hasPrefix("/v1/content_provenance_checks") {
      return .moderate
    }
    if path.hasPrefix("/v1/outputs/search") { return .read }
    return path.hasPrefix("/v1/reviews") ? .review : .create
  }
}

extension Response {
  /// Compact JSON in the written order of its members.
  init(json: JSONValue, status: HTTPResponse.Status = .ok) {
    let text = ByteBuffer(string: json.compact)
    self.init(
      status: status, headers: [.contentType: "application/json"], body: .init(byteBuffer: text))
  }
}
