import C2PA
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import MediaClient
import Moderation
import NIOCore
import OutputStore
import StrictJSON
import TestKit
import Testing

@testable import Gateway

/// A gateway without media and without a socket.
struct Bench {
  let folder: TemporaryDirectory
  let workspace: Workspace
  let store: JobStore
  let pipeline: StubPipeline
  let application: Application<RouterResponder<GatewayContext>>

  let records: RecordStore
  let acts: StubReviewing
  let pieces: StubPieces
  let outputs: OutputStore
  let consents: ConsentRegistry
  /// The registry's; routes of videos have a time of their own.
  let clock = FixedClock(seconds: 1_767_225_700)

  init(
    hasRoom: Bool = true, limiter: RequestLimiter = RequestLimiter(),
    webhooks: WebhookRoutes? = nil, reviewing: (any Reviewing)? = nil, needsTwo: Bool = false,
    strikes: (warning: Int, deactivation: Int)? = nil, tenants: JSONValue = [:]
  ) throws {
    folder = try TestKit.temporaryDirectory()
    workspace = Workspace(root: folder.path("data"))
    store = try JobStore(path: folder.path("jobs.sqlite"))
    pipeline = StubPipeline()
    records = try RecordStore(path: folder.path("records.sqlite"))
    let enforcement = strikes.map { [records] in
      Enforcement(
        records: records, reviewing: StubReviewing(),
        webhooks: WebhookService(
          records: records, guardian: AddressGuard(allowsPrivate: false),
          logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }),
        warningAt: $0.warning, deactivationAt: $0.deactivation)
    }
    outputs = try OutputStore(path: folder.path("outputs.sqlite"))
    acts = StubReviewing()
    pieces = StubPieces(workspace: workspace)
    consents = ConsentRegistry(
      records: records, reviewing: acts, clock: { [clock] in clock.seconds })
    let subjects = SubjectResolver(
      profiles: try TenantProfiles(json: tenants), consents: consents)
    let service = VideoService(
      workspace: workspace, store: store, pipeline: pipeline, notify: {},
      hasRoom: { hasRoom }, subjects: subjects, enforcement: enforcement, clock: { 1_767_225_700 })
    let reviews = reviewing.map { [store, records, workspace] in
      ReviewRoutes(
        service: ReviewService(
          store: store, records: records, reviewing: $0, needsTwo: needsTwo, notify: {}),
        workspace: workspace)
    }
    let router = GatewayRouter.make(
      service: service,
      keys: try APIKeys(
        parsing:
          "alice=sk-a,bob=sk-b,rita[read+review]=sk-r,sam[read+review]=sk-s,tom[create+read+review]=sk-t"
      ),
      records: records, pieces: pieces, limiter: limiter, reviews: reviews, webhooks: webhooks,
      safety: enforcement.map(SafetyRoutes.init), subjects: subjects,
      examining: FileExamining(
        workspace: workspace, outputs: outputs, secrets: [],
        media: MediaClient(executable: "/nonexistent"), trust: TrustConfiguration()))
    application = Application(responder: router.buildResponder())
  }

  /// One request in process; the answer with its body as JSON when it is JSON.
  func send(
    _ method: HTTPRequest.Method, _ uri: String, key: String? = "sk-a",
    headers: HTTPFields = [:], body: String? = nil
  ) async throws -> Answer {
    try await send(method, uri, key: key, headers: headers, bytes: body.map { Array($0.utf8) })
  }

  func send(
    _ method: HTTPRequest.Method, _ uri: String, key: String? = "sk-a",
    headers: HTTPFields = [:], bytes: [UInt8]?
  ) async throws -> Answer {
    var headers = headers
    if let key { headers[.authorization] = "Bearer \(key)" }
    let fields = headers
    return try await application.test(.router) { client in
      let response = try await client.executeRequest(
        uri: uri, method: method, headers: fields, body: bytes.map { ByteBuffer(bytes: $0) })
      return Answer(response: response)
    }
  }

  func create(_ json: JSONValue, headers: HTTPFields = [:]) async throws -> Answer {
    var headers = headers
    headers[.contentType] = "application/json"
    return try await send(.post, "/v1/videos", headers: headers, body: json.compact)
  }

  func post(_ uri: String, _ json: JSONValue, headers: HTTPFields = [:]) async throws -> Answer {
    var headers = headers
    headers[.contentType] = "application/json"
    return try await send(.post, uri, headers: headers, body: json.compact)
  }

  /// A released job of alice's with these bytes behind its door.
  func release(_ id: String, _ bytes: [UInt8], thumbnail: [UInt8]? = nil) async throws {
    try workspace.prepare(id)
    try folder.write("data/released/\(id).mp4", bytes)
    if let thumbnail { try folder.write("data/released/\(id).webp", thumbnail) }
    var job = JobStoreTests.job(id, state: .released)
    job.hashes["sealed"] = "cafe"
    _ = try await store.insert(job, bodyHash: id)
  }

  var quarantined: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder.path("data/quarantine"))) ?? []
  }
}

struct Answer {
  let status: Int
  let headers: HTTPFields
  let bytes: [UInt8]
  let json: JSONValue?

  init(response: TestResponse) {
    status = response.status.code
    headers = response.headers
    bytes = Array(buffer: response.body)
    json = try? JSONValue.parse(bytes)
  }

  var error: JSONValue? { json?["error"] }
}

@Suite struct VideoRoutesTests {
  let bench: Bench

  init() throws { bench = try Bench() }

  // MARK: creating

  @Test func `a created video has every key and is queued`() async throws {
    let answer = try await bench.create(["prompt": "a fox", "seconds": 8, "size": "1280x720"])
    #expect(answer.status == 200)
    let video = try #require(answer.json)
    #expect(
      video.members?.map(\.name) == [
        "id", "object", "model", "status", "progress", "created_at", "completed_at", "expires_at",
        "prompt", "size", "seconds", "remixed_from_video_id", "error",
      ])
    #expect(video["status"]?.string == "queued")
    #expect(video["seconds"]?.string == "8")
    #expect(video["progress"]?.integer == 0)
    #expect(video["error"] == .null)
    #expect(answer.headers[.requestID]?.hasPrefix("req_") == true)
    #expect(answer.headers[.apiVersion] == "2020-10-01")
    #expect(answer.headers[.processingTime].flatMap { Int($0) } != nil)
    #expect(answer.headers[.contentType] == "application/json")
    let id = try #require(video["id"]?.string)
    let read = try await bench.send(.get, "/v1/videos/\(id)")
    #expect(read.json == video)
    #expect(read.headers[.pollAfter] == "2000")
  }

  @Test func `a form with a file is spooled into quarantine`() async throws {
    let form = """
      --B\r\nContent-Disposition: form-data; name="prompt"\r\n\r\na fox\r
      --B\r\nContent-Disposition: form-data; name="input_reference"; filename="x.png"\r
      Content-Type: image/png\r\n\r\nPNGDATA\r
      --B--\r\n
      """
    let answer = try await bench.send(
      .post, "/v1/videos", headers: [.contentType: "multipart/form-data; boundary=B"], body: form)
    #expect(answer.status == 200)
    let request = try #require(bench.pipeline.screened.first)
    let reference = try #require(request.reference)
    #expect(reference.declaredMediaType == "image/png")
    #expect(try Data(contentsOf: URL(fileURLWithPath: reference.path)) == Data("PNGDATA".utf8))
    #expect(reference.path.hasSuffix("/reference"))
  }

  @Test func `a data URL in a form's text part is spooled too`() async throws {
    let form = """
      --B\r\nContent-Disposition: form-data; name="prompt"\r\n\r\na fox\r
      --B\r\nContent-Disposition: form-data; name="input_reference[image_url]"\r
      \r\ndata:image/png;base64,AAEC\r
      --B--\r\n
      """
    let answer = try await bench.send(
      .post, "/v1/videos", headers: [.contentType: "multipart/form-data; boundary=B"], body: form)
    #expect(answer.status == 200)
    let reference = try #require(bench.pipeline.screened.first?.reference)
    #expect(try Data(contentsOf: URL(fileURLWithPath: reference.path)) == Data([0, 1, 2]))
  }

  @Test func `an empty file part is no image`() async throws {
    let form = """
      --B\r\nContent-Disposition: form-data; name="prompt"\r\n\r\na fox\r
      --B\r\nContent-Disposition: form-data; name="input_reference"; filename=""\r\n\r\n\r
      --B\r\nContent-Disposition: form-data; name="video"; filename="upload"\r\n\r\n\r
      --B--\r\n
      """
    let answer = try await bench.send(
      .post, "/v1/videos", headers: [.contentType: "multipart/form-data; boundary=B"], body: form)
    #expect(answer.status == 200)
    #expect(bench.pipeline.screened.first?.reference == nil)
  }

  @Test func `a refusal is a 400 with details, and nothing stays behind`() async throws {
    let answer = try await bench.create(["prompt": "a forbidden thing"])
    #expect(answer.status == 400)
    #expect(
      answer.error == [
        "message": "Your request was blocked by our moderation system.",
        "type": "invalid_request_error", "param": "prompt", "code": "moderation_blocked",
        "moderation_details": ["moderation_stage": "input", "categories": ["sexual"]],
      ])
    #expect(bench.quarantined.isEmpty)
    let list = try await bench.send(.get, "/v1/videos")
    #expect(list.json?["data"] == [])
  }

  @Test func `a held request fails with its own code and no bytes`() async throws {
    let answer = try await bench.create(["prompt": "a doubtful thing"])
    #expect(answer.status == 200)
    #expect(answer.json?["status"]?.string == "failed")
    #expect(answer.json?["error"]?["code"]?.string == "moderation_held")
    let id = try #require(answer.json?["id"]?.string)
    #expect(try await bench.send(.get, "/v1/videos/\(id)/content").status == 404)
  }

  @Test func `an unusable image is a 400 naming the field`() async throws {
    let answer = try await bench.create(["prompt": "unusable"])
    #expect(answer.status == 400)
    #expect(answer.error?["param"]?.string == "input_reference")
    #expect(answer.error?["code"]?.string == "invalid_image_file")
    #expect(bench.quarantined.isEmpty)
  }

  @Test func `a fault of ours is a 500 that tells nothing, and no job`() async throws {
    let answer = try await bench.create(["prompt": "nolog"])
    #expect(answer.status == 500)
    #expect(answer.error?["code"]?.string == "internal_error")
    #expect(try await bench.store.counts().isEmpty)
    #expect(bench.quarantined.isEmpty)
  }

  @Test func `wrong JSON is told by line and column`() async throws {
    let answer = try await bench.send(
      .post, "/v1/videos", headers: [.contentType: "application/json"],
      body: "{\n  \"prompt\": \"a\",\n  \"prompt\": \"b\"\n}")
    #expect(answer.status == 400)
    #expect(answer.error?["code"]?.string == "invalid_json")
    #expect(answer.error?["message"]?.string?.contains("line 3, column") == true)
    let array = try await bench.send(
      .post, "/v1/videos", headers: [.contentType: "application/json"], body: "[]")
    #expect(array.error?["code"]?.string == "invalid_json")
  }

  @Test func `wrong bodies each have a sentence and a status`() async throws {
    let form: HTTPFields = [.contentType: "multipart/form-data; boundary=B"]
    let cut = try await bench.send(.post, "/v1/videos", headers: form, body: "--B\r\nContent-")
    #expect(cut.status == 400 && cut.error?["code"]?.string == "invalid_multipart")
    let type = try await bench.send(
      .post, "/v1/videos", headers: [.contentType: "text/plain"], body: "a fox")
    #expect(type.status == 415 && type.error?["code"]?.string == "unsupported_media_type")
    let none = try await bench.send(.post, "/v1/videos")
    #expect(none.status == 415)
    let latin = try await bench.send(
      .post, "/v1/videos", headers: form,
      bytes: Array("--B\r\nContent-Disposition: form-data; name=prompt\r\n\r\n".utf8) + [0xFF]
        + Array("\r\n--B--".utf8))
    #expect(latin.status == 400 && latin.error?["code"]?.string == "invalid_encoding")
    let file = try await bench.send(
      .post, "/v1/videos", headers: form,
      body: "--B\r\nContent-Disposition: form-data; name=video; filename=a\r\n\r\nx\r\n--B--")
    #expect(file.status == 400 && file.error?["param"]?.string == "video")
    #expect(bench.quarantined.isEmpty)
  }

  @Test func `too much is a 413`() async throws {
    let field = try await bench.send(
      .post, "/v1/videos", headers: [.contentType: "multipart/form-data; boundary=B"],
      body: "--B\r\nContent-Disposition: form-data; name=prompt\r\n\r\n"
        + String(repeating: "a", count: CreateBodyReader.maximumTextBytes + 1) + "\r\n--B--")
    #expect(field.status == 413 && field.error?["param"]?.string == "prompt")
    let body = try await bench.send(
      .post, "/v1/videos", headers: [.contentType: "application/json"],
      bytes: [UInt8](repeating: 32, count: CreateBodyReader.maximumBodyBytes + 1))
    #expect(body.status == 413 && body.error?["code"]?.string == "request_too_large")
    #expect(bench.quarantined.isEmpty)
  }

  @Test func `a full disk is a 503 that clients do not repeat`() async throws {
    let full = try Bench(hasRoom: false)
    let answer = try await full.create(["prompt": "a fox"])
    #expect(answer.status == 503)
    #expect(answer.headers[.shouldRetry] == "false")
    #expect(answer.error?["code"]?.string == "storage_unavailable")
    #expect(full.pipeline.screened.isEmpty && full.quarantined.isEmpty)
  }

  @Test func `too many unfinished videos are a 429`() async throws {
    for index in 0..<VideoService.maximumWaitingJobs {
      _ = try await bench.store.insert(JobStoreTests.job("video_\(index)"), bodyHash: "h")
    }
    let answer = try await bench.create(["prompt": "a fox"])
    #expect(answer.status == 429 && answer.error?["code"]?.string == "rate_limit_exceeded")
    #expect(answer.headers[.retryAfter] == "30")
    let other = try await bench.send(
      .post, "/v1/videos", key: "sk-b", headers: [.contentType: "application/json"],
      body: #"{"prompt": "a fox"}"#)
    #expect(other.status == 200)
  }

  @Test func `an idempotency key makes one job of two requests`() async throws {
    let headers: HTTPFields = [.idempotencyKey: "k1"]
    let first = try await bench.create(["prompt": "a fox"], headers: headers)
    let second = try await bench.create(["prompt": "a fox"], headers: headers)
    #expect(second.json?["id"] == first.json?["id"])
    #expect(bench.pipeline.screened.count == 1)
    let other = try await bench.create(["prompt": "a wolf"], headers: headers)
    #expect(other.status == 409)
    #expect(other.headers[.shouldRetry] == "false")
  }

  @Test func `a client's own repetition is folded into the first job`() async throws {
    let first = try await bench.create(["prompt": "a fox"])
    let again = try await bench.create(["prompt": "a fox"], headers: [.retryCount: "1"])
    #expect(again.json?["id"] == first.json?["id"])
    let fresh = try await bench.create(["prompt": "a fox"], headers: [.retryCount: "0"])
    #expect(fresh.json?["id"] != first.json?["id"])
  }

  // MARK: reading

  @Test func `statuses are the four words`() async throws {
    let words: [JobState: String] = [
      .queued: "queued", .generated: "in_progress", .inspected: "in_progress",
      .sealed: "in_progress", .released: "completed", .held: "failed", .blocked: "failed",
      .failed: "failed",
    ]
    for state in JobState.allCases {
      let id = "video_\(state.rawValue)"
      _ = try await bench.store.insert(JobStoreTests.job(id, state: state), bodyHash: id)
      let answer = try await bench.send(.get, "/v1/videos/\(id)")
      #expect(answer.json?["status"]?.string == words[state])
      let hasError = answer.json?["error"] != .null
      #expect(hasError == (words[state] == "failed"))
      // Nothing but a released job has a door, and this one has no file behind it.
      #expect(try await bench.send(.get, "/v1/videos/\(id)/content").status == 404)
    }
    let blocked = try await bench.send(.get, "/v1/videos/video_blocked")
    #expect(blocked.json?["error"]?["code"]?.string == "moderation_blocked")
  }

  @Test func `another tenant's video does not exist`() async throws {
    try await bench.release("video_1", [1, 2, 3])
    for (method, path) in [
      (HTTPRequest.Method.get, ""), (.get, "/content"), (.delete, ""),
    ] {
      let other = try await bench.send(method, "/v1/videos/video_1\(path)", key: "sk-b")
      let absent = try await bench.send(method, "/v1/videos/video_2\(path)", key: "sk-b")
      #expect(other.status == 404)
      #expect(other.error?["code"] == absent.error?["code"])
    }
    #expect(try await bench.send(.get, "/v1/videos/video_1").status == 200)
    #expect(try await bench.send(.get, "/v1/videos", key: "sk-b").json?["data"] == [])
  }

  @Test func `lists page by the last id`() async throws {
    for index in 1...3 {
      _ = try await bench.store.insert(JobStoreTests.job("video_\(index)"), bodyHash: "h")
    }
    let first = try await bench.send(.get, "/v1/videos?limit=2")
    #expect(first.json?["data"]?.array?.map { $0["id"]?.string } == ["video_3", "video_2"])
    #expect(first.json?["has_more"] == true)
    #expect(first.json?["last_id"]?.string == "video_2")
    let second = try await bench.send(.get, "/v1/videos?limit=2&after=video_2")
    #expect(second.json?["data"]?.array?.map { $0["id"]?.string } == ["video_1"])
    #expect(second.json?["has_more"] == false)
    let ascending = try await bench.send(.get, "/v1/videos?order=asc&limit=1")
    #expect(ascending.json?["first_id"]?.string == "video_1")
    for query in ["limit=101", "limit=-1", "limit=x", "order=up", "after=video_9"] {
      let answer = try await bench.send(.get, "/v1/videos?\(query)")
      #expect(answer.status == 400)
      #expect(answer.error?["param"]?.string == String(query.prefix { $0 != "=" }))
    }
  }

  // MARK: bytes

  @Test func `content comes whole, in parts, and not at all when known`() async throws {
    try await bench.release("video_1", Array(0...99), thumbnail: [7, 7])
    let uri = "/v1/videos/video_1/content"
    let whole = try await bench.send(.get, uri)
    #expect(whole.status == 200 && whole.bytes == Array(0...99))
    #expect(whole.headers[.contentType] == "video/mp4")
    #expect(whole.headers[.contentLength] == "100")
    #expect(whole.headers[.acceptRanges] == "bytes")
    #expect(whole.headers[.eTag] == "\"cafe\"")
    let part = try await bench.send(.get, uri, headers: [.range: "bytes=10-19"])
    #expect(part.status == 206 && part.bytes == Array(10...19))
    #expect(part.headers[.contentRange] == "bytes 10-19/100")
    #expect(part.headers[.contentLength] == "10")
    let tail = try await bench.send(.get, uri, headers: [.range: "bytes=-5"])
    #expect(tail.status == 206 && tail.bytes == Array(95...99))
    let behind = try await bench.send(.get, uri, headers: [.range: "bytes=100-"])
    #expect(behind.status == 416)
    #expect(behind.headers[.contentRange] == "bytes */100")
    #expect(behind.error?["code"]?.string == "range_not_satisfiable")
    let changed = try await bench.send(
      .get, uri, headers: [.range: "bytes=0-1", .ifRange: "\"beef\""])
    #expect(changed.status == 200 && changed.bytes.count == 100)
    let known = try await bench.send(.get, uri, headers: [.ifNoneMatch: "\"x\", W/\"cafe\""])
    #expect(known.status == 304 && known.bytes.isEmpty)
    let thumbnail = try await bench.send(.get, uri + "?variant=thumbnail")
    #expect(thumbnail.bytes == [7, 7])
    #expect(thumbnail.headers[.contentType] == "image/webp")
    let head = try await bench.send(.head, uri)
    #expect(head.status == 200 && head.bytes.isEmpty)
    #expect(head.headers[.contentLength] == "100")
  }

  @Test func `variants that are not offered say so`() async throws {
    try await bench.release("video_1", [1])
    let sheet = try await bench.send(.get, "/v1/videos/video_1/content?variant=spritesheet")
    #expect(sheet.status == 404 && sheet.error?["code"]?.string == "content_missing")
    #expect(try await bench.send(.get, "/v1/videos/video_1/content?variant=x").status == 400)
    #expect(
      try await bench.send(.get, "/v1/videos/video_1/content?variant=thumbnail").status == 404)
  }

  @Test func `an expired video is gone`() async throws {
    try await bench.release("video_1", [1])
    var stored = try #require(try await bench.store.job("video_1", of: "alice"))
    var job = stored.job
    job.expiresAt = 1_767_225_700
    try await bench.store.update(job, from: stored.version)
    stored = try #require(try await bench.store.job("video_1", of: "alice"))
    let answer = try await bench.send(.get, "/v1/videos/video_1/content")
    #expect(answer.status == 404 && answer.error?["code"]?.string == "video_expired")
  }

  @Test func `deleting takes the files and the record`() async throws {
    try await bench.release("video_1", [1])
    let answer = try await bench.send(.delete, "/v1/videos/video_1")
    #expect(answer.json == ["id": "video_1", "object": "video.deleted", "deleted": true])
    #expect(!FileManager.default.fileExists(atPath: bench.workspace.releasedClip("video_1")))
    #expect(try await bench.send(.get, "/v1/videos/video_1").status == 404)
    #expect(try await bench.send(.get, "/v1/videos/video_1/content").status == 404)
    #expect(try await bench.send(.delete, "/v1/videos/video_1").status == 404)
  }

  @Test func `a running job cannot be deleted, a held one is kept for its reviewer`() async throws {
    _ = try await bench.store.insert(JobStoreTests.job("video_1"), bodyHash: "a")
    let running = try await bench.send(.delete, "/v1/videos/video_1")
    #expect(running.status == 400 && running.error?["code"]?.string == "video_not_finished")
    _ = try await bench.store.insert(JobStoreTests.job("video_2", state: .held), bodyHash: "b")
    #expect(try await bench.send(.delete, "/v1/videos/video_2").status == 200)
    #expect(try await bench.send(.get, "/v1/videos/video_2").status == 404)
    #expect(try await bench.store.counts()[.held] == 1)
  }

  // MARK: doors

  @Test func `a bad key opens nothing`() async throws {
    for key in [nil, "", "sk-c", "sk-a1"] as [String?] {
      let answer = try await bench.send(.get, "/v1/videos", key: key)
      #expect(answer.status == 401)
      #expect(answer.error?["code"]?.string == "invalid_api_key")
      #expect(answer.error?.members?.map(\.name) == ["message", "type", "param", "code"])
    }
  }

  @Test func `unknown routes and methods answer in the envelope`() async throws {
    let route = try await bench.send(.get, "/v1/nothing")
    #expect(route.status == 404 && route.error?["code"]?.string == "unknown_url")
    #expect(route.headers[.requestID] != nil)
    let method = try await bench.send(.put, "/v1/videos")
    #expect(method.status == 405 && method.headers[.allow] == "GET, POST")
    #expect(method.error?["code"]?.string == "method_not_allowed")
    let health = try await bench.send(.get, "/healthz", key: nil)
    #expect(health.status == 200 && health.json?["status"]?.string == "ok")
  }
}
