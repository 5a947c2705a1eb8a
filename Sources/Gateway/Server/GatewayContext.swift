import Bytes
import Hummingbird
import Logging
import NIOCore
import PKI

/// What the gateway knows of one request.
struct GatewayContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// Told to the caller as `x-request-id`, and in every line of the log.
  let requestID: String
  /// Where the request stands in its caller's trace.
  var trace = TraceContext()
  /// Owner of the API key; empty until it was checked.
  var tenant = ""
  /// Owner of the auditor's key; nil on all routes but `/v1/audit`.
  var auditor: AuditorKeys.Auditor?
  /// What the key may do.
  var scopes: Set<KeyScope> = []
  /// The address at the other end of the connection; behind a proxy, the proxy's.
  let visitor: String

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    visitor = source.channel.remoteAddress?.ipAddress ?? "unknown"
    requestID = "req_\(Hex.encode(SecureRandom.bytes(16)))"
    logger[metadataKey: "request"] = "\(requestID)"
  }
}

extension GatewayContext {
  /// - Throws: 403 when the key may not do this.
  func require(_ scope: KeyScope) throws(APIError) {
    guard scopes.contains(scope) else {
      throw APIError(
        .forbidden, "This API key has no right to '\(scope.rawValue)'.", type: "permission_error",
        code: "insufficient_scope")
    }
  }
}
