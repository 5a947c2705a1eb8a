import Classifiers
import Evidence
import MediaJobs
import Pixels
import StrictJSON
import TestKit
import Testing

@testable import Moderation

/// What pictures are said to show is judged by the rules for text.
struct SceneDescriptionTests {
  /// The red of the first pixel says how a picture is described.
  private struct Eyes: PictureDescribing {
    let check = "eyes"

    func describe(_ image: RGBImage) async -> PictureDescription {
      switch image.pixels[0] {
      case 1: .text("The picture shows something sexual.")
      case 2: .unknown(.timedOut)
      default: .text("The picture shows a boat.")
      }
    }
  }

  private struct Sign: PictureReading {
    let model: ModelIdentity? = nil
    let line: String
    func read(_ image: RGBImage) async -> PictureReader.Answer { .lines([line]) }
  }

  private func frame(_ red: UInt8, at time: Double, isSceneCut: Bool = false) -> SampledFrame {
    SampledFrame(
      time: time, isSceneCut: isSceneCut,
      image: RGBImage(width: 1, height: 1, pixels: [red, 0, 0])!)
  }

  private func inspect(_ reds: [UInt8]) async throws -> (Bench, Job) {
    var bench = try Bench()
    bench.media.frames = reds.enumerated().map { frame($1, at: Double($0)) }
    let job = try await bench.pipeline().describing(with: Eyes())
      .advance(bench.job(.generated)) { _ in }
    return (bench, job)
  }

  @Test func aForbiddenDescriptionBlocksAndIsOnRecord() async throws {
    let (bench, job) = try await inspect([0, 1])
    #expect(job.state == .blocked)
    let record = try #require(bench.log.records.first)
    #expect(record.decision.fired.first?.evidence == .scene)
    #expect(record.decision.fired.first?.time == 1...1)
    let payload = try JSONValue.parse(record.payload)
    #expect(payload["descriptions"]?.array?.count == 2)
  }

  @Test func aHarmlessDescriptionGoesOn() async throws {
    let (_, job) = try await inspect([0, 0])
    #expect(job.state == .inspected)
  }

  @Test func aPictureThatNobodyDescribedHolds() async throws {
    let (bench, job) = try await inspect([0, 2])
    #expect(job.state == .held)
    #expect(bench.log.records.first?.decision.fired.first?.unknown?.code == "timed_out")
  }

  @Test func anUploadIsDescribedToo() async throws {
    var bench = try Bench()
    bench.media.image = RGBImage(width: 1, height: 1, pixels: [1, 0, 0])!
    let answer = try await bench.pipeline().describing(with: Eyes())
      .screen(
        id: "v",
        Bench.request(
          "a street",
          reference: ReferenceFile(path: bench.folder.path("x"), declaredMediaType: "image/png")),
        subject: Subject(tenant: "t"))
    guard case .refused(let refusal) = answer else {
      Issue.record("\(answer)")
      return
    }
    #expect(refusal.parameter == "input_reference")
    // An auditor reads what was refused.
    let payload = try JSONValue.parse(try #require(bench.log.records.first).payload)
    #expect(payload["descriptions"] == ["The picture shows something sexual."])
  }

  /// The words of the rule stand half in the picture, half in the sound.
  @Test(arguments: [("sex", JobState.blocked), ("a boat", .inspected)])
  func whatIsWrittenAndWhatIsSaidAreReadTogether(written: String, state: JobState) async throws {
    var bench = try Bench()
    bench.media.frames = [frame(0, at: 0)]
    bench.media.audio = [0]
    bench.text.separator = ". "
    bench.speech = FixedSpeech(
      answer: .transcript(
        Transcript(speechRatio: 1, segments: [.init(start: 0, end: 1, text: "ual")])))
    let job = try await bench.pipeline().reading(with: Sign(line: written))
      .advance(bench.job(.generated)) { _ in }
    #expect(job.state == state)
  }

  @Test func aLongClipIsDescribedAtItsCutsAndBetweenThem() {
    let few = (0..<4).map { frame(0, at: Double($0)) }
    #expect(SceneDescription.chosen(few) == [0, 1, 2, 3])
    let long = (0..<61).map { frame(0, at: Double($0), isSceneCut: $0 == 20) }
    let chosen = SceneDescription.chosen(long)
    #expect(chosen.count == SceneDescription.pictureLimit)
    #expect(chosen.contains(0) && chosen.contains(20) && chosen.contains(60))
    let cuts = (0..<40).map { frame(0, at: Double($0), isSceneCut: true) }
    #expect(SceneDescription.chosen(cuts).count == SceneDescription.pictureLimit)
  }
}
