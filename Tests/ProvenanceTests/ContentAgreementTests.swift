import Provenance
import Testing

struct ContentAgreementTests {
  private func sightings(_ distances: Int...) -> [ContentAgreement.Sighting] {
    distances.enumerated().map {
      .init(asked: Double($0.offset), known: Double($0.offset) + 2, distance: $0.element)
    }
  }

  @Test func twoGoodFitsAreTheSamePictures() {
    #expect(ContentAgreement(sightings(20, 30, 120)) == .same(seconds: 2))
    #expect(ContentAgreement(sightings(20)) == .same(seconds: 2))
  }

  @Test func oneGoodFitAmongMayBeChance() {
    #expect(ContentAgreement(sightings(20, 100, 110)) == .unknown)
    #expect(ContentAgreement(sightings(70, 75)) == .unknown)
    #expect(ContentAgreement([]) == .unknown)
  }

  @Test func noFitAtAllIsAnotherPicture() {
    #expect(ContentAgreement(sightings(90, 95, 120)) == .different)
  }
}
