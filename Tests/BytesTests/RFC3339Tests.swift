import Bytes
import Testing

struct RFC3339Tests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"),
    (1_795_341_600, "2026-11-22T10:00:00Z"), (4_107_542_399, "2100-02-28T23:59:59Z"),
    (-1, "1969-12-31T23:59:59Z"),
  ])
  func writesAndReadsTheSameInstant(seconds: Int64, text: String) {
    #expect(RFC3339.text(seconds: seconds) == text)
    #expect(RFC3339.seconds(text) == seconds)
  }

  @Test func writesMilliseconds() {
    #expect(RFC3339.text(milliseconds: 1_795_341_600_042) == "2026-11-22T10:00:00.042Z")
  }

  @Test func readsZonesAndFractions() {
    #expect(RFC3339.seconds("2026-11-22T11:30:00.25+01:30") == 1_795_341_600)
    #expect(RFC3339.seconds("2026-11-22t05:00:00-05:00") == 1_795_341_600)
  }

  @Test(arguments: [
    "", "2026-11-22", "2026-11-22T10:00:00", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z",
    "2026-11-22T24:00:00Z", "2026-11-22T10:00:00.Z", "2026-11-22T10:00:00Z ",
    "+026-11-22T10:00:00Z",
  ])
  func refusesWhatIsNoInstant(text: String) {
    #expect(RFC3339.seconds(text) == nil)
  }
}
