import AsyncHTTPClient
import Bytes
import Moderation
import NIOHTTP1
import StrictJSON

/// A foreign server behind a dialect: create, poll with a deadline, fetch into quarantine. Its words,
/// ids and addresses never reach a caller.
struct QueueCore: GenerationCore {
  let identity: CoreIdentity
  let dialect: any UpstreamDialect
  let key: String?
  var connection = UpstreamConnection()
  var pollInterval = Duration.seconds(2)

  func generate(
    _ request: GenerationRequest, to path: String
  ) async throws(GenerationFailure) -> GeneratedClip {
    try await UpstreamConnection.telling { try await run(request, to: path) }
  }

  private func run(_ request: GenerationRequest, to path: String) async throws -> GeneratedClip {
    let handle: String
    if let known = request.resumeToken {
      handle = known
    } else {
      handle = try await create(request)
      try await request.saveResumeToken(handle)
    }
    var call = dialect.poll(handle)
    let url = try await connection.poll(every: pollInterval) { try await poll(&call, handle) }
    try await connection.download(try fetching(url), to: path, absenceIsRefusal: false)
    return GeneratedClip(scene: nil)
  }

  private func create(_ request: GenerationRequest) async throws -> String {
    var image: (bytes: [UInt8], type: String)?
    if let reference = request.request.reference, request.request.operation == .create {
      let bytes = try FileByteSource.contents(
        of: reference.path, limit: CreateBodyReader.maximumFileBytes)
      image = (bytes, UpstreamConnection.imageType(bytes).type)
    }
    let answer = try await ask(try dialect.create(request.request, image: image))
    guard let handle = dialect.handle(answer), (1...512).contains(handle.utf8.count),
      handle.utf8.allSatisfy({ $0 > 32 && $0 < 127 }), !handle.contains("..")
    else { throw GenerationFailure.unavailable(detail: "no usable job id: \(answer.compact)") }
    return handle
  }

  /// - Parameter call: what to ask, and after a "done, look there" what to ask instead.
  private func poll(
    _ call: inout UpstreamCall, _ handle: String
  ) async throws -> UpstreamConnection.Poll<String> {
    let answer: JSONValue
    do {
      answer = try await ask(call)
    } catch let failure as GenerationFailure {
      // A bad moment is waited out.
      if case .unavailable = failure { throw failure }
      return .failed(failure)
    }
    switch dialect.state(answer, of: handle) {
    case .running: return .wait(pollInterval)
    case .then(let next):
      // At once, but for a server that sends in circles.
      defer { call = next }
      return .wait(next == call ? pollInterval : .zero)
    case .done(let url): return .done(url)
    case .refused(let detail): return .failed(.refused(detail: detail))
    case .failed(let detail): return .failed(.unsupported(detail: detail))
    }
  }

  private func ask(_ call: UpstreamCall) async throws -> JSONValue {
    var request = HTTPClientRequest(url: call.url)
    request.method = call.method == .post ? .POST : .GET
    request.joinTrace()
    authorize(&request)
    if let body = call.body {
      request.headers.add(name: "Content-Type", value: "application/json")
      request.body = .bytes(Array(body.compact.utf8))
    }
    let answer = try await connection.answer(to: request)
    if (200..<300).contains(answer.status), let json = answer.json { return json }
    throw answer.failure(isRefusal: dialect.isRefusal(status: answer.status, answer.json))
  }

  /// The key goes to the server it belongs to, never to wherever a clip happens to lie.
  private func authorize(_ request: inout HTTPClientRequest) {
    guard let key else { return }
    let header = dialect.authorization(key)
    request.headers.add(name: header.name, value: header.value)
  }

  private func fetching(_ url: String) throws -> HTTPClientRequest {
    guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
      throw GenerationFailure.unsupported(detail: "the clip's address is no http address")
    }
    var request = HTTPClientRequest(url: url)
    if AddressGuard.host(of: url) == AddressGuard.host(of: dialect.poll("x").url) {
      authorize(&request)
    }
    return request
  }
}
