import AsyncHTTPClient
import Bytes
import Moderation
import NIOCore
import NIOHTTP1
import StrictJSON

/// A foreign server behind a dialect: create, poll with a deadline, fetch into quarantine. Its words,
/// ids and addresses never reach a caller.
struct QueueCore: GenerationCore {
  static let pollInterval = Duration.seconds(2)

  let identity: CoreIdentity
  let dialect: any UpstreamDialect
  let key: String?
  var client = UpstreamVideoCore.ownClient
  var pollInterval = QueueCore.pollInterval

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
    let handle: String
    if let known = request.resumeToken {
      handle = known
    } else {
      handle = try await create(request)
      try await request.saveResumeToken(handle)
    }
    try await download(try await poll(handle), to: path)
    return GeneratedClip(scene: nil)
  }

  private func create(_ request: GenerationRequest) async throws -> String {
    var image: (bytes: [UInt8], type: String)?
    if let reference = request.request.reference, request.request.operation == .create {
      let bytes = try FileByteSource.contents(
        of: reference.path, limit: CreateBodyReader.maximumFileBytes)
      image = (bytes, UpstreamVideoCore.imageType(bytes).type)
    }
    let answer = try await ask(try dialect.create(request.request, image: image))
    guard let handle = dialect.handle(answer), (1...512).contains(handle.utf8.count),
      handle.utf8.allSatisfy({ $0 > 32 && $0 < 127 }), !handle.contains("..")
    else { throw GenerationFailure.unavailable(detail: "no usable job id: \(answer.compact)") }
    return handle
  }

  private func poll(_ handle: String) async throws -> String {
    let end = ContinuousClock.now + UpstreamVideoCore.deadline
    var call = dialect.poll(handle)
    var failures = 0
    while ContinuousClock.now < end {
      do {
        switch dialect.state(try await ask(call), of: handle) {
        case .running: break
        case .then(let next):
          call = next
          continue
        case .done(let url): return url
        case .refused(let detail): throw GenerationFailure.refused(detail: detail)
        // The same job will not end otherwise when it is asked again.
        case .failed(let detail): throw GenerationFailure.unsupported(detail: detail)
        }
        failures = 0
      } catch GenerationFailure.unavailable(let detail) {
        failures += 1
        guard failures < UpstreamVideoCore.maximumPollFailures else {
          throw GenerationFailure.unavailable(detail: detail)
        }
      }
      try await Task.sleep(for: pollInterval)
    }
    throw GenerationFailure.deadlineExceeded(detail: "the upstream did not finish \(handle)")
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
    let response = try await client.execute(request, timeout: UpstreamVideoCore.requestTimeout)
    let body = try await response.body.collect(upTo: UpstreamVideoCore.maximumAnswerBytes)
    let json = try? JSONValue.parse(Array(body.readableBytesView))
    let status = Int(response.status.code)
    let detail =
      "status \(status): \(String(decoding: body.readableBytesView.prefix(2000), as: UTF8.self))"
    if (200..<300).contains(status), let json { return json }
    if dialect.isRefusal(status: status, json) { throw GenerationFailure.refused(detail: detail) }
    switch status {
    // A wrong key or route is for the operator, not for the caller's request.
    case 401, 403, 404, 408, 409, 429: throw GenerationFailure.unavailable(detail: detail)
    case 400..<500: throw GenerationFailure.unsupported(detail: detail)
    default: throw GenerationFailure.unavailable(detail: detail)
    }
  }

  /// The key goes to the server it belongs to, never to wherever a clip happens to lie.
  private func authorize(_ request: inout HTTPClientRequest) {
    guard let key else { return }
    let header = dialect.authorization(key)
    request.headers.add(name: header.name, value: header.value)
  }

  private func download(_ url: String, to path: String) async throws {
    guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
      throw GenerationFailure.unsupported(detail: "the clip's address is no http address")
    }
    var request = HTTPClientRequest(url: url)
    if AddressGuard.host(of: url) == AddressGuard.host(of: dialect.poll("x").url) {
      authorize(&request)
    }
    let response = try await client.execute(request, timeout: UpstreamVideoCore.downloadTimeout)
    guard response.status == .ok else {
      throw GenerationFailure.unavailable(detail: "the clip answers \(response.status.code)")
    }
    let writer = try SpoolWriter(path: path)
    var count = 0
    for try await chunk in response.body {
      count += chunk.readableBytes
      guard count <= UpstreamVideoCore.maximumClipBytes else {
        throw GenerationFailure.unsupported(detail: "the clip is too large")
      }
      try await writer.write(chunk)
    }
    guard count > 0 else { throw GenerationFailure.refused(detail: "done, but empty") }
    try await writer.finish()
  }
}
