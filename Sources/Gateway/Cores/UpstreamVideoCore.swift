import AsyncHTTPClient
import Bytes
import Labels
import Moderation
import NIOHTTP1
import StrictJSON

/// A remote server with OpenAI's `/v1/videos` as the generation core (vLLM-Omni, SGLang, another
/// Assay): create, poll with a deadline, download into quarantine.
struct UpstreamVideoCore: GenerationCore {
  /// Where the server says nothing of its own.
  private static let pollInterval = Duration.seconds(1)
  /// Codes with which a server says that content, not form, was the reason.
  private static let refusalCodes: Set<String> = [
    "moderation_blocked", "moderation_held", "content_policy_violation", "content_filter",
    "sentinel_block", "image_content_policy_violation", "policy_violation",
  ]

  let identity: CoreIdentity
  /// With `/v1`, without a slash at the end.
  private let base: String
  private let key: String?
  private let connection: UpstreamConnection

  /// - Parameters:
  ///   - base: as OpenAI's clients take it; `/v1` is added to a bare host.
  ///   - digitalSourceType: what the core makes, as a term of the IPTC vocabulary.
  init(
    base: String, key: String?, name: String, version: String,
    digitalSourceType: DigitalSourceTerm = .trainedAlgorithmicMedia,
    connection: UpstreamConnection = UpstreamConnection()
  ) {
    var base = base
    while base.hasSuffix("/") { base.removeLast() }
    let host = base.drop { $0 != ":" }.drop { $0 == ":" || $0 == "/" }
    self.base = host.contains("/") ? base : "\(base)/v1"
    self.key = key
    self.connection = connection
    identity = CoreIdentity(
      name: name, version: version, digitalSourceType: digitalSourceType.uri,
      isModel: digitalSourceType.isModel)
  }

  func generate(
    _ request: GenerationRequest, to path: String
  ) async throws(GenerationFailure) -> GeneratedClip {
    try await UpstreamConnection.telling { try await run(request, to: path) }
  }

  private func run(_ request: GenerationRequest, to path: String) async throws -> GeneratedClip {
    let id: String
    if let known = request.resumeToken, try await isKnown(known) {
      id = known
    } else {
      id = try await create(request)
      try await request.saveResumeToken(id)
    }
    let video = try await connection.poll(every: Self.pollInterval) {
      try await poll(id, request)
    }
    try await connection.download(
      call("/videos/\(UpstreamConnection.escape(id))/content", .GET), to: path,
      absenceIsRefusal: true)
    // `prompt` is the request's own unless the upstream has rewritten it.
    let scene = (video["revised_prompt"] ?? video["prompt"])?.string
    return GeneratedClip(
      scene: scene == request.request.prompt ? nil : scene, model: video["model"]?.string)
  }

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
        of: reference.path, limit: UpstreamConnection.maximumClipBytes)
      let (type, filename) = UpstreamConnection.imageType(bytes)
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
    let answer = try await connection.answer(to: call)
    guard [200, 201, 202].contains(answer.status) else { throw Self.failure(answer) }
    guard let id = answer.json?["id"]?.string, (1...512).contains(id.utf8.count) else {
      throw GenerationFailure.unavailable(detail: "the upstream's answer has no id")
    }
    return id
  }

  /// Whether the upstream remembers a job of ours from before.
  private func isKnown(_ id: String) async throws -> Bool {
    let answer = try await connection.answer(to: look(id))
    if answer.status == 404 { return false }
    // Whatever else is wrong shows, and passes perhaps, while it is polled.
    return true
  }

  private func poll(
    _ id: String, _ request: GenerationRequest
  ) async throws -> UpstreamConnection.Poll<JSONValue> {
    let answer = try await connection.answer(to: look(id))
    if answer.status == 404 {
      return .failed(.unavailable(detail: "the upstream does not know \(id)"))
    }
    guard answer.status == 200, let video = answer.json else {
      let failure = Self.failure(answer)
      // A server's bad moment is waited out.
      if answer.status == 429 || answer.status >= 500 { throw failure }
      return .failed(failure)
    }
    switch video["status"]?.string {
    case "completed": return .done(video)
    case "failed": return .failed(Self.failure(ofJob: video))
    case "cancelled", "canceled", "expired":
      return .failed(.unavailable(detail: "the upstream dropped the job"))
    default:
      // Also other servers' words for running, such as "processing".
      if let progress = video["progress"]?.number.flatMap({ Int(exactly: $0.rounded()) }) {
        await request.reportProgress(progress)
      }
      return .wait(answer.pollAfter ?? Self.pollInterval)
    }
  }

  private func look(_ id: String) -> HTTPClientRequest {
    call("/videos/\(UpstreamConnection.escape(id))", .GET)
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

  private static func failure(_ answer: UpstreamConnection.Answer) -> GenerationFailure {
    let code = answer.json?["error"]?["code"]?.string
    return answer.failure(
      isRefusal: answer.status == 451 || code.map(refusalCodes.contains) == true)
  }

  private static func failure(ofJob video: JSONValue) -> GenerationFailure {
    let error = video["error"]
    let detail = String((error?.compact ?? "failed without a reason").prefix(2000))
    let code = error?["code"]?.string ?? ""
    return refusalCodes.contains(code) ? .refused(detail: detail) : .unavailable(detail: detail)
  }
}
