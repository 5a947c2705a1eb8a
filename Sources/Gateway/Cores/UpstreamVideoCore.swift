import AsyncHTTPClient
import Bytes
import Labels
import Moderation
import NIOCore
import NIOHTTP1
import StrictJSON

/// A remote server with OpenAI's `/v1/videos` as the generation core (vLLM-Omni, SGLang, another
/// Assay): create, poll with a deadline, download into quarantine.
///
/// The upstream's own words never reach a caller: they travel as `detail`, for the log.
struct UpstreamVideoCore: GenerationCore {
  /// Twice the longest waits that vendors' queues have shown for clips of twelve seconds.
  static let deadline = Duration.seconds(30 * 60)
  /// Polls that may fail in a row before the run counts as failed; the job stays resumable.
  static let maximumPollFailures = 10
  /// Twelve seconds of 1792x1024 at 100 Mbit/s are 150 MB.
  static let maximumClipBytes = 512 << 20
  /// A video object is one kilobyte; error pages can be larger.
  static let maximumAnswerBytes = 1 << 20
  /// A request, its upload included.
  static let requestTimeout = TimeAmount.seconds(120)
  static let downloadTimeout = TimeAmount.seconds(900)
  /// Codes with which a server says that content, not form, was the reason.
  static let refusalCodes: Set<String> = [
    "moderation_blocked", "moderation_held", "content_policy_violation", "content_filter",
    "sentinel_block", "image_content_policy_violation", "policy_violation",
  ]

  let identity: CoreIdentity
  /// With `/v1`, without a slash at the end.
  private let base: String
  private let key: String?
  private let client: HTTPClient

  /// A core that is not there is said to be so at once; whether to try again is the runner's to
  /// decide. Lives as long as the process.
  static let ownClient: HTTPClient = {
    var configuration = HTTPClient.Configuration()
    configuration.timeout.connect = .seconds(5)
    configuration.connectionPool.retryConnectionEstablishment = false
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }()

  /// - Parameters:
  ///   - base: as OpenAI's clients take it; `/v1` is added to a bare host.
  ///   - digitalSourceType: what the core makes, as a term of the IPTC vocabulary.
  init(
    base: String, key: String?, name: String, version: String,
    digitalSourceType: DigitalSourceTerm = .trainedAlgorithmicMedia, client: HTTPClient? = nil
  ) {
    var base = base
    while base.hasSuffix("/") { base.removeLast() }
    let host = base.drop { $0 != ":" }.drop { $0 == ":" || $0 == "/" }
    self.base = host.contains("/") ? base : "\(base)/v1"
    self.key = key
    self.client = client ?? Self.ownClient
    identity = CoreIdentity(
      name: name, version: version, digitalSourceType: digitalSourceType.uri,
      isModel: digitalSourceType.isModel)
  }

  func generate(
    _ request: GenerationRequest, to path: String
  ) async throws(GenerationFailure) -> GeneratedClip {
    do {
      return try await run(request, to: path)
    } catch let failure as GenerationFailure {
      throw failure
    } catch {
      throw .unavailable(detail: "\(error)")
    }
  }

  private func run(_ request: GenerationRequest, to path: String) async throws -> GeneratedClip {
    var id = request.resumeToken
    if let known = id, try await fetch(known) == nil { id = nil }  // The upstream has forgotten it.
    if id == nil {
      let created = try await create(request)
      try await request.saveResumeToken(created)
      id = created
    }
    guard let id else { throw GenerationFailure.unavailable(detail: "no upstream id") }
    let video = try await poll(id, request)
    try await download(id, to: path)
    // `prompt` is the request's own unless the upstream has rewritten it.
    let scene = (video["revised_prompt"] ?? video["prompt"])?.string
    return GeneratedClip(
      scene: scene == request.request.prompt ? nil : scene, model: video["model"]?.string)
  }

  // MARK: create

  private func create(_ request: GenerationRequest) async throws -> String {
    let wish = request.request
    var form = MultipartWriter()
    form.add("prompt", wish.prompt)
    form.add("model", wish.model)
    form.add("seconds", String(wish.seconds))
    form.add("size", wish.size.description)
    for (name, value) in wish.extras.sorted(by: { $0.key < $1.key }) { form.add(name, value) }
    if let reference = wish.reference {
      let bytes = try FileByteSource.contents(
        of: reference.path, limit: CreateBodyReader.maximumClipBytes)
      let (type, filename) = UpstreamVideoCore.imageType(bytes)
      if wish.operation == .create {
        form.add("input_reference", file: bytes, filename: filename, contentType: type)
      } else {
        form.add("video", file: bytes, filename: "video.mp4", contentType: "video/mp4")
      }
    }
    // A clip of ours is not known upstream by id, so that a remix is an edit there.
    let route =
      switch wish.operation {
      case .create: "/videos"
      case .remix, .edit: "/videos/edits"
      case .extend: "/videos/extensions"
      }
    var call = call(route, .POST)
    call.headers.add(name: "Content-Type", value: form.contentType)
    // A retried create must not pay twice.
    call.headers.add(name: "Idempotency-Key", value: request.id)
    call.body = .bytes(form.finish())
    let answer = try await answer(to: call)
    guard answer.status == 200 || answer.status == 201 || answer.status == 202 else {
      throw UpstreamVideoCore.failure(answer)
    }
    guard let id = answer.json?["id"]?.string, (1...512).contains(id.utf8.count) else {
      throw GenerationFailure.unavailable(detail: "the upstream's answer has no id")
    }
    return id
  }

  // MARK: poll

  private func poll(_ id: String, _ request: GenerationRequest) async throws -> JSONValue {
    let end = ContinuousClock.now + UpstreamVideoCore.deadline
    var failures = 0
    while ContinuousClock.now < end {
      var wait = Duration.seconds(1)
      do {
        guard let (video, pollAfter) = try await fetch(id) else {
          throw GenerationFailure.unavailable(detail: "the upstream does not know \(id)")
        }
        failures = 0
        wait = pollAfter ?? wait
        switch video["status"]?.string {
        case "completed": return video
        case "failed": throw UpstreamVideoCore.failure(ofJob: video)
        case "cancelled", "canceled", "expired":
          throw GenerationFailure.unavailable(detail: "the upstream dropped the job")
        default:
          // Also other servers' words for running, such as "processing".
          if let progress = video["progress"]?.number.flatMap({ Int(exactly: $0.rounded()) }) {
            await request.reportProgress(progress)
          }
        }
      } catch let failure as Transient {
        failures += 1
        guard failures < UpstreamVideoCore.maximumPollFailures else {
          throw GenerationFailure.unavailable(detail: failure.detail)
        }
      }
      try await Task.sleep(for: wait)
    }
    throw GenerationFailure.deadlineExceeded(
      detail: "the upstream did not finish \(id) within \(UpstreamVideoCore.deadline)")
  }

  /// A poll that went wrong in a way that the next may not.
  private struct Transient: Error { let detail: String }

  /// The upstream's video object and its wish for the next poll; nil when it knows no such id.
  private func fetch(_ id: String) async throws -> (JSONValue, Duration?)? {
    let answer: Answer
    do {
      answer = try await self.answer(to: call("/videos/\(UpstreamVideoCore.escape(id))", .GET))
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      throw Transient(detail: "\(error)")
    }
    if answer.status == 404 { return nil }
    if answer.status == 429 || answer.status >= 500 {
      throw Transient(detail: "status \(answer.status)")
    }
    guard answer.status == 200, let video = answer.json else {
      throw UpstreamVideoCore.failure(answer)
    }
    return (video, answer.pollAfter)
  }

  // MARK: download

  private func download(_ id: String, to path: String) async throws {
    let call = call("/videos/\(UpstreamVideoCore.escape(id))/content", .GET)
    let response = try await client.execute(call, timeout: UpstreamVideoCore.downloadTimeout)
    guard response.status == .ok else {
      let body = try? await response.body.collect(upTo: UpstreamVideoCore.maximumAnswerBytes)
      // "Completed" without content is how a filtered output shows on several servers.
      if response.status == .notFound || response.status == .gone {
        throw GenerationFailure.refused(detail: "completed, but without content")
      }
      throw UpstreamVideoCore.failure(
        Answer(status: Int(response.status.code), body: body ?? ByteBuffer(), pollAfter: nil))
    }
    let writer = try SpoolWriter(path: path)
    var count = 0
    for try await chunk in response.body {
      count += chunk.readableBytes
      guard count <= UpstreamVideoCore.maximumClipBytes else {
        throw GenerationFailure.unsupported(
          detail: "the clip is larger than \(UpstreamVideoCore.maximumClipBytes) bytes")
      }
      try await writer.write(chunk)
    }
    guard count > 0 else { throw GenerationFailure.refused(detail: "completed, but empty") }
    try await writer.finish()
  }

  // MARK: answers

  private struct Answer {
    let status: Int
    let json: JSONValue?
    let text: String
    let pollAfter: Duration?

    init(status: Int, body: ByteBuffer, pollAfter: Duration?) {
      self.status = status
      json = try? JSONValue.parse(Array(body.readableBytesView))
      text = String(decoding: body.readableBytesView.prefix(2000), as: UTF8.self)
      self.pollAfter = pollAfter
    }
  }

  private func call(_ path: String, _ method: HTTPMethod) -> HTTPClientRequest {
    var call = HTTPClientRequest(url: base + path)
    call.method = method
    call.headers.add(name: "Accept", value: "application/json, video/mp4;q=0.9, */*;q=0.1")
    call.headers.add(name: "User-Agent", value: "Assay")
    call.joinTrace()
    if let key { call.headers.add(name: "Authorization", value: "Bearer \(key)") }
    return call
  }

  private func answer(to call: HTTPClientRequest) async throws -> Answer {
    let response = try await client.execute(call, timeout: UpstreamVideoCore.requestTimeout)
    let body = try await response.body.collect(upTo: UpstreamVideoCore.maximumAnswerBytes)
    // Between a quarter of a second and ten: neither hammer nor fall asleep on a wrong header.
    let wait = response.headers.first(name: "openai-poll-after-ms").flatMap { Int($0) }
    return Answer(
      status: Int(response.status.code), body: body,
      pollAfter: wait.map { .milliseconds(min(max($0, 250), 10_000)) })
  }

  private static func failure(_ answer: Answer) -> GenerationFailure {
    let detail = "status \(answer.status): \(answer.text)"
    if let code = answer.json?["error"]?["code"]?.string, refusalCodes.contains(code) {
      return .refused(detail: detail)
    }
    switch answer.status {
    case 451: return .refused(detail: detail)
    // A wrong key or route is for the operator, not for the caller's request.
    case 401, 403, 404, 408, 409, 429: return .unavailable(detail: detail)
    case 400..<500: return .unsupported(detail: detail)
    default: return .unavailable(detail: detail)
    }
  }

  private static func failure(ofJob video: JSONValue) -> GenerationFailure {
    let error = video["error"]
    let detail = String((error?.compact ?? "failed without a reason").prefix(2000))
    let code = error?["code"]?.string ?? ""
    return refusalCodes.contains(code) ? .refused(detail: detail) : .unavailable(detail: detail)
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
