import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Moderation
import NIOCore
import StrictJSON
import Synchronization
import TestKit
import Testing

@testable import Gateway

/// A scripted `/v1/videos` server on a real socket.
private final class Upstream: Sendable {
  struct Script: Sendable {
    var create: (Int, JSONValue) = (200, ["id": "up/1", "status": "queued"])
    var polls: [(Int, JSONValue)] = [
      (200, ["id": "up/1", "status": "processing", "progress": 40]),
      (
        200,
        ["id": "up/1", "status": "completed", "prompt": "A red fox, cinematic", "model": "wan-2"]
      ),
    ]
    var content: (Int, [UInt8]) = (200, Array("CLIP".utf8))
  }

  struct Seen: Sendable {
    var calls: [String] = []
    var fields = FormFields()
    var image: [UInt8] = []
    var idempotencyKey: String?
    var authorization: String?
  }

  let folder: TemporaryDirectory
  private let script: Script
  private let record = Mutex((seen: Seen(), polled: 0))

  init(_ script: Script = Script()) throws {
    folder = try TestKit.temporaryDirectory()
    self.script = script
  }

  var seen: Seen { record.withLock(\.seen) }

  func generate(resumeToken: String? = nil) async throws -> (clip: GeneratedClip, saved: [String]) {
    let saved = Mutex<[String]>([])
    let upload = try folder.write("in.png", [0x89, 0x50, 0x4E, 0x47, 1, 2, 3])
    let wish = VideoRequest(
      prompt: "a fox", model: "wan-2", seconds: 8, size: FrameSize(width: 1280, height: 720),
      reference: ReferenceFile(path: upload, declaredMediaType: "text/html"),
      extras: ["fps": "24"])
    let request = GenerationRequest(
      id: "video_1", request: wish, resumeToken: resumeToken,
      saveResumeToken: { token in saved.withLock { $0.append(token) } })
    let path = folder.path("clip")
    let clip = try await application.test(.live) { client in
      let port = try #require(client.port)
      let core = UpstreamVideoCore(
        base: "http://localhost:\(port)/", key: "sk-up", name: "n", version: "1")
      return try await core.generate(request, to: path)
    }
    return (clip, saved.withLock { $0 })
  }

  private var application: Application<RouterResponder<BasicRequestContext>> {
    let router = Router()
    router.post("v1/videos") { request, _ in try await self.create(request) }
    router.get("v1/videos/:id") { request, _ in
      let turn = self.record.withLock { record in
        record.seen.calls.append("poll \(request.uri.path)")
        record.polled += 1
        return record.polled
      }
      let (status, json) = self.script.polls[min(turn, self.script.polls.count) - 1]
      var response = Response(json: json, status: .init(code: status))
      response.headers[.pollAfter] = "1"
      return response
    }
    router.get("v1/videos/:id/content") { _, _ in
      self.record.withLock { $0.seen.calls.append("content") }
      return Response(
        status: .init(code: self.script.content.0),
        body: .init(byteBuffer: ByteBuffer(bytes: self.script.content.1)))
    }
    return Application(responder: router.buildResponder())
  }

  private func create(_ request: Request) async throws -> Response {
    let workspace = Workspace(root: folder.path("up"))
    try workspace.prepare("x")
    let reader = CreateBodyReader(workspace: workspace, job: "x")
    let (fields, file) = try await reader.read(request)
    let image = try file.map { try Data(contentsOf: URL(fileURLWithPath: $0.path)) }
    record.withLock { record in
      record.seen.calls.append("create")
      record.seen.fields = fields
      record.seen.image = image.map(Array.init) ?? []
      record.seen.idempotencyKey = request.headers[.idempotencyKey]
      record.seen.authorization = request.headers[.authorization]
    }
    return Response(json: script.create.1, status: .init(code: script.create.0))
  }
}

@Suite struct UpstreamVideoCoreTests {
  @Test func `a clip is created, polled and downloaded`() async throws {
    let upstream = try Upstream()
    let (clip, saved) = try await upstream.generate()
    #expect(clip == GeneratedClip(scene: "A red fox, cinematic", model: "wan-2"))
    #expect(saved == ["up/1"])
    let bytes = try Data(contentsOf: URL(fileURLWithPath: upstream.folder.path("clip")))
    #expect(bytes == Data("CLIP".utf8))
    let seen = upstream.seen
    #expect(
      seen.calls == ["create", "poll /v1/videos/up%2F1", "poll /v1/videos/up%2F1", "content"])
    #expect(
      seen.fields.values.mapValues(\.spelling) == [
        "prompt": "a fox", "model": "wan-2", "seconds": "8", "size": "1280x720", "fps": "24",
      ])
    #expect(seen.image == [0x89, 0x50, 0x4E, 0x47, 1, 2, 3])
    #expect(seen.idempotencyKey == "video_1")
    #expect(seen.authorization == "Bearer sk-up")
  }

  @Test func `a stored token is polled, not paid for twice`() async throws {
    let upstream = try Upstream()
    let (_, saved) = try await upstream.generate(resumeToken: "old")
    #expect(saved.isEmpty)
    #expect(upstream.seen.calls.contains("create") == false)
    #expect(upstream.seen.calls.first == "poll /v1/videos/old")
  }

  @Test func `a forgotten token is created anew`() async throws {
    var script = Upstream.Script()
    script.polls.insert((404, ["error": ["code": nil]]), at: 0)
    let upstream = try Upstream(script)
    #expect(try await upstream.generate(resumeToken: "old").saved == ["up/1"])
  }

  @Test func `a server error between polls is waited out`() async throws {
    var script = Upstream.Script()
    script.polls.insert((503, nil), at: 0)
    #expect(try await Upstream(script).generate().clip.model == "wan-2")
  }

  private enum Kind { case refused, unsupported, unavailable }

  @Test(arguments: [
    (400, "moderation_blocked", Kind.refused), (403, "content_policy_violation", .refused),
    (451, "x", .refused), (400, "invalid_value", .unsupported), (422, "x", .unsupported),
    (401, "invalid_api_key", .unavailable), (429, "x", .unavailable), (500, "x", .unavailable),
  ])
  private func `answers to create are told apart`(
    status: Int, code: String, kind: Kind
  ) async throws {
    var script = Upstream.Script()
    script.create = (status, ["error": ["code": .string(code), "message": "secret"]])
    let upstream = try Upstream(script)
    await expect(kind) { try await upstream.generate() }
  }

  @Test func `a job that the upstream's moderation failed is a refusal`() async throws {
    var script = Upstream.Script()
    script.polls = [(200, ["status": "failed", "error": ["code": "moderation_blocked"]])]
    let blocked = try Upstream(script)
    await expect(.refused) { try await blocked.generate() }
    script.polls = [(200, ["status": "failed", "error": ["code": "oom"]])]
    let broken = try Upstream(script)
    await expect(.unavailable) { try await broken.generate() }
  }

  @Test func `completed without content is a refusal`() async throws {
    var script = Upstream.Script()
    script.content = (404, [])
    let absent = try Upstream(script)
    await expect(.refused) { try await absent.generate() }
    script.content = (200, [])
    let empty = try Upstream(script)
    await expect(.refused) { try await empty.generate() }
  }

  @Test func `nobody listening is worth another try`() async throws {
    let core = UpstreamVideoCore(
      base: "http://localhost:1", key: nil, name: "n", version: "1")
    let request = GenerationRequest(id: "video_1", request: JobStoreTests.job("video_1").request)
    await expect(.unavailable) { try await core.generate(request, to: "/nowhere") }
  }

  private func expect<T>(_ kind: Kind, _ body: () async throws -> T) async {
    do {
      _ = try await body()
      Issue.record("no failure")
    } catch {
      switch error as? GenerationFailure {
      case .refused: #expect(kind == .refused)
      case .unsupported: #expect(kind == .unsupported)
      case .unavailable: #expect(kind == .unavailable)
      case .deadlineExceeded, nil: Issue.record("\(error)")
      }
    }
  }
}
