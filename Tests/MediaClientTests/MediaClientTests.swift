import Foundation
import MediaClient
import MediaJobs
import Pixels
import Testing

@Suite(.enabled(if: MediaFixtures.isReady, "needs assay-media and the ffmpeg command"))
struct MediaClientTests {
  let client = MediaFixtures.client

  @Test func aProbeTellsWhatTheClipIs() async throws {
    let info = try await client.probe(try MediaFixtures.clip())
    #expect(info.container.contains("mp4"))
    #expect(info.width == 320)
    #expect(info.height == 240)
    #expect(info.frameRate == 24)
    #expect(info.videoCodec == "h264")
    #expect(info.audioCodec == "aac")
    #expect(info.hasAudio)
    #expect(info.frameCount == 96)
    #expect(abs(try #require(info.durationSeconds) - 4) < 0.1)
    #expect(info.streams.map(\.kind) == ["video", "audio"])
  }

  @Test func aSampleHoldsFirstLastEverySecondAndBothCuts() async throws {
    let sample = try await client.sample(try MediaFixtures.clip())
    let times = sample.frames.map(\.time)
    for expected in [0, 1, 2, 3, 95.0 / 24] {
      #expect(times.contains { abs($0 - expected) < 0.01 }, "no frame at \(expected) in \(times)")
    }
    let cuts = sample.frames.filter(\.isSceneCut).map(\.time)
    #expect(cuts.count == 2)
    #expect(abs(cuts[0] - 1.5) < 0.05)
    #expect(abs(cuts[1] - 2.5) < 0.05)
    #expect(times == times.sorted())
    #expect(sample.outcome.frames == 96)
    #expect(sample.outcome.notes == [])
    // Red at the start, blue at the end.
    let first = centre(try #require(sample.frames.first).image)
    let last = centre(try #require(sample.frames.last).image)
    #expect(first[0] > 200 && first[1] < 60 && first[2] < 60)
    #expect(last[2] > 200 && last[0] < 60 && last[1] < 60)
  }

  @Test func theSoundIsTheToneAt16kHz() async throws {
    let sample = try await client.sample(try MediaFixtures.clip())
    let audio = try #require(sample.audio)
    #expect(abs(audio.count - 64_000) < 1_600)
    // A 440 Hz tone crosses zero 880 times a second.
    let middle = audio[16_000..<48_000]
    let crossings = zip(middle, middle.dropFirst()).count { ($0 < 0) != ($1 < 0) }
    #expect(abs(crossings - 1760) < 20)
  }

  @Test func aSingleFrameBetweenTwoSecondsIsSeen() async throws {
    let flash = try MediaFixtures.make(
      "flash.mp4",
      [
        "-f", "lavfi", "-i",
        "color=0x303050:s=160x120:r=24:d=3,drawbox=c=white:t=fill:enable='eq(n,40)'",
        "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p",
      ])
    let sample = try await client.sample(flash)
    let seen = try #require(sample.frames.first { abs($0.time - 40.0 / 24) < 0.01 })
    #expect(seen.isSceneCut)
    #expect(centre(seen.image)[0] > 230)
    #expect(sample.audio == nil)
    #expect(!sample.info.hasAudio)
  }

  @Test(arguments: [
    ("other.webm", ["-c:v", "libvpx", "-b:v", "300k", "-c:a", "libopus"]),
    ("other.mkv", ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "flac"]),
    (
      "fragments.mp4",
      [
        "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", "-movflags",
        "frag_keyframe+empty_moov",
      ]
    ),
  ])
  func otherContainersAndCodecsAreRead(_ name: String, _ codecs: [String]) async throws {
    let source = [
      "-f", "lavfi", "-i", "testsrc2=s=160x120:r=12:d=2", "-f", "lavfi", "-i", "sine=440:d=2",
    ]
    let sample = try await client.sample(try MediaFixtures.make(name, source + codecs))
    #expect(sample.outcome.frames == 24)
    #expect(sample.frames.first?.time == 0)
    #expect(abs(try #require(sample.frames.last).time - 23.0 / 12) < 0.01)
    #expect(abs(try #require(sample.audio).count - 32_000) < 1_600)
  }

  @Test func aPlanThatAllowsFewFramesStillReachesTheEnd() async throws {
    let plan = SamplePlan(everySeconds: 0.1, maximumSide: 64, maximumFrames: 8, audio: false)
    let sample = try await client.sample(try MediaFixtures.clip(), plan: plan)
    #expect(sample.frames.count <= 8)
    #expect(sample.frames.allSatisfy { max($0.image.width, $0.image.height) == 64 })
    #expect(abs(try #require(sample.frames.last).time - 95.0 / 24) < 0.01)
    #expect(sample.audio == nil)
    #expect(!sample.outcome.notes.isEmpty)
  }

  @Test func aTurnedClipIsSeenUpright() async throws {
    let clip = try MediaFixtures.clip()
    let turned = try MediaFixtures.make(
      "turned.mp4", ["-i", clip, "-c", "copy", "-metadata:s:v:0", "rotate=90"])
    let sample = try await client.sample(turned, plan: SamplePlan(audio: false))
    #expect(sample.info.rotation % 180 == 90)
    #expect(sample.info.width == 240)
    #expect(sample.info.height == 320)
    // The oracle is ffmpeg's own turn of the frame at 2 s, a test card with a different corner each.
    let oracle = try MediaFixtures.make(
      "turned.png", ["-ss", "2", "-i", turned, "-frames:v", "1"])
    let expected = try await client.decodeImage(oracle).image
    let seen = try #require(sample.frames.first { abs($0.time - 2) < 0.01 }).image
    #expect(seen.width == expected.width && seen.height == expected.height)
    let difference = zip(seen.pixels, expected.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
    #expect(Double(difference) / Double(seen.pixels.count) < 6)
  }

  @Test(arguments: ["a.png", "a.jpg", "a.webp", "a.gif"])
  func picturesDecode(_ name: String) async throws {
    let decoded = try await client.decodeImage(try MediaFixtures.picture(name), maximumSide: 150)
    #expect(decoded.info.width == 300)
    #expect(decoded.info.durationSeconds == nil)
    #expect(decoded.image.width == 150)
    #expect(decoded.image.height == 100)
    for (seen, meant) in zip(centre(decoded.image), [0x20, 0xC0, 0x40]) {
      #expect(abs(seen - meant) < 14)
    }
  }

  @Test func onlyPicturesThatMoveAreAnimated() async throws {
    let source = ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=4:d=1"]
    let gif = try MediaFixtures.make("moving.gif", source)
    let png = try MediaFixtures.make("moving.png", source + ["-f", "apng", "-plays", "0"])
    for path in [gif, png] { #expect(try await client.decodeImage(path).info.isAnimated) }
    for name in ["a.png", "a.gif", "a.jpg"] {
      let path = try MediaFixtures.picture(name)
      #expect(try await !client.decodeImage(path).info.isAnimated)
    }
  }

  @Test func readinessIsKnownWithoutAnyMedia() async throws {
    try await client.checkReady()
    let failure = await #expect(throws: MediaFailure.self) {
      try await MediaClient(executable: "/nonexistent/assay-media").checkReady()
    }
    #expect(failure?.code == "media_unavailable")
  }

  @Test func aThumbnailIsAWebPFile() async throws {
    let output = MediaFixtures.path("thumbnail.webp")
    let outcome = try await client.thumbnail(
      try MediaFixtures.clip(), output: output,
      request: ThumbnailRequest(time: 3.5, maximumSide: 160))
    let bytes = try Data(contentsOf: URL(fileURLWithPath: output))
    #expect(bytes.count == outcome.outputBytes)
    #expect(bytes.prefix(4) == Data("RIFF".utf8))
    let decoded = try await client.decodeImage(output)
    #expect(decoded.image.width == 160)
    #expect(centre(decoded.image)[2] > 180)
  }

  @Test func aRefusedJobLeavesNoOutput() async throws {
    let output = MediaFixtures.path("never.webp")
    let text = try MediaFixtures.write("text.mp4", Array("not a clip".utf8))
    await #expect(throws: MediaFailure.self) {
      try await client.thumbnail(text, output: output)
    }
    #expect(!FileManager.default.fileExists(atPath: output))
    #expect(!FileManager.default.fileExists(atPath: output + ".part"))
  }

  private func centre(_ image: RGBImage) -> [Int] {
    let start = (image.height / 2 * image.width + image.width / 2) * 3
    return image.pixels[start..<start + 3].map { Int($0) }
  }
}
