import Bytes
import HTTPTypes
import Hummingbird
import NIOCore
import NIOPosix
import PKI
import StrictJSON
import Synchronization

/// Makes one act of a request that comes more than once. A request with an `Idempotency-Key` has the
/// same answer for a day; one that its client counts as a repetition (`x-stainless-retry-count`) is
/// folded into an equal one of the last ten minutes, also while that is still being answered.
///
/// Videos need none of this: their jobs are looked up by the same two things.
final class Repetitions: Sendable {
  /// OpenAI's clients send no key; whoever sends one may repeat for a day.
  static let keySeconds: Int64 = 24 * 3600

  private typealias Running = (digest: String, task: Task<KeptReplies.Reply, any Error>)

  private let kept: KeptReplies
  private let clock: @Sendable () -> Int64
  private let running = Mutex<[String: Running]>([:])

  init(kept: KeptReplies, clock: @escaping @Sendable () -> Int64 = WallClock.seconds) {
    self.kept = kept
    self.clock = clock
  }

  /// The answer that this request has already, or else what `work` answers.
  ///
  /// - Parameters:
  ///   - digest: of the decoded body; see `BodyDigest`.
  ///   - asset: what the answer is about, if it is logged: with its payloads the answer goes.
  /// - Throws: what `work` throws; 409 for a key that came with another body before.
  func answer(
    _ request: Request, _ context: GatewayContext, digest: String, asset: String? = nil,
    work: @escaping @Sendable () async throws -> Response
  ) async throws -> Response {
    let key = try VideoRoutes.idempotencyKey(request)
    let isFolded = VideoRoutes.isRepetition(request)
    let name = Repetitions.name(
      [context.tenant, request.uri.path, key.map { "key \($0)" } ?? "body \(digest)"])
    let isKnown = key != nil || isFolded
    if isKnown, let known = try await stored(name, digest: digest) { return known }
    let task = try running.withLock { running in
      if isKnown, let known = running[name] {
        guard known.digest == digest else { throw Repetitions.reused }
        return known.task
      }
      // A task of its own: a client that hangs up and asks again finds the work going on.
      let task = Task { [self] in
        defer { self.running.withLock { $0[name] = nil } }
        let reply = try await Repetitions.reply(of: work, keepsRefusals: key != nil)
        let seconds = key == nil ? VideoService.repetitionSeconds : Repetitions.keySeconds
        await kept.keep(
          reply, name: name, digest: digest, asset: asset, expiresAt: clock() + seconds)
        return reply
      }
      running[name] = (digest, task)
      return task
    }
    return Repetitions.response(try await task.value)
  }

  private func stored(_ name: String, digest: String) async throws -> Response? {
    guard let (reply, known) = try await kept.reply(name, at: clock()) else { return nil }
    guard known == digest else { throw Repetitions.reused }
    return Repetitions.response(reply)
  }

  private static func response(_ reply: KeptReplies.Reply) -> Response {
    Response(
      status: .init(code: reply.status),
      headers: [
        .contentType: reply.contentType, .contentLength: String(reply.bytes.readableBytes),
      ], body: .init(byteBuffer: reply.bytes))
  }

  /// - Parameter keepsRefusals: whether a 400 is an answer like any other. Faults of ours and
  ///   limits never are: a repetition may fare better.
  private static func reply(
    of work: @Sendable () async throws -> Response, keepsRefusals: Bool
  ) async throws -> KeptReplies.Reply {
    let response: Response
    do {
      response = try await work()
    } catch let error as APIError {
      guard keepsRefusals, error.status == .badRequest else { throw error }
      response = Response(json: error.body, status: error.status)
    }
    let collector = BodyCollector()
    try await response.body.write(collector)
    return KeptReplies.Reply(
      status: response.status.code,
      contentType: response.headers[.contentType] ?? "application/octet-stream",
      bytes: collector.bytes)
  }

  private static let reused = APIError(
    .conflict, "This Idempotency-Key was used before with another request. Use a new key.",
    code: "idempotency_key_reused", headers: [.shouldRetry: "false"])

  /// Names say nothing of whom they belong to.
  private static func name(_ parts: [String]) -> String {
    Hex.encode(HashAlgorithm.sha256.digest(Array(parts.joined(separator: "\0").utf8)))
  }
}

/// Takes a body into memory.
private final class BodyCollector: ResponseBodyWriter, Sendable {
  private let buffer = Mutex(ByteBuffer())
  var bytes: ByteBuffer { buffer.withLock { $0 } }

  func write(_ chunk: ByteBuffer) async throws {
    buffer.withLock { _ = $0.writeImmutableBuffer(chunk) }
  }

  func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
