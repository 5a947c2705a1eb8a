import Foundation
import MediaClient
import MediaJobs
import Pixels
import Testing
import Watermark

@Suite(.enabled(if: MediaFixtures.isReady, "needs assay-media and the ffmpeg command"))
struct ReadBackTests {
  let client = MediaFixtures.client
  let request = MarkRequest(
    text: "AI generated", handle: "@maker", seed: (0..<32).map { UInt8($0 * 7) })

  /// Red, then blue: 3 s, so that a still says from which second it is.
  private func source() throws -> String {
    try MediaFixtures.make(
      "two-colours.mp4",
      [
        "-f", "lavfi", "-i", "color=red:s=320x180:r=20:d=1.5", "-f", "lavfi", "-i",
        "color=blue:s=320x180:r=20:d=1.5", "-filter_complex",
        "[0][1]concat=n=2,noise=alls=8:allf=t",
        "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p",
      ])
  }

  private func whole(_ mark: MarkRequest) -> ReadBackRequest {
    ReadBackRequest(
      mark: mark, residual: true, signatures: true,
      thumbnail: ThumbnailRequest(time: 2, maximumSide: 160),
      sheet: SpriteSheetRequest(columns: 3, rows: 2, tileSide: 80))
  }

  @Test func oneDecodingShowsWhatEachJobAloneWouldShow() async throws {
    let marked = MediaFixtures.path("marked.mp4")
    let made = try await client.mark(try source(), output: marked, request: request)
    let seen = try await client.readBack(marked, request: whole(request))
    #expect(seen.outcome.frames == 60)
    #expect(seen.outcome.frames == made.outcome.frames)
    #expect(seen.visibleMark.lowestScore >= VisibleMarkDetector.threshold)
    #expect(seen.signatureSums == made.signatureSums)
    #expect(seen.residuals == [try await client.residuals(marked)[0]])
    let thumbnail = try MediaFixtures.write("still.webp", seen.thumbnail)
    let still = try await client.decodeImage(thumbnail).image
    #expect((still.width, still.height) == (160, 90))
    // Five pixels from the left edge of the middle row: no plate comes so far.
    let pixel = Array(still.pixels[(45 * 160 + 5) * 3..<(45 * 160 + 6) * 3])
    #expect(pixel[2] > 150 && pixel[0] < 100)
    let sheet = try MediaFixtures.write("sheet.webp", seen.sheet)
    let picture = try await client.decodeImage(sheet).image
    #expect((picture.width, picture.height) == (240, 90))
    // Stills at 0, 0.5 and 1 s above, at 1.5, 2 and 2.5 s below.
    for (place, row) in [(10, 20), (10, 65), (235, 20), (235, 65)] {
      let start = (row * 240 + place) * 3
      let isRed = picture.pixels[start] > picture.pixels[start + 2]
      #expect(isRed == (row < 45), "\(place), \(row)")
    }
  }

  /// The manifest names what was signed while the clip was written; the delivered file must show the same,
  /// wherever its times begin and however uneven they are.
  @Test(
    arguments: [
      ("late.mkv", ["-f", "lavfi", "-i", "sine=300:d=2", "-output_ts_offset", "0.0073"]),
      ("uneven.mp4", ["-vf", "setpts='(N*40+if(gt(mod(N,5),2),17,0))/1000/TB'", "-vsync", "vfr"]),
    ])
  func theFramesAreSignedAlikeBeforeAndAfter(name: String, options: [String]) async throws {
    let input = try MediaFixtures.make(
      name,
      ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=50:d=2"] + options
        + ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p"])
    let marked = MediaFixtures.path("marked-\(name).mp4")
    let made = try await client.mark(input, output: marked, request: request)
    let seen = try await client.readBack(marked, request: whole(request))
    #expect(made.signatureSums != nil)
    #expect(seen.signatureSums == made.signatureSums)
    #expect(seen.outcome.frames == made.outcome.frames)
  }

  @Test func aMarkOnAnotherPathOrNoneIsNotSeen() async throws {
    let marked = MediaFixtures.path("elsewhere.mp4")
    try await client.mark(try source(), output: marked, request: request)
    var other = request
    other.seed = [UInt8](repeating: 9, count: 32)
    for (path, mark) in [(marked, other), (try source(), request)] {
      let seen = try await client.readBack(path, request: whole(mark))
      #expect(seen.visibleMark.lowestScore < VisibleMarkDetector.threshold)
    }
  }

  @Test func whatIsNoClipIsRefused() async throws {
    let text = try MediaFixtures.write("text.mp4", Array("not a clip".utf8))
    let failure = await #expect(throws: MediaFailure.self) {
      try await client.readBack(text, request: whole(request))
    }
    #expect(failure?.code == "unsupported_format")
  }
}
