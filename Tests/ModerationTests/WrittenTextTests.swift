import Classifiers
import Evidence
import MediaJobs
import Moderation
import Pixels
import TestKit
import Testing

/// What is written in frames and uploads is judged by the rules for text.
struct WrittenTextTests {
  /// The red of the first pixel says what is read.
  private struct Signs: PictureReading {
    func read(_ image: RGBImage) async -> PictureReader.Answer {
      switch image.pixels[0] {
      case 1: .lines(["some", "violence"])
      case 2: .unknown(.modelMissing("no reading model"))
      case 3: .lines(["a quiet sign"])
      default: .lines([])
      }
    }
  }

  private func frame(_ red: UInt8, at time: Double) -> SampledFrame {
    SampledFrame(
      time: time, isSceneCut: false, image: RGBImage(width: 1, height: 1, pixels: [red, 0, 0])!)
  }

  private func inspect(_ reds: [UInt8]) async throws -> (Bench, Job) {
    var bench = try Bench()
    bench.media.frames = reds.enumerated().map { frame($1, at: Double($0)) }
    let job = try await bench.pipeline().reading(with: Signs())
      .advance(bench.job(.generated)) { _ in }
    return (bench, job)
  }

  @Test func aForbiddenSignBlocksFromItsFirstFrameToItsLast() async throws {
    let (bench, job) = try await inspect([0, 1, 3, 1])
    #expect(job.state == .blocked)
    let fired = try #require(bench.log.records.first?.decision.fired)
    #expect(fired.map(\.rule) == ["violence.written"])
    #expect(fired.first?.time == 1...3)
  }

  @Test func aHarmlessSignAndAnEmptyPictureGoOn() async throws {
    #expect(try await inspect([0, 3, 3]).1.state == .inspected)
  }

  @Test func aPictureThatNobodyCouldReadHolds() async throws {
    let (bench, job) = try await inspect([0, 2])
    #expect(job.state == .held)
    #expect(bench.log.records.first?.decision.fired.first?.unknown?.code != nil)
  }

  @Test func whatStandsInAnUploadIsJudgedToo() async throws {
    var bench = try Bench()
    bench.media.image = RGBImage(width: 1, height: 1, pixels: [1, 0, 0])!
    let request = VideoRequest(
      prompt: "a street", model: "m", seconds: 4, size: FrameSize(width: 64, height: 64),
      reference: ReferenceFile(path: bench.folder.path("x"), declaredMediaType: "image/png"))
    let answer = try await bench.pipeline().reading(with: Signs())
      .screen(id: "v", request, subject: Subject(tenant: "t"))
    guard case .refused(let refusal) = answer else {
      Issue.record("\(answer)")
      return
    }
    #expect(refusal.categories == ["violence"])
    #expect(refusal.parameter == "input_reference")
  }
}
