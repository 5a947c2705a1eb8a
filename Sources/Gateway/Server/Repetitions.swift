import Bytes
import Glibc
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
  static let kind = "reply"
  /// OpenAI's clients send no key; whoever sends one may repeat for a day.
  static let keySeconds: Int64 = 24 * 3600

  /// What a request was answered with.
  private struct Reply: Sendable {
    let status: Int
    let contentType: String
    let bytes: ByteBuffer
  }

  private typealias Running = (digest: String, task: Task<Reply, any Error>)

  private let records: RecordStore
  /// Holds the bodies of answers; a picture's is too long for a record.
  private let folder: String
  private let root: String
  private let clock: @Sendable () -> Int64
  private let running = Mutex<[String: Running]>([:])

  init(
    records: RecordStore, root: String, clock: @escaping @Sendable () -> Int64 = WallClock.seconds
  ) {
    self.records = records
    self.root = root
    folder = Repetitions.folder(in: root)
    self.clock = clock
  }

  static func folder(in root: String) -> String { "\(root)/replies" }

  /// The answer that this request has already, or else what `work` answers.
  ///
  /// - Parameter digest: of the decoded body; see `BodyDigest`.
  /// - Throws: what `work` throws; 409 for a key that came with another body before.
  func answer(
    _ request: Request, _ context: GatewayContext, digest: String,
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
        await keep(
          reply, name: name, digest: digest,
          seconds: key == nil ? VideoService.repetitionSeconds : Repetitions.keySeconds)
        return reply
      }
      running[name] = (digest, task)
      return task
    }
    return Repetitions.response(try await task.value)
  }

  // MARK: kept answers

  private func stored(_ name: String, digest: String) async throws -> Response? {
    guard let record = try await records.record(Repetitions.kind, name),
      let expiry = record.expiresAt, expiry > clock(),
      let status = record.document["status"]?.integer,
      let type = record.document["content_type"]?.string
    else { return nil }
    guard record.document["digest"]?.string == digest else { throw Repetitions.reused }
    let path = "\(folder)/\(name)"
    guard
      let bytes = try? await NIOThreadPool.singleton.runIfActive({
        try FileByteSource.contents(of: path, limit: 1 << 30)
      })
    else { return nil }
    return Repetitions.response(
      Reply(status: status, contentType: type, bytes: ByteBuffer(bytes: bytes)))
  }

  /// A courtesy: an answer that cannot be kept was given all the same.
  private func keep(_ reply: Reply, name: String, digest: String, seconds: Int64) async {
    let (root, folder) = (root, folder)
    let path = "\(folder)/\(name)"
    let isWritten = try? await NIOThreadPool.singleton.runIfActive {
      for place in [root, folder] {
        guard mkdir(place, 0o700) == 0 || errno == EEXIST else { return false }
      }
      let sink = try FileByteSink(path: path, mode: 0o600)
      try sink.write(Array(reply.bytes.readableBytesView))
      try sink.commit()
      return true
    }
    guard isWritten == true else { return }
    try? await records.replace(
      Repetitions.kind, name, tenant: "",
      [
        "digest": .string(digest), "status": .integer(reply.status),
        "content_type": .string(reply.contentType),
      ], expiresAt: clock() + seconds)
  }

  private static func response(_ reply: Reply) -> Response {
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
  ) async throws -> Reply {
    let response: Response
    do {
      response = try await work()
    } catch let error as APIError {
      guard keepsRefusals, error.status == .badRequest else { throw error }
      response = Response(json: error.body, status: error.status)
    }
    let collector = BodyCollector()
    try await response.body.write(collector)
    return Reply(
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
