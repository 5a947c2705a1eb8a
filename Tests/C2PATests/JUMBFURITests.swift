import C2PA
import Testing

@Suite struct JUMBFURITests {
  @Test func relativeAndAbsoluteFormsMeetInOne() throws {
    let relative = try #require(JUMBFURI("self#jumbf=c2pa.assertions/c2pa.actions.v2"))
    let absolute = try #require(
      JUMBFURI("self#jumbf=/c2pa/urn:c2pa:1/c2pa.assertions/c2pa.actions.v2"))
    #expect(relative.absolute(from: "urn:c2pa:1") == absolute.absolute(from: "urn:c2pa:2"))
    #expect(absolute.manifestLabel(from: "urn:c2pa:2") == "urn:c2pa:1")
    #expect(relative.pathInManifest == absolute.pathInManifest)
    #expect(JUMBFURI("self#jumbf=c2pa/urn:c2pa:1/c2pa.signature")?.isAbsolute == true)
  }

  @Test(arguments: [
    "", "self#jumbf=", "self#jumbf=/", "self#jumbf=/other/x", "self#jumbf=a//b", "self#jumbf=../x",
    "https://example.org/x", "self#jumbf=/c2pa",
  ])
  func refusesOtherForms(_ text: String) { #expect(JUMBFURI(text) == nil) }
}
