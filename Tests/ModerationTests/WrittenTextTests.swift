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
    let model: ModelIdentity? = ModelIdentity(name: "signs 1", sha256: "ab")

    func read(_ image: RGBImage) async -> PictureReader.Answer {
      switch image.pixels[0] {
      case 1: .lines(["some", "violence"])
      case 2: .unknown(.modelMissing("no reading model"))
      case 3: .lines(["a quiet sign"])
      case 4: .lines(["Al generated", "Algenerated-"])
      case 5: .lines(["Al generated", "violence"])
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
    let (bench, job) = try await inspect([0, 3, 3])
    #expect(job.state == .inspected)
    // That the frames were read, and by what, is on record for those without a word, too.
    let record = try #require(bench.log.records.first)
    #expect(record.models.contains { $0.name == "signs 1" })
  }

  /// The core behind may be a gateway that marks its clips, and the text model knows no marks.
  @Test func aMarkThatSaysGeneratedIsNotJudgedButWhatStandsBesideItIs() async throws {
    var bench = try Bench()
    bench.media.frames = [frame(4, at: 0)]
    bench.text.isAlarmed = true
    let marked = try await bench.pipeline().reading(with: Signs())
      .advance(bench.job(.generated)) { _ in }
    #expect(marked.state == .inspected)
    let (_, beside) = try await inspect([4, 5])
    #expect(beside.state == .blocked)
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
