import Foundation
import MediaClient
import MediaJobs
import Testing

@Suite(.enabled(if: MediaFixtures.isReady, "needs assay-media and the ffmpeg command"))
struct SynthesizeTests {
  let client = MediaFixtures.client

  func request(
    _ prompt: String = "A calm blue sea", seed: UInt64 = 1, width: Int = 320, height: Int = 180,
    seconds: Double = 2, caption: String? = nil, dialogue: [String] = []
  ) -> SynthesisRequest {
    SynthesisRequest(
      prompt: prompt, seed: seed, width: width, height: height, seconds: seconds, caption: caption,
      dialogue: dialogue)
  }

  @Test(arguments: [(320, 180), (180, 320), (256, 256)])
  func sizeLengthAndCodecsAreAsAsked(width: Int, height: Int) async throws {
    let output = MediaFixtures.path("drawn\(width)x\(height).mp4")
    let outcome = try await client.synthesize(
      request(width: width, height: height), output: output)
    #expect(outcome.frames == 48)
    #expect(outcome.notes.first?.hasPrefix("Built-in renderer (no model): ") == true)
    let info = try await client.probe(output)
    #expect((info.width, info.height) == (width, height))
    #expect(info.frameRate == 24)
    #expect(info.frameCount == 48)
    #expect(info.videoCodec == "h264")
    #expect(info.audioCodec == "aac")
    #expect(abs(try #require(info.durationSeconds) - 2) < 0.03)
    #expect(try MediaPlanes.probe(output, "stream=pix_fmt", stream: "v:0") == ["yuv420p"])
  }

  @Test func sameRequestSameBytesOtherSeedOtherPictures() async throws {
    var files: [Data] = []
    for (index, seed) in [UInt64(5), 5, 6].enumerated() {
      let output = MediaFixtures.path("seed\(index).mp4")
      try await client.synthesize(request("Hills", seed: seed, seconds: 1), output: output)
      files.append(try Data(contentsOf: URL(fileURLWithPath: output)))
    }
    // As plain truths: a failed `==` of two collections has their difference worked out, which takes
    // minutes at this length.
    let (isSame, isOther) = (files[0] == files[1], files[0] != files[2])
    #expect(isSame)
    #expect(isOther)
  }

  @Test(arguments: ["sea", "mountain", "aurora", "city", "abstract", "snow blossom fireflies"])
  func everySceneMoves(_ word: String) async throws {
    let output = MediaFixtures.path("moves-\(word.prefix(4)).mp4")
    try await client.synthesize(request("A \(word)"), output: output)
    let frames = try MediaPlanes.luma(output, width: 320, height: 180)
    try #require(frames.count == 48)
    // No frame is flat, and the clip does not stand still.
    for frame in [frames[0], frames[47]] { #expect(Set(frame).count > 30) }
    let moved = zip(frames[0], frames[47]).count { abs(Int($0) - Int($1)) > 12 }
    #expect(moved > 320 * 180 / 100)
  }

  @Test func dialogueIsAudibleAndSilenceIsNot() async throws {
    let spoken = MediaFixtures.path("spoken.mp4")
    let silent = MediaFixtures.path("silent.mp4")
    let outcome = try await client.synthesize(
      request(seconds: 4, dialogue: ["The quick brown fox jumps over the lazy dog."]),
      output: spoken)
    try await client.synthesize(request(seconds: 4), output: silent)
    #expect(outcome.notes.first?.contains("lazy dog") == true)
    let speech = try #require(try await client.sample(spoken).audio)
    let bed = try #require(try await client.sample(silent).audio)
    #expect(MediaPlanes.loudness(speech, 0.5...2.5) > 0.03)
    #expect(MediaPlanes.loudness(bed, 0.5...3.5) < 0.03)
    #expect(
      MediaPlanes.loudness(speech, 0.5...2.5) > 5 * MediaPlanes.loudness(bed, 0.5...2.5))
  }

  @Test func dialogueTooLongForTheClipSaysThatItIsCut() async throws {
    let line = Array(repeating: "This sentence goes on and on", count: 12).joined(
      separator: " and ")
    let outcome = try await client.synthesize(
      request(dialogue: [line]), output: MediaFixtures.path("cut.mp4"))
    #expect(outcome.notes.first?.contains("cut off") == true)
    #expect(outcome.seconds == 2)
  }

  @Test(
    arguments: [
      "%{pts} %{e\\:1+1}", "quote ' colon : comma , semicolon ; [brackets] \\ backslash",
      "':fontfile=/etc/passwd:text='", "Grüße aus Köln, привет",
      "one\ntwo\r\nthree \u{0} \u{1B}[31m",
    ])
  func textOfAnyKindIsShownAndSpokenAsText(_ text: String) async throws {
    // The foot of this scene is a dark wood.
    let scene = "Aurora over a forest"
    let name = "text\(text.unicodeScalars.reduce(0) { $0 &* 31 &+ Int($1.value) })"
    let plain = MediaFixtures.path("\(name)-plain.mp4")
    let output = MediaFixtures.path("\(name).mp4")
    try await client.synthesize(request(scene, seconds: 0.5), output: plain)
    let outcome = try await client.synthesize(
      request(scene, seconds: 0.5, caption: text, dialogue: [text]), output: output)
    #expect(outcome.frames == 12)
    let without = try MediaPlanes.luma(plain, width: 320, height: 180)[6]
    let with = try MediaPlanes.luma(output, width: 320, height: 180)[6]
    // White letters at the foot, nothing at the top.
    let bright = { (frame: [UInt8], rows: Range<Int>) in
      rows.reduce(0) { sum, y in sum + frame[y * 320..<(y + 1) * 320].count { $0 > 200 } }
    }
    #expect(bright(with, 120..<180) > bright(without, 120..<180) + 60)
    #expect(abs(bright(with, 0..<60) - bright(without, 0..<60)) < 20)
  }

  @Test func whatCannotBeShownOrSpokenIsSaidToBeMissing() async throws {
    let outcome = try await client.synthesize(
      request(seconds: 0.5, caption: "人工智能", dialogue: ["你好", "Hello."]),
      output: MediaFixtures.path("missing.mp4"))
    let note = try #require(outcome.notes.first)
    #expect(note.contains("no caption"))
    #expect(note.contains("“Hello.”"))
    #expect(note.contains("is not spoken"))
    #expect(!note.contains("你好"))
  }

  @Test func aLongClipHasAHardCut() async throws {
    let output = MediaFixtures.path("long.mp4")
    try await client.synthesize(request("mountains at noon", seconds: 8), output: output)
    let sample = try await client.sample(output)
    #expect(sample.outcome.frames == 192)
    #expect(sample.frames.contains { $0.isSceneCut && abs($0.time - 4) < 0.1 })
  }

  @Test func aReferencePictureIsMovedOver() async throws {
    let picture = try MediaFixtures.make(
      "reference.png",
      ["-f", "lavfi", "-i", "testsrc2=s=500x400:d=1:r=1,format=rgb24", "-frames:v", "1"])
    let output = MediaFixtures.path("moved.mp4")
    let outcome = try await client.synthesize(
      request(), referenceImage: picture, output: output)
    #expect(outcome.notes.first?.contains("reference picture") == true)
    let frames = try MediaPlanes.luma(output, width: 320, height: 180)
    let moved = zip(frames[0], frames[47]).count { abs(Int($0) - Int($1)) > 24 }
    #expect(moved > 320 * 180 / 50)
    // Step by step, not by a jump.
    let step = zip(frames[23], frames[24]).count { abs(Int($0) - Int($1)) > 60 }
    #expect(step < 320 * 180 / 20)
  }

  @Test(
    arguments: [
      (321, 180, 2.0), (320, 181, 2), (16, 16, 2), (20_000, 180, 2), (320, 180, 0), (320, 180, 1e9),
    ]
  )
  func whatCannotBeDrawnIsRefusedWithASentence(
    width: Int, height: Int, seconds: Double
  ) async throws {
    let failure = await #expect(throws: MediaFailure.self) {
      try await client.synthesize(
        request(width: width, height: height, seconds: seconds),
        output: MediaFixtures.path("never.mp4"))
    }
    #expect(failure?.code == "bad_request")
    #expect(failure?.sentence.contains("cannot be drawn") == true)
  }
}
