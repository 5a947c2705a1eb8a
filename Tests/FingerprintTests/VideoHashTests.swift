import Fingerprint
import Testing

struct VideoHashTests {
  private func frame(_ digit: String, quality: Int = 100, at time: Double = 0) -> VideoHash.Frame {
    VideoHash.Frame(
      hash: PDQHash(hex: String(repeating: digit, count: 64))!, quality: quality, time: time)
  }

  @Test func aLineIsWrittenAndReadAsThreatExchangeDoes() throws {
    let line = frame("a", quality: 7, at: 12.0304).line
    #expect(line == String(repeating: "a", count: 64) + ",7,12.030")
    #expect(VideoHash.Frame(line: line)?.time == 12.03)
  }

  @Test(arguments: ["", "00,1,2", String(repeating: "0", count: 64) + ",200,1", "x,1,1,1"])
  func otherLinesAreNotRead(_ line: String) {
    #expect(VideoHash.Frame(line: line) == nil)
  }

  @Test func aPassageMatchesTheClipItIsTakenFrom() {
    let clip = VideoHash(frames: ["0", "3", "5", "9", "f"].map { frame($0) })
    let passage = VideoHash(frames: [frame("5"), frame("9")])
    let comparison = passage.compared(to: clip)
    #expect(comparison.queryMatched == 100)
    #expect(comparison.targetMatched == 40)
    #expect(comparison.isMatch)
    #expect(!clip.compared(to: passage).isMatch)
  }

  @Test func framesWithNothingToSeeDoNotCount() {
    let dark = VideoHash(frames: [frame("0", quality: 10)])
    #expect(!dark.compared(to: dark).isMatch)
  }
}
