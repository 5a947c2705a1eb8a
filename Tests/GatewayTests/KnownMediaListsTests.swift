import Gateway
import Moderation
import TestKit
import Testing

@Suite struct KnownMediaListsTests {
  private func load(_ value: String) throws -> GatewayConfiguration {
    try GatewayConfiguration.load(
      file: "/nonexistent/assay.json", environment: ["ASSAY_KNOWN_MEDIA": value])
  }

  @Test func listsAreNamedWithTheirDistance() throws {
    let configuration = try load("a=/x/a.xml,b@20=/x/b.json,!good=/x/c.csv")
    #expect(configuration.knownMedia.sources.map(\.name) == ["a", "b", "good"])
    #expect(configuration.knownMedia.sources.map(\.distance) == [31, 20, 31])
    #expect(configuration.knownMedia.sources.map(\.isNegative) == [false, false, true])
    // Nothing would act on them otherwise.
    #expect(configuration.policyLayers.last == "known-media")
  }

  @Test(arguments: ["a", "=x", "a@b=x", "a@65=x", "a=x,a=y", "a="])
  func whatIsNoListIsAnError(value: String) {
    #expect(throws: StartupError.self) { try load(value) }
  }

  @Test func labelOfChinaNeedsAProducer() throws {
    #expect(throws: StartupError.self) {
      try GatewayConfiguration.load(
        file: "/nonexistent/assay.json", environment: ["ASSAY_LABELS": "iptc,aigc"])
    }
    let configuration = try GatewayConfiguration.load(
      file: "/nonexistent/assay.json",
      environment: ["ASSAY_LABELS": "iptc,aigc", "ASSAY_LABEL_PRODUCER": "001"])
    #expect(configuration.labels.fields == [.iptc, .aigc])
    #expect(try load("a=x").labels.fields == [.iptc])
  }
}
