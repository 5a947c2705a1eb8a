import C2PA
import Testing

@Suite struct InstantTextTests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"),
    (1_767_225_599, "2025-12-31T23:59:59Z"), (-1, "1969-12-31T23:59:59Z"),
    (253_402_300_799, "9999-12-31T23:59:59Z"),
  ])
  func writesAndReadsTheSameMoment(_ seconds: Int64, _ text: String) {
    #expect(InstantText.format(seconds) == text)
    #expect(InstantText.parse(text) == seconds)
  }

  @Test func readsZonesFractionsAndBareDates() {
    #expect(InstantText.parse("2026-01-01T01:00:00+01:00") == 1_767_225_600)
    #expect(InstantText.parse("2025-12-31T19:00:00.250-05:00") == 1_767_225_600)
    #expect(InstantText.parse("2026-01-01") == 1_767_225_600)
  }

  @Test(arguments: [
    "", "now", "2026-13-01", "2026-02-30", "2026-01-01T25:00:00Z", "2026-01-01T00:00:00",
    "2026-01-01T00:00:00Zx", "26-01-01",
  ])
  func refusesWhatIsNoMoment(_ text: String) { #expect(InstantText.parse(text) == nil) }
}
