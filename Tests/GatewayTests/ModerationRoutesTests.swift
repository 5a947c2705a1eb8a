import Bytes
import Classifiers
import Evidence
import Hummingbird
import HummingbirdTesting
import MediaClient
import MediaJobs
import Moderation
import NIOCore
import Pixels
import Policy
import StrictJSON
import TestKit
import Testing

@testable import Gateway

/// `/v1/moderations` over checks that know three words and one colour.
@Suite struct ModerationRoutesTests {
  private struct Words: TextChecking {
    var unknown: UnknownReason?
    func signals(for text: String) async -> [Signal] {
      ["sexual": "nude", "violence": "blood", "hate": "hated"].map { name, word in
        Signal(
          name: name,
          value: unknown.map { .unknown($0) } ?? .score(text.contains(word) ? 0.9 : 0.1),
          check: "text")
      }
    }
  }

  private struct Red: FrameChecking {
    func signals(for image: RGBImage) async -> [Signal] {
      [Signal(name: "nudity", value: .score(image.pixels[0] > 200 ? 0.95 : 0.02), check: "nudity")]
    }
  }

  /// What is read goes by the colour, too.
  private struct Signs: PictureReading {
    let model: ModelIdentity? = nil

    /// Until its task is cancelled.
    static func neverEnding() async -> PictureReader.Answer {
      for await _ in AsyncStream<Void>.makeStream().stream {}
      return .lines([])
    }

    func read(_ image: RGBImage) async -> PictureReader.Answer {
      switch image.pixels[0] {
      case 1: .lines(["a nude", "here"])
      case 2: .lines(["Al generated"])
      case 3: .unknown(.modelMissing("no reading model"))
      case 4: await Self.neverEnding()
      default: .lines([])
      }
    }
  }

  /// Takes the file's first byte for its colour.
  @Sendable private static func oneColour(_ path: String) async throws(MediaFailure) -> RGBImage {
    guard let byte = try? FileByteSource.contents(of: path).first else {
      throw .refused(MediaRefusal(.unsupportedFormat, "This is no picture."))
    }
    return RGBImage(width: 1, height: 1, pixels: [byte, 0, 0])!
  }

  private static let policy = """
    { "policy": "floor", "version": "1", "rules": [
      { "id": "s", "on": ["prompt", "text_in_frame"], "when": { "score": "sexual", "at_least": 0.8 },
        "then": "block", "category": "sexual" },
      { "id": "n", "on": ["frame"], "when": { "score": "nudity", "at_least": 0.8 },
        "then": "block", "category": "sexual" },
      { "id": "h", "on": ["prompt"], "when": { "score": "hate", "at_least": 0.8 },
        "then": "review", "category": "house_rules" },
      { "id": "young", "on": ["prompt"], "when": { "all": [ { "subject": "age_band", "is": "13_17" },
        { "score": "violence", "at_least": 0.05 } ] }, "then": "block", "category": "violence" } ],
      "checks": { "age_band": { "on_error": "hold" }, "text_in_frame": { "timeout_ms": 50 } } }
    """

  private func ask(_ body: String, unknown: UnknownReason? = nil) async throws -> (Int, JSONValue) {
    let set = try PolicySet(
      layers: [PolicyDocument.parse(Array(Self.policy.utf8), file: "floor.json")])
    let router = Router(context: GatewayContext.self)
    router.add(middleware: EnvelopeMiddleware(metrics: Metrics()))
    ModerationRoutes(
      policies: PolicyShelf(set), text: Words(unknown: unknown), frames: Red(),
      reader: Signs(), picture: Self.oneColour
    ).add(to: router.group("v1"))
    return try await Application(responder: router.buildResponder()).test(.router) { client in
      let response = try await client.executeRequest(
        uri: "/v1/moderations", method: .post, headers: [:], body: ByteBuffer(string: body))
      return (
        Int(response.status.code), try JSONValue.parse(Array(response.body.readableBytesView))
      )
    }
  }

  @Test func aTextGetsOneAnswerWithAllThirteenNames() async throws {
    let (status, json) = try await ask(#"{"input": "a nude", "model": "omni-moderation-latest"}"#)
    #expect(status == 200 && json["id"]?.string?.hasPrefix("modr-") == true)
    let results = json["results"]?.array ?? []
    try #require(results.count == 1)
    #expect(results[0]["flagged"] == true)
    for map in ["categories", "category_scores", "category_applied_input_types"] {
      #expect(results[0][map]?.members?.count == 13)
    }
    #expect(results[0]["categories"]?["sexual"] == true)
    #expect(results[0]["category_scores"]?["sexual"]?.number == 0.9)
    #expect(results[0]["category_applied_input_types"]?["sexual"] == ["text"])
    #expect(results[0]["categories"]?["violence"] == false, "an age nobody told flags nothing")
  }

  @Test func aListGetsAnAnswerEachAndTheHousesOwnCategoriesShow() async throws {
    let (_, json) = try await ask(#"{"input": ["a boat", "a hated boat"]}"#)
    let results = json["results"]?.array ?? []
    try #require(results.count == 2)
    #expect(results[0]["flagged"] == false && results[1]["flagged"] == true)
    #expect(results[1]["categories"]?["house_rules"] == true)
  }

  @Test func partsGetOneAnswerThatSaysWhatWasLookedAt() async throws {
    let red = Base64.encode([255])
    let (_, json) = try await ask(
      """
      {"input": [{"type": "text", "text": "a boat"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,\(red)"}}]}
      """)
    let results = json["results"]?.array ?? []
    try #require(results.count == 1)
    #expect(results[0]["categories"]?["sexual"] == true)
    #expect(results[0]["category_applied_input_types"]?["sexual"] == ["text", "image"])
    #expect(results[0]["category_applied_input_types"]?["violence"] == ["text"])
  }

  private func picture(_ byte: UInt8, unknown: UnknownReason? = nil) async throws -> (
    Int, JSONValue
  ) {
    try await ask(
      """
      {"input": [{"type": "image_url",
        "image_url": {"url": "data:image/png;base64,\(Base64.encode([byte]))"}}]}
      """, unknown: unknown)
  }

  @Test func whatIsWrittenInAPictureIsJudged() async throws {
    let (status, json) = try await picture(1)
    let result = try #require(json["results"]?.array?.first)
    #expect(status == 200 && result["categories"]?["sexual"] == true)
    #expect(result["category_applied_input_types"]?["sexual"] == ["image"])
    let (_, clean) = try await picture(0)
    #expect(clean["results"]?.array?.first?["flagged"] == false)
  }

  /// Were the mark of a generated picture judged, this text model would be asked, and has no answer.
  @Test func aMarkIsNoText() async throws {
    let (status, json) = try await picture(2, unknown: .modelMissing("no model"))
    #expect(status == 200 && json["results"]?.array?.first?["flagged"] == false)
  }

  @Test func whatWasNotJudgedIsNoZero() async throws {
    let (status, json) = try await ask(
      #"{"input": "a boat"}"#, unknown: .modelMissing("no model"))
    #expect(status == 503 && json["error"]?["code"] == "classifier_unavailable")
  }

  @Test func aReaderThatHangsHasThePolicysTimeAndNoMore() async throws {
    let (status, json) = try await ask(
      #"{"input": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,BA=="}}]}"#)
    #expect(status == 503 && json["error"]?["code"] == "classifier_unavailable")
  }

  @Test(arguments: [
    ("{", "invalid_json"), ("{}", "missing_required_parameter"),
    (#"{"input": []}"#, "invalid_value"),
    (#"{"input": 5}"#, "invalid_value"), (#"{"input": ["a", 5]}"#, "invalid_value"),
    (#"{"input": "a", "model": 5}"#, "invalid_type"),
    (
      #"{"input": [{"type": "image_url", "image_url": {"url": "http://x/y.png"}}]}"#,
      "unsupported_image_url"
    ),
  ])
  func mistakesAreNamed(body: String, code: String) async throws {
    let (status, json) = try await ask(body)
    #expect(status == 400 && json["error"]?["code"]?.string == code)
  }
}
