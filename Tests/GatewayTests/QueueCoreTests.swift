import Foundation
import Hummingbird
import HummingbirdTesting
import Moderation
import NIOCore
import StrictJSON
import Synchronization
import TestKit
import Testing

@testable import Gateway

/// A scripted server with Replicate's predictions on a real socket.
private final class Predictions: Sendable {
  let folder: TemporaryDirectory
  private let polls: [(Int, JSONValue)]
  private let clip: (status: Int, text: String)
  private let record = Mutex((calls: [String](), port: 0, polled: 0))

  /// - Parameter polls: the answers in turn, the last one again and again. The output `"clip"` stands for
  ///   the address on this server.
  init(polls: [(Int, JSONValue)], clip: (status: Int, text: String) = (200, "CLIP")) throws {
    folder = try TestKit.temporaryDirectory()
    self.polls = polls
    self.clip = clip
  }

  var calls: [String] { record.withLock(\.calls) }

  func generate() async throws -> String {
    let path = folder.path("clip")
    let request = GenerationRequest(
      id: "video_1",
      request: VideoRequest(
        prompt: "a fox", model: "m", seconds: 8, size: FrameSize(width: 1280, height: 720)),
      resumeToken: nil,
      saveResumeToken: { token in self.note("saved \(token)") })
    try await application.test(.live) { client in
      let port = try #require(client.port)
      record.withLock { $0.port = port }
      let core = QueueCore(
        identity: CoreIdentity(
          name: "n", version: "1", digitalSourceType: "urn:x", isModel: true),
        dialect: ReplicateDialect(base: "http://localhost:\(port)/v1", model: "acme/clip"),
        key: "sk-up", pollInterval: .milliseconds(1))
      _ = try await core.generate(request, to: path)
    }
    return try String(contentsOfFile: path, encoding: .utf8)
  }

  private func note(_ call: String) { record.withLock { $0.calls.append(call) } }

  private var application: Application<RouterResponder<BasicRequestContext>> {
    let router = Router()
    router.post("v1/models/acme/clip/predictions") { request, _ in
      self.note("create \(request.headers[.authorization] ?? "")")
      return Response(json: ["id": "p1"])
    }
    router.get("v1/predictions/p1") { _, _ in
      let (turn, port) = self.record.withLock { record in
        record.polled += 1
        return (record.polled, record.port)
      }
      let (status, json) = self.polls[min(turn, self.polls.count) - 1]
      let answer =
        json["output"] == "clip"
        ? json.setting("output", .string("http://localhost:\(port)/clip")) : json
      return Response(json: answer, status: .init(code: status))
    }
    router.get("clip") { _, _ in
      self.note("clip")
      return Response(
        status: .init(code: self.clip.status),
        body: .init(byteBuffer: ByteBuffer(string: self.clip.text)))
    }
    return Application(responder: router.buildResponder())
  }
}

struct QueueCoreTests {
  private enum Ending { case clip, refused, unsupported, unavailable, late, other }

  private func ending(of server: Predictions) async -> Ending {
    do {
      _ = try await server.generate()
      return .clip
    } catch {
      return switch error as? GenerationFailure {
      case .refused: .refused
      case .unsupported: .unsupported
      case .unavailable: .unavailable
      case .deadlineExceeded: .late
      case nil: .other
      }
    }
  }

  @Test func aClipIsMadeAndABadMomentWaitedOut() async throws {
    let server = try Predictions(polls: [
      (200, ["status": "starting"]), (503, nil), (404, ["detail": "not yet here"]),
      (200, ["status": "succeeded", "output": "clip"]),
    ])
    #expect(try await server.generate() == "CLIP")
    #expect(server.calls == ["create Bearer sk-up", "saved p1", "clip"])
  }

  @Test func whatWillNotEndOtherwiseEndsAtOnce() async throws {
    let failed = try Predictions(polls: [(200, ["status": "failed", "error": "out of memory"])])
    #expect(await ending(of: failed) == .unsupported)
    let refused = try Predictions(polls: [(200, ["status": "failed", "error": "NSFW content"])])
    #expect(await ending(of: refused) == .refused)
  }

  @Test func aServerThatStaysAwayIsGivenUp() async throws {
    let server = try Predictions(polls: [(500, ["detail": "secret words"])])
    #expect(await ending(of: server) == .unavailable)
  }

  /// An address that has run out is no verdict on the content; a clip of no bytes is.
  @Test func anAbsentClipIsTriedAgainAndAnEmptyOneIsARefusal() async throws {
    let done: [(Int, JSONValue)] = [(200, ["status": "succeeded", "output": "clip"])]
    let gone = try Predictions(polls: done, clip: (410, ""))
    #expect(await ending(of: gone) == .unavailable)
    let empty = try Predictions(polls: done, clip: (200, ""))
    #expect(await ending(of: empty) == .refused)
  }
}
