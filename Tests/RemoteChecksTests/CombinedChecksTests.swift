import Evidence
import Moderation
import Pixels
import StrictJSON
import Testing

@testable import RemoteChecks

/// This machine's checks and others', asked together.
@Suite struct CombinedChecksTests {
  private struct LocalText: TextChecking {
    func signals(for text: String) async -> [Signal] {
      [Signal(name: "sexual", value: .score(0.125), check: "text")]
    }
  }

  private struct LocalFrames: FrameChecking {
    func signals(for image: RGBImage) async -> [Signal] {
      [Signal(name: "nudity", value: .score(0.5), check: "nudity")]
    }
  }

  private func checks(_ transport: OneAnswer) throws -> [RemoteCheck] {
    try RemoteCheckList.one("webhook", #", "scores": ["gore"]"#).checks(transport: transport)
  }

  @Test func `both speak of a text, each under its own check's name`() async throws {
    let transport = OneAnswer(200, #"{"scores": {"gore": 0.75}}"#)
    let checks = CombinedTextChecks(
      local: LocalText(), remote: try checks(transport))
    let signals = await checks.signals(for: "a boat")
    #expect(signals.map(\.name) == ["sexual", "gore"])
    #expect(signals.map(\.check) == ["text", "far"])
    #expect(signals.map(\.value) == [.score(0.125), .score(0.75)])
  }

  @Test func `a server that is down leaves a doubt and the local answer`() async throws {
    let checks = CombinedTextChecks(
      local: LocalText(), remote: try checks(OneAnswer(404, "")))
    let signals = await checks.signals(for: "a boat")
    #expect(signals.first?.value == .score(0.125))
    #expect(signals.last?.value == .unknown(.failed("far: status 404")))
  }

  @Test func `large pictures are made smaller on their way`() async throws {
    let transport = OneAnswer(200, #"{"scores": {"gore": 0}}"#)
    let checks = CombinedFrameChecks(
      local: LocalFrames(), remote: try checks(transport))
    let image = try #require(
      RGBImage(width: 1024, height: 300, pixels: [UInt8](repeating: 9, count: 1024 * 300 * 3)))
    let signals = await checks.signals(for: image)
    #expect(signals.map(\.name) == ["nudity", "gore"])
    let sent = try #require(transport.asked.first)
    #expect(sent["kind"]?.string == "picture")
    // 512 x 150 pixels without compression, in base64.
    let length = try #require(sent["png"]?.string?.utf8.count)
    #expect((300_000...320_000).contains(length))
  }
}
