import Labels
import Testing

@Suite struct DigitalSourceTermTests {
  @Test func termIsItsRegisteredURI() {
    #expect(
      DigitalSourceTerm.trainedAlgorithmicMedia.uri
        == "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia")
  }

  @Test(arguments: DigitalSourceTerm.allCases)
  func looserSpellingsAreTheSame(term: DigitalSourceTerm) {
    #expect(DigitalSourceTerm(uri: term.uri) == term)
    #expect(DigitalSourceTerm(uri: term.uri.replacing("http:", with: "https:") + "/") == term)
    #expect(DigitalSourceTerm(uri: "http://example.com/\(term.rawValue)") == nil)
  }
}
