import Bytes
import Hummingbird
import Logging
import PKI

/// What the gateway knows of one request.
struct GatewayContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// Told to the caller as `x-request-id`, and in every line of the log.
  let requestID: String
  /// Owner of the API key; empty until it was checked.
  var tenant = ""
  /// Owner of the auditor's key; nil on all routes but `/v1/audit`.
  var auditor: AuditorKeys.Auditor?

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    requestID = "req_\(Hex.encode(SecureRandom.bytes(16)))"
    logger[metadataKey: "request"] = "\(requestID)"
  }
}
