import Bytes
public import Hummingbird

/// What the gateway knows of one request.
public struct GatewayContext: RequestContext {
  public var coreContext: CoreRequestContextStorage
  /// Told to the caller as `x-request-id`, and in every line of the log.
  let requestID: String
  /// Owner of the API key; empty until it was checked.
  var tenant = ""

  public init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    var generator = SystemRandomNumberGenerator()
    var bytes: [UInt8] = []
    bytes.appendBigEndian(generator.next())
    bytes.appendBigEndian(generator.next())
    requestID = "req_\(Hex.encode(bytes))"
    coreContext.logger[metadataKey: "request"] = "\(requestID)"
  }
}
