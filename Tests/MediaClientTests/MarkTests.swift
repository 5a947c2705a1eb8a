import Foundation
import MediaClient
import MediaJobs
import Testing
import Watermark

@Suite(.enabled(if: MediaFixtures.isReady, "needs assay-media and the ffmpeg command"))
struct MarkTests {
  let client = MediaFixtures.client
  let seed = (0..<32).map { UInt8(truncatingIfNeeded: $0 * 37 + 5) }

  var request: MarkRequest {
    MarkRequest(text: "AI generated", handle: "@maker", seed: seed)
  }

  /// 5 s, so that the mark jumps once; a card with edges, so that compression has work to do.
  func card() throws -> String {
    try MediaFixtures.make(
      "card.mp4",
      [
        "-f", "lavfi", "-i", "testsrc2=s=640x360:r=24:d=5", "-f", "lavfi", "-i", "sine=300:d=5",
        "-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-pix_fmt", "yuv420p", "-c:a",
        "aac", "-metadata", "title=A title that names somebody",
      ])
  }

  @Test func theMarkedClipIsTheSameClipOtherwise() async throws {
    let input = try card()
    let output = MediaFixtures.path("card-marked.mp4")
    let outcome = try await client.mark(input, output: output, request: request).outcome
    #expect(outcome.frames == 120)
    #expect(outcome.notes.first?.contains("all 120 frames") == true)
    let info = try await client.probe(output)
    #expect(info.width == 640)
    #expect(info.height == 360)
    #expect(info.videoCodec == "h264")
    #expect(info.audioCodec == "aac")
    #expect(abs(try #require(info.durationSeconds) - 5) < 0.1)
    #expect(try MediaPlanes.times(output) == MediaPlanes.times(input))
    #expect(try MediaPlanes.probe(output, "stream=pix_fmt", stream: "v:0") == ["yuv420p"])
    let tags = try MediaPlanes.probe(output, "format_tags=title,encoder", stream: "v:0")
    #expect(tags == [])
    // The index stands before the media: a browser starts to play at once.
    let bytes = try Data(contentsOf: URL(fileURLWithPath: output))
    let index = try #require(bytes.range(of: Data("moov".utf8)))
    let media = try #require(bytes.range(of: Data("mdat".utf8)))
    #expect(index.lowerBound < media.lowerBound)
  }

  /// An independent look: what changed between the two files, and is it where the path says?
  @Test func everyFrameChangedWhereThePathSaysAndNowhereElse() async throws {
    let input = try card()
    let output = MediaFixtures.path("card-where.mp4")
    try await client.mark(input, output: output, request: request)
    let before = try MediaPlanes.luma(input, width: 640, height: 360)
    let after = try MediaPlanes.luma(output, width: 640, height: 360)
    #expect(before.count == 120)
    try #require(before.count == after.count)
    let path = try #require(VisiblePath(seed: seed))
    var cells = Set<Int>()
    for index in before.indices {
      let time = Double(index) / 24
      let placement = path.placements(at: time, width: 640, height: 360)[0]
      cells.insert(placement.dwell)
      // The plate is about 160 x 52 here; a box around its centre must hold strong changes.
      let (old, new) = (before[index], after[index])
      let changed = { (x: Int, y: Int) -> Bool in
        abs(Int(old[y * 640 + x]) - Int(new[y * 640 + x])) > 40
      }
      let (cx, cy) = (Int(placement.x * 640), Int(placement.y * 360))
      var near = 0
      for y in max(0, cy - 20)..<min(360, cy + 20) {
        for x in max(0, cx - 60)..<min(640, cx + 60) where changed(x, y) { near += 1 }
      }
      #expect(near > 300, "frame \(index)")
      var far = 0
      let all = path.placements(at: time, width: 640, height: 360)
      for y in 0..<360 {
        for x in 0..<640 {
          let inside = all.contains {
            abs($0.x * 640 - Double(x)) < 115 && abs($0.y * 360 - Double(y)) < 50
          }
          if !inside, changed(x, y) { far += 1 }
        }
      }
      #expect(far < 200, "frame \(index)")
    }
    #expect(cells.count >= 2)
  }

  /// The letters as the `ffmpeg` command draws them, for a detector that shares nothing with the
  /// process under test but the key.
  func detector(width: Int, height: Int) throws -> VisibleMarkDetector {
    let size = MarkLayout(frameWidth: width, frameHeight: height).labelFontSize
    let drawn = try MediaFixtures.make(
      "label\(size).gray",
      [
        "-f", "lavfi", "-i", "color=black:s=800x80:d=1:r=1,format=gray", "-vf",
        "drawtext=fontfile=/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"
          + ":text='AI generated':fontsize=\(size):fontcolor=white:x=20:y=10",
        "-frames:v", "1", "-f", "rawvideo",
      ])
    let ink = [UInt8](try Data(contentsOf: URL(fileURLWithPath: drawn))).map { $0 > 24 ? $0 : 0 }
    let mask = try #require(GlyphMask(width: 800, height: 80, coverage: ink)?.trimmed())
    let path = try #require(VisiblePath(seed: seed))
    return VisibleMarkDetector(
      geometry: try #require(
        MarkGeometry(frameWidth: width, frameHeight: height, glyphs: mask, path: path)))
  }

  @Test func theDetectorFindsItInEveryFrameAndNotInTheSource() async throws {
    let input = try card()
    let output = MediaFixtures.path("card-detect.mp4")
    try await client.mark(
      input, output: output, request: MarkRequest(text: "AI generated", seed: seed))
    let detector = try detector(width: 640, height: 360)
    for (path, isMarked) in [(input, false), (output, true)] {
      let frames = try MediaPlanes.luma(path, width: 640, height: 360)
      #expect(frames.count == 120)
      for (index, frame) in frames.enumerated() {
        let score = detector.score(luma: frame.span, stride: 640, at: Double(index) / 24)
        #expect((score >= VisibleMarkDetector.threshold) == isMarked, "frame \(index): \(score)")
      }
    }
  }

  @Test(arguments: ["black", "0x404040", "0x808080", "0xB0B0B0", "white", "red", "yellow"])
  func lettersStandOutAndAreTallEnoughOnAnyGround(_ colour: String) async throws {
    let input = try MediaFixtures.make(
      "ground-\(colour).mp4",
      [
        "-f", "lavfi", "-i", "color=\(colour):s=640x360:r=24:d=0.5,noise=alls=6:allf=t", "-c:v",
        "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p",
      ])
    let output = MediaFixtures.path("ground-\(colour)-marked.mp4")
    try await client.mark(
      input, output: output, request: MarkRequest(text: "AI generated", seed: seed))
    let frame = try #require(try MediaPlanes.luma(output, width: 640, height: 360).last)
    let geometry = try detector(width: 640, height: 360).geometry
    let box = geometry.boxes(at: 11.0 / 24)[0].box
    let inner = (box.y + 2..<box.y + box.height - 2).map { y in
      (box.x + 6..<box.x + box.width - 6).map { x in Int(frame[y * 640 + x]) }
    }
    let sorted = inner.flatMap { $0 }.sorted()
    let plate = sorted[sorted.count / 2]
    let (low, high) = (sorted[sorted.count / 50], sorted[sorted.count * 49 / 50])
    let letter = high - plate > plate - low ? high : low
    func luminance(_ code: Int) -> Double {
      let value = min(max(Double(code - 16) / 219, 0), 1)
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    let (a, b) = (luminance(plate), luminance(letter))
    #expect((max(a, b) + 0.05) / (min(a, b) + 0.05) >= 4.5)
    // Rows in which letters stand, at least 5 % of the short side.
    let halfway = (plate + letter) / 2
    let rows = inner.count { row in row.contains { ($0 > halfway) == (letter > plate) } }
    #expect(rows >= 18)
  }

  @Test func unevenFrameTimesAreKept() async throws {
    let input = try MediaFixtures.make(
      "uneven.mp4",
      [
        "-f", "lavfi", "-i", "testsrc2=s=320x180:r=24:d=2", "-vf",
        "settb=1/1000,setpts='N*40+if(gt(mod(N,5),2),17,0)'", "-vsync", "vfr", "-c:v", "libx264",
        "-preset", "veryfast", "-pix_fmt", "yuv420p", "-video_track_timescale", "1000",
      ])
    let output = MediaFixtures.path("uneven-marked.mp4")
    try await client.mark(input, output: output, request: request)
    let times = try MediaPlanes.times(input)
    #expect(Set(zip(times, times.dropFirst()).map { Int((($1 - $0) * 1000).rounded()) }).count > 1)
    let written = try MediaPlanes.times(output)
    #expect(written.count == times.count)
    for (a, b) in zip(times, written) { #expect(abs((a - times[0]) - (b - written[0])) < 0.001) }
  }

  @Test func aTurnedClipComesOutUpright() async throws {
    let input = try MediaFixtures.make(
      "turned.mp4",
      [
        "-i", try card(), "-t", "1", "-c", "copy", "-metadata:s:v", "rotate=90",
      ])
    try #require(try await client.probe(input).rotation != 0)
    let output = MediaFixtures.path("turned-marked.mp4")
    try await client.mark(input, output: output, request: request)
    let info = try await client.probe(output)
    #expect((info.width, info.height, info.rotation) == (360, 640, 0))
  }

  @Test func oddSizesOtherCodecsAndFullColourBecomeWhatPlayersTake() async throws {
    let input = try MediaFixtures.make(
      "odd.mkv",
      [
        "-f", "lavfi", "-i", "testsrc2=s=321x241:r=25:d=1", "-f", "lavfi", "-i", "sine=300:d=1",
        "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv444p10le", "-c:a", "libmp3lame",
      ])
    let output = MediaFixtures.path("odd-marked.mp4")
    try await client.mark(input, output: output, request: request)
    let info = try await client.probe(output)
    #expect((info.width, info.height) == (320, 240))
    #expect(info.audioCodec == "aac")
    #expect(try MediaPlanes.probe(output, "stream=pix_fmt", stream: "v:0") == ["yuv420p"])
    let sample = try await client.sample(output)
    #expect(MediaPlanes.loudness(try #require(sample.audio), 0.2...0.8) > 0.02)
  }

  @Test(arguments: ["180x320", "202x360", "240x240", "320x180", "480x854", "1280x544"])
  func everyShapeOfPictureCanBeMarked(_ size: String) async throws {
    let input = try MediaFixtures.make(
      "shape\(size).mp4",
      [
        "-f", "lavfi", "-i", "color=0x506070:s=\(size):r=24:d=0.25", "-c:v", "libx264", "-preset",
        "veryfast", "-pix_fmt", "yuv420p",
      ])
    let outcome = try await client.mark(
      input, output: MediaFixtures.path("shape\(size)-marked.mp4"), request: request
    ).outcome
    #expect(outcome.frames == 6)
  }

  @Test func aTextThatCannotBeTheMarkIsRefused() async throws {
    for text in ["", "   ", "人工智能", String(repeating: "AI generated ", count: 20)] {
      let failure = await #expect(throws: MediaFailure.self) {
        try await client.mark(
          try card(), output: MediaFixtures.path("refused.mp4"),
          request: MarkRequest(text: text, seed: seed))
      }
      #expect(failure?.code == "bad_request")
    }
  }

  @Test func aHandleIsTextAndNothingElse() async throws {
    // What drawtext would expand or a filter graph would parse, and a handle too wide to fit.
    let handle = "%{pts}':x=0,[in]drawtext=text=\\n;" + String(repeating: "W", count: 80)
    let output = MediaFixtures.path("handle.mp4")
    let outcome = try await client.mark(
      try card(), output: output,
      request: MarkRequest(text: "AI generated", handle: handle, seed: seed)
    ).outcome
    #expect(outcome.frames == 120)
  }
}
