import Evidence
import StrictJSON
import Testing

@testable import RemoteChecks

/// A model that answers Yes or No to one guideline.
@Suite struct ShieldGemmaAdapterTests {
  private func signal(_ server: OneAnswer) async throws -> Signal {
    let checks = try RemoteCheckList.one("shield_gemma", #", "scores": ["hate"]"#)
      .checks(transport: server)
    let signals = await checks[0].signals(for: .text("a boat"))
    #expect(signals.map(\.name) == ["hate"])
    return signals[0]
  }

  @Test func `the score is how probable Yes is against No`() async throws {
    let server = OneAnswer(
      saying: "No\n\nStep by", finish: "length",
      probabilities: [("No", -0.356675), ("Yes", -2.302585), (" Maybe", -3)])
    guard case .score(let score) = try await signal(server).value else {
      Issue.record("no score")
      return
    }
    #expect(abs(score - 0.125) < 1e-4)
    let asked = try #require(server.asked.first)
    #expect(
      asked["chat_template_kwargs"]?["guideline"]?.string?.contains("hate speech") == true)
  }

  @Test func `without probabilities the word counts`() async throws {
    #expect(try await signal(OneAnswer(saying: "Yes, it does.")).value == .score(1))
    #expect(try await signal(OneAnswer(saying: "**No**.")).value == .score(0))
  }

  @Test(arguments: ["I cannot help with that.", "", "Nope"])
  func `anything else is no judgement`(content: String) async throws {
    guard case .unknown = try await signal(OneAnswer(saying: content)).value else {
      Issue.record("'\(content)' was taken for an answer")
      return
    }
  }

  @Test func `pictures are not sent to it`() async throws {
    let server = OneAnswer(saying: "No")
    let checks = try RemoteCheckList.one("shield_gemma", #", "scores": ["hate"]"#)
      .checks(transport: server)
    #expect(await checks[0].signals(for: .picture([1])).isEmpty)
    #expect(server.asked.isEmpty)
  }
}
