import AsyncHTTPClient
public import C2PA
import NIOCore
import NIOHTTP1

/// A time stamping authority behind an HTTP address (RFC 3161 section 3.4).
public struct HTTPTimeStamper: TimeStamper {
  /// The authority could not be asked, or did not answer with a time stamp.
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// A token has some kilobytes; more is something else.
  private static let answerLimit = 1 << 20
  private static let timeout = TimeAmount.seconds(30)

  private let url: String

  /// Lives as long as the process. One authority is asked now and then: nothing is kept open.
  private static let client: HTTPClient = {
    var configuration = HTTPClient.Configuration()
    configuration.timeout.connect = .seconds(10)
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.redirectConfiguration = .disallow
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }()

  /// - Parameter url: `http://` or `https://`; nil is answered for anything else.
  public init?(url: String) {
    guard url.hasPrefix("http://") || url.hasPrefix("https://") else { return nil }
    self.url = url
  }

  /// Blocks its thread; never call it on an event loop.
  public func response(to request: [UInt8]) throws -> [UInt8] {
    let headers: HTTPHeaders = [
      "Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply",
      "User-Agent": "Assay",
    ]
    let answer: HTTPClient.Response
    do {
      let call = try HTTPClient.Request(
        url: url, method: .POST, headers: headers, body: .bytes(request))
      let limited = ResponseAccumulator(request: call, maxBodySize: Self.answerLimit)
      answer = try Self.client.execute(
        request: call, delegate: limited, deadline: .now() + Self.timeout
      ).wait()
    } catch {
      throw Failure(description: "the time stamping authority at \(url) does not answer: \(error)")
    }
    guard answer.status == .ok, let body = answer.body else {
      throw Failure(
        description: "the time stamping authority at \(url) answered with status "
          + "\(answer.status.code)")
    }
    return Array(body.readableBytesView)
  }
}
