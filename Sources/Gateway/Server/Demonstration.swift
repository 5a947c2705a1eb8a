import AsyncHTTPClient
import Glibc
public import Logging
import NIOCore
import NIOHTTP1
public import StrictJSON

/// One clip and one refused prompt through a gateway of this process, over its own front door: what
/// `assay demo` shows.
public struct Demonstration: Sendable {
  /// What came of it.
  public struct Outcome: Sendable {
    public let clipID: String
    public let clip: String
    public let byteCount: Int
    /// From the request to the last byte of the clip.
    public let seconds: Double
    /// Status and body of the refused request.
    public let refusal: (status: Int, body: JSONValue)
  }

  /// A clip must be done by then, even on a slow machine.
  static let deadline = Duration.seconds(600)
  static let maximumClipBytes = 256 << 20

  public let prompt: String
  public let handle: String
  public let refusedPrompt: String
  public let seconds: Int
  public let size: String

  public init(prompt: String, handle: String, refusedPrompt: String, seconds: Int, size: String) {
    self.prompt = prompt
    self.handle = handle
    self.refusedPrompt = refusedPrompt
    self.seconds = seconds
    self.size = size
  }

  /// Serves on a port that the system chooses, asks as a client would, and stops again.
  ///
  /// - Parameters:
  ///   - clip: where the downloaded clip goes.
  ///   - show: takes lines about what happens.
  /// - Throws: `StartupError` for what is missing; `DemonstrationError` for what went wrong.
  public func run(
    _ configuration: GatewayConfiguration, clip: String, logger: Logger,
    show: @escaping @Sendable (String) -> Void
  ) async throws -> Outcome {
    var configuration = configuration
    configuration.host = "127.0.0.1"
    configuration.port = 0
    configuration.apiKeys = "demo=sk-demo"
    // A log of its own name: two logs under one name and key would be a split view of one log.
    configuration.logOrigin = "assay.local/demo-log"
    let port = AsyncStream<Int>.makeStream()
    let server = try await GatewayServer.make(
      configuration, logger: logger, listening: { port.continuation.yield($0) }, show: { _ in })
    return try await withThrowingTaskGroup(of: Outcome?.self) { group in
      group.addTask {
        try await server.run()
        port.continuation.finish()
        return nil
      }
      group.addTask {
        for await number in port.stream {
          return try await converse(with: "http://127.0.0.1:\(number)/v1", clip: clip, show: show)
        }
        return nil
      }
      defer { group.cancelAll() }
      for try await outcome in group {
        if let outcome { return outcome }
      }
      throw DemonstrationError("the server ended before it answered")
    }
  }

  private func converse(
    with base: String, clip: String, show: @Sendable (String) -> Void
  ) async throws -> Outcome {
    let clock = ContinuousClock()
    let start = clock.now
    let created = try await post(
      "\(base)/videos",
      [
        "prompt": .string(prompt), "seconds": .string(String(seconds)), "size": .string(size),
        "creator_handle": .string(handle),
      ])
    guard created.status == 200, let id = created.body["id"]?.string else {
      throw DemonstrationError("the clip was not accepted: \(created.body.compact)")
    }
    show("accepted as \(id)")
    var last = ""
    while true {
      let video = try await get("\(base)/videos/\(id)")
      let status = video["status"]?.string ?? "unknown"
      if status != last { show(status) }
      last = status
      if status == "completed" { break }
      guard status != "failed", clock.now - start < Self.deadline else {
        throw DemonstrationError("the clip was not made: \(video["error"]?.compact ?? status)")
      }
      try await Task.sleep(for: .milliseconds(200))
    }
    let byteCount = try await download("\(base)/videos/\(id)/content", to: clip)
    let elapsed = (clock.now - start) / .seconds(1)
    let refusal = try await post("\(base)/videos", ["prompt": .string(refusedPrompt)])
    return Outcome(
      clipID: id, clip: clip, byteCount: byteCount, seconds: elapsed, refusal: refusal)
  }

  private func request(_ url: String) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: url)
    request.headers.add(name: "authorization", value: "Bearer sk-demo")
    return request
  }

  private func post(
    _ url: String, _ body: JSONValue
  ) async throws -> (status: Int, body: JSONValue) {
    var request = request(url)
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/json")
    request.body = .bytes(ByteBuffer(string: body.compact))
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
    return (Int(response.status.code), try await Self.json(response))
  }

  private func get(_ url: String) async throws -> JSONValue {
    try await Self.json(HTTPClient.shared.execute(request(url), timeout: .seconds(60)))
  }

  private static func json(_ response: HTTPClientResponse) async throws -> JSONValue {
    let body = try await response.body.collect(upTo: 1 << 20)
    return try JSONValue.parse(Array(body.readableBytesView))
  }

  private func download(_ url: String, to path: String) async throws -> Int {
    let response = try await HTTPClient.shared.execute(request(url), timeout: .seconds(60))
    guard response.status == .ok else {
      throw DemonstrationError("the clip cannot be downloaded: status \(response.status.code)")
    }
    let body = try await response.body.collect(upTo: Self.maximumClipBytes)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw DemonstrationError("cannot write \(path): \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    let written = body.withUnsafeReadableBytes { write(descriptor, $0.baseAddress, $0.count) }
    guard written == body.readableBytes else {
      throw DemonstrationError("cannot write \(path): \(String(cString: strerror(errno)))")
    }
    return written
  }
}

/// The demonstration did not come to its end; a sentence.
public struct DemonstrationError: Error, Equatable, Sendable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}
