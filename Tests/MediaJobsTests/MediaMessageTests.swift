import MediaJobs
import Pixels
import StrictJSON
import Testing

@Suite struct MediaMessageTests {
  static let orders: [MediaOrder] = {
    var tight = MediaBudget()
    tight.maximumSeconds = 12.5
    return [
      MediaOrder(job: .probe, budget: .image),
      MediaOrder(job: .soundPrint, budget: .image),
      MediaOrder(job: .sample(SamplePlan(everySeconds: 0.25, audio: false)), budget: tight),
      MediaOrder(job: .decodeImage(maximumSide: 320), budget: .image),
      MediaOrder(job: .thumbnail(ThumbnailRequest(time: 1.5)), budget: tight),
      MediaOrder(job: .thumbnail(ThumbnailRequest()), budget: tight),
      MediaOrder(
        job: .synthesize(
          SynthesisRequest(
            prompt: "a \"fox\"\n\u{0}ジ", seed: .max, width: 1280, height: 720, seconds: 4,
            caption: "fox", dialogue: ["Hello.", "Bye."], referenceImage: true)),
        budget: MediaBudget()),
      MediaOrder(
        job: .mark(
          MarkRequest(text: "AI generated", handle: "@a", seed: [UInt8](repeating: 7, count: 32))),
        budget: MediaBudget()),
      MediaOrder(
        job: .readBack(
          ReadBackRequest(
            mark: MarkRequest(text: "AI generated", seed: [UInt8](repeating: 7, count: 32)),
            residual: true, signatures: false, thumbnail: ThumbnailRequest(time: 1.5),
            sheet: SpriteSheetRequest(columns: 2, rows: 3, tileSide: 160, quality: 50))),
        budget: MediaBudget()),
    ]
  }()

  static let answers: [MediaAnswer] = [
    .progress(0.5),
    .info(
      MediaInfo(
        container: "mp4", durationSeconds: 4, width: 720, height: 1280, rotation: 90,
        frameRate: 23.976, videoCodec: "h264", audioCodec: "aac", frameCount: 96,
        streams: [.init(kind: "video", codec: "h264"), .init(kind: "audio", codec: "aac")])),
    .frame(
      SampledFrame(
        time: 1.25, isSceneCut: true,
        image: RGBImage(width: 2, height: 1, pixels: [1, 2, 3, 4, 5, 6])!)),
    .signatureSums([3, 0, 1]),
    .visibleMark(score: 0.75, at: 1.5),
    .thumbnail([1, 2, 3]),
    .sheet([4]),
    .soundPrint([0, 1, .max, 0x1234_5678]),
    .audio([0, -1, 0.25, .leastNonzeroMagnitude]),
    .done(MediaOutcome(frames: 96, seconds: 4, outputBytes: 12, notes: ["one"])),
    .failure(MediaRefusal(.malformed, "The file ends early.")),
  ]

  @Test(arguments: orders) func ordersComeBackAsTheyWere(_ order: MediaOrder) throws {
    var decoder = MediaMessageDecoder()
    decoder.append(order.message.encoded)
    #expect(try MediaOrder(#require(try decoder.next())) == order)
    #expect(!decoder.isMidMessage)
  }

  @Test func answersComeBackWhereverTheStreamIsCut() throws {
    let stream = Self.answers.flatMap { $0.message.encoded }
    for size in [1, 7, 12, 64, stream.count] {
      var decoder = MediaMessageDecoder()
      var seen: [MediaAnswer] = []
      for start in stride(from: 0, to: stream.count, by: size) {
        decoder.append(stream[start..<min(start + size, stream.count)])
        while let message = try decoder.next() { seen.append(try MediaAnswer(message)) }
      }
      #expect(seen == Self.answers)
    }
  }

  @Test(
    arguments: [
      [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 2, 0xFF, 0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0x7B],
    ] as [[UInt8]])
  func lengthsAndHeadersThatCannotBeAreRefused(_ bytes: [UInt8]) {
    var decoder = MediaMessageDecoder()
    decoder.append(bytes)
    #expect(throws: MediaWireError.self) { try decoder.next() }
  }

  @Test func aFrameMustHaveAsManyPixelsAsItSays() {
    let lie = MediaMessage(
      header: ["answer": "frame", "time": 0, "scene_cut": false, "width": 2, "height": 2],
      body: [1, 2, 3])
    #expect(throws: MediaWireError.self) { try MediaAnswer(lie) }
  }

  @Test func soundMustBeNumbers() {
    let lie = MediaMessage(header: ["answer": "audio"], body: [0, 0, 0xC0, 0x7F])
    #expect(throws: MediaWireError.self) { try MediaAnswer(lie) }
  }

  @Test func aSeedOfTheWrongLengthIsNamed() {
    let order = MediaOrder(job: .mark(MarkRequest(text: "x", seed: [1])), budget: MediaBudget())
    #expect(throws: MediaWireError.self) { try MediaOrder(order.message) }
  }
}
