import Classifiers
import Evidence
import MediaClient
import MediaJobs
import Moderation
import Pixels
import Testing

struct InspectTests {
  private func inspect(_ bench: Bench) async throws -> Job {
    try await bench.pipeline().advance(bench.job(.generated)) { _ in }
  }

  @Test func aHarmlessClipGoesOn() async throws {
    let bench = try Bench()
    let job = try await inspect(bench)
    #expect(job.state == .inspected)
    #expect(job.inspectionEntry == 0)
  }

  @Test func spokenWordsAreJudgedByTheRulesForTranscripts() async throws {
    var bench = try Bench()
    bench.media.audio = [0]
    bench.speech = FixedSpeech(
      answer: .transcript(
        Transcript(
          speechRatio: 0.4,
          segments: [.init(start: 1.5, end: 2.25, text: "now for some violence")])))
    let job = try await inspect(bench)
    #expect(job.state == .blocked)
    #expect(job.error?.code == "moderation_blocked")
    let rule = try #require(bench.log.records.first?.decision.fired.first)
    #expect(rule.rule == "violence.spoken")
    #expect(rule.time == 1.5...2.25)
  }

  @Test func aSentenceCutBetweenTwoSegmentsIsHeardWhole() async throws {
    var bench = try Bench()
    bench.media.audio = [0]
    bench.speech = FixedSpeech(
      answer: .transcript(
        Transcript(
          speechRatio: 1,
          segments: [.init(start: 0, end: 1, text: "se"), .init(start: 1, end: 2, text: "xual")])))
    // Joined by a space they are two words again: the whole is judged as one text, not glued.
    #expect(try await inspect(bench).state == .inspected)
  }

  @Test func soundThatCannotBeHeardHolds() async throws {
    var bench = try Bench()
    bench.media.audio = [0]
    bench.speech = FixedSpeech(answer: .unknown(.modelMissing("no speech model")))
    let job = try await inspect(bench)
    #expect(job.state == .held)
  }

  @Test func aClipThatCannotBeSampledHolds() async throws {
    var bench = try Bench()
    bench.media.failure = .crashed("signal 11")
    let job = try await inspect(bench)
    #expect(job.state == .held)
    #expect(bench.log.records.first?.decision.outcome == .review)
  }

  @Test func oneForbiddenFrameBlocksWithItsTime() async throws {
    var bench = try Bench()
    let red = RGBImage(width: 1, height: 1, pixels: [255, 0, 0])!
    bench.media.frames.append(SampledFrame(time: 3, isSceneCut: true, image: red))
    let job = try await inspect(bench)
    #expect(job.state == .blocked)
    #expect(bench.log.records.first?.decision.fired.first?.time == 3...3)
  }

  @Test func whatTheCoreMadeOfThePromptIsJudged() async throws {
    let bench = try Bench()
    var job = try bench.job(.generated)
    job.scene = "a sexual scene"
    #expect(try await bench.pipeline().advance(job) { _ in }.state == .blocked)
  }
}
