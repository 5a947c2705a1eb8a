import Evidence
import Moderation
import Pixels
import StrictJSON
import Testing

@testable import RemoteChecks

/// A vision-language model that says what a picture shows.
@Suite struct RemoteDescriberTests {
  private func described(_ server: OneAnswer) async throws -> PictureDescription {
    let list = try RemoteCheckList.one("describer", #", "model": "m""#)
    let describer = try #require(list.describer(transport: server))
    #expect(describer.check == "far")
    return await describer.describe(
      try #require(RGBImage(width: 2, height: 1, pixels: [255, 0, 0, 0, 255, 0])))
  }

  @Test func `its words are the description`() async throws {
    let server = OneAnswer(saying: " The picture shows two boats on a lake.\n")
    #expect(
      try await described(server) == .text("The picture shows two boats on a lake."))
    let parts = try #require(server.asked.first?["messages"]?.array?.first?["content"]?.array)
    let url = try #require(parts.last?["image_url"]?["url"]?.string)
    #expect(url.hasPrefix("data:image/png;base64,iVBORw0KGgo"))
  }

  /// A model that declines in friendly words has seen nothing that a rule could rely on.
  @Test(arguments: ["I'm sorry, I can't help with that.", "", "The picture shows", "A lake."])
  func `a refusal is no description`(content: String) async throws {
    #expect(
      try await described(OneAnswer(saying: content))
        == .unknown(.failed("far: it did not describe the picture")))
  }

  @Test func `half a description is none`() async throws {
    #expect(
      try await described(OneAnswer(saying: "The picture shows a man who", finish: "length"))
        == .unknown(.failed("far: it did not finish its answer")))
  }

  @Test func `nobody is asked where nobody is named`() throws {
    #expect(try RemoteCheckList.one("guard_model").describer() == nil)
    let list = try RemoteCheckList.one("describer", #", "model": "m""#)
    #expect(list.checks().isEmpty)
  }
}
