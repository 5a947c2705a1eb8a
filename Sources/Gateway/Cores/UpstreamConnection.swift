import AsyncHTTPClient
import Bytes
import Moderation
import NIOCore
import NIOHTTP1
import StrictJSON

/// The way to a foreign server: calls with limits, polling that outlives a bad moment, and a download
/// into quarantine.
///
/// The server's own words never reach a caller: they travel as `detail`, for the log.
struct UpstreamConnection: Sendable {
  /// Twice the longest waits that vendors' queues have shown for clips of twelve seconds.
  static let deadline = Duration.seconds(30 * 60)
  /// Polls that may fail in a row before the run counts as failed; the job stays resumable.
  static let maximumPollFailures = 10
  /// Twelve seconds of 1792x1024 at 100 Mbit/s are 150 MB.
  static let maximumClipBytes = 512 << 20
  /// A video object is one kilobyte; error pages can be larger.
  private static let maximumAnswerBytes = 1 << 20
  /// As much of an answer as the log takes.
  private static let detailBytes = 2000
  /// A request, its upload included.
  private static let requestTimeout = TimeAmount.seconds(120)
  private static let downloadTimeout = TimeAmount.seconds(900)
  /// Milliseconds between polls: neither hammer nor fall asleep on a wrong header.
  private static let pollWait = 250...10_000

  /// A core that is not there is said to be so at once; whether to try again is the runner's to
  /// decide. Lives as long as the process.
  static let ownClient: HTTPClient = {
    var configuration = HTTPClient.Configuration()
    configuration.timeout.connect = .seconds(5)
    configuration.connectionPool.retryConnectionEstablishment = false
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }()

  var client = UpstreamConnection.ownClient

  struct Answer: Sendable {
    let status: Int
    let json: JSONValue?
    let text: String
    /// The server's wish for the next poll.
    let pollAfter: Duration?

    var detail: String { "status \(status): \(text)" }

    fileprivate init(_ response: HTTPClientResponse) async throws {
      let body = try await response.body.collect(upTo: maximumAnswerBytes)
      status = Int(response.status.code)
      json = try? JSONValue.parse(Array(body.readableBytesView))
      text = String(decoding: body.readableBytesView.prefix(detailBytes), as: UTF8.self)
      pollAfter = response.headers.first(name: "openai-poll-after-ms").flatMap { Int($0) }.map {
        .milliseconds(min(max($0, pollWait.lowerBound), pollWait.upperBound))
      }
    }

    /// What an answer means that is no success.
    func failure(isRefusal: Bool) -> GenerationFailure {
      switch status {
      case _ where isRefusal: .refused(detail: detail)
      // A wrong key or route is for the operator, not for the caller's request.
      case 401, 403, 404, 408, 409, 429: .unavailable(detail: detail)
      case 400..<500: .unsupported(detail: detail)
      default: .unavailable(detail: detail)
      }
    }
  }

  func answer(to call: HTTPClientRequest) async throws -> Answer {
    try await Answer(client.execute(call, timeout: Self.requestTimeout))
  }

  /// What one poll says.
  enum Poll<Result: Sendable>: Sendable {
    case done(Result)
    /// Not yet; ask again after this.
    case wait(Duration)
    /// It will not end otherwise when it is asked again.
    case failed(GenerationFailure)
  }

  /// Asks until there is an end. What goes wrong on the way, a lost connection or a server's bad moment,
  /// may go right the next time.
  func poll<Result: Sendable>(
    every interval: Duration, _ ask: () async throws -> Poll<Result>
  ) async throws -> Result {
    let end = ContinuousClock.now + Self.deadline
    var failures = 0
    while ContinuousClock.now < end {
      var wait = interval
      do {
        switch try await ask() {
        case .done(let result): return result
        case .failed(let failure): throw Final(failure: failure)
        case .wait(let wish): wait = wish
        }
        failures = 0
      } catch let final as Final {
        throw final.failure
      } catch let error as CancellationError {
        throw error
      } catch {
        failures += 1
        guard failures < Self.maximumPollFailures else { throw error }
      }
      try await Task.sleep(for: wait)
    }
    throw GenerationFailure.deadlineExceeded(
      detail: "the upstream did not finish within \(Self.deadline)")
  }

  private struct Final: Error { let failure: GenerationFailure }

  /// Fetches a finished clip.
  ///
  /// - Parameter absenceIsRefusal: whether 404 and 410 mean that the server has filtered the output; where
  ///   clips lie elsewhere, they mean that the address is no good any more.
  /// - Throws: `GenerationFailure.refused` also for an empty clip, which several servers give instead of
  ///   a filtered one.
  func download(
    _ call: HTTPClientRequest, to path: String, absenceIsRefusal: Bool
  ) async throws {
    let response = try await client.execute(call, timeout: Self.downloadTimeout)
    guard response.status == .ok else {
      let answer = try await Answer(response)
      guard response.status == .notFound || response.status == .gone else {
        throw answer.failure(isRefusal: false)
      }
      throw absenceIsRefusal
        ? GenerationFailure.refused(detail: "completed, but without content")
        : GenerationFailure.unavailable(detail: answer.detail)
    }
    let writer = try SpoolWriter(path: path)
    var count = 0
    for try await chunk in response.body {
      count += chunk.readableBytes
      guard count <= Self.maximumClipBytes else {
        throw GenerationFailure.unsupported(
          detail: "the clip is larger than \(Self.maximumClipBytes) bytes")
      }
      try await writer.write(chunk)
    }
    guard count > 0 else { throw GenerationFailure.refused(detail: "completed, but empty") }
    try await writer.finish()
  }

  /// What is not told apart here went wrong on the way, and may go right another time.
  static func telling<Result>(
    _ work: () async throws -> Result
  ) async throws(GenerationFailure) -> Result {
    do {
      return try await work()
    } catch let failure as GenerationFailure {
      throw failure
    } catch {
      throw .unavailable(detail: "\(error)")
    }
  }

  /// From the bytes, never from what the caller said of them.
  static func imageType(_ bytes: [UInt8]) -> (type: String, filename: String) {
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return ("image/jpeg", "reference.jpg") }
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return ("image/png", "reference.png") }
    if bytes.count > 12, bytes[8..<12].elementsEqual(Array("WEBP".utf8)) {
      return ("image/webp", "reference.webp")
    }
    return ("application/octet-stream", "reference")
  }

  /// An id is the upstream's text: it must not change the path.
  static func escape(_ id: String) -> String {
    var out = ""
    for byte in id.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F, 0x7E:
        out.append(Character(UnicodeScalar(byte)))
      default: out += "%\(Hex.encode([byte]).uppercased())"
      }
    }
    return out
  }
}

extension HTTPClientRequest {
  /// Hands the trace of what is being worked on to the next server.
  mutating func joinTrace() {
    guard let trace = TraceContext.current else { return }
    headers.replaceOrAdd(name: "traceparent", value: trace.child.traceparent)
  }
}
