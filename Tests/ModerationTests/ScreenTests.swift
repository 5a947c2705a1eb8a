import Evidence
import MediaClient
import MediaJobs
import Moderation
import TestKit
import Testing

struct ScreenTests {
  private func refusal(_ answer: ScreeningAnswer) throws -> Refusal {
    guard case .refused(let refusal) = answer else {
      Issue.record("expected a refusal, got \(answer)")
      throw CancellationError()
    }
    return refusal
  }

  @Test func aHarmlessPromptIsAcceptedAndLogged() async throws {
    let bench = try Bench()
    let answer = try await bench.pipeline().screen(
      id: "video_1", Bench.request("a boat"), subject: Bench.subject)
    guard case .accepted(let job) = answer else {
      Issue.record("\(answer)")
      return
    }
    #expect(job.state == .queued)
    #expect(bench.log.records.map(\.id) == ["video_1.screen"])
    #expect(bench.log.records.first?.decision.outcome == .allow)
  }

  @Test func aForbiddenPromptIsRefusedWithItsCategoryAndLogged() async throws {
    let bench = try Bench()
    let answer = try await bench.pipeline().screen(
      id: "video_1", Bench.request("something sexual"), subject: Bench.subject)
    let refusal = try refusal(answer)
    #expect(refusal.categories == ["sexual"])
    #expect(refusal.parameter == "prompt")
    #expect(bench.log.records.first?.decision.outcome == .block)
  }

  @Test func fieldsThatReachTheCoreAreJudgedToo() async throws {
    let bench = try Bench()
    let answer = try await bench.pipeline().screen(
      id: "video_1", Bench.request("a boat", extras: ["negative_prompt": "not sexual"]),
      subject: Bench.subject)
    #expect(try refusal(answer).categories == ["sexual"])
  }

  @Test func theNameOfAnEndUserIsNotJudgedAsText() async throws {
    let bench = try Bench()
    let answer = try await bench.pipeline().screen(
      id: "video_1", Bench.request("a boat", extras: ["safety_identifier": "sexual-7"]),
      subject: Bench.subject)
    guard case .accepted = answer else {
      Issue.record("\(answer)")
      return
    }
  }

  @Test func aTextCheckWithoutAnAnswerHolds() async throws {
    var bench = try Bench()
    bench.text.unknown = .modelMissing("no encoder")
    let answer = try await bench.pipeline().screen(
      id: "video_1", Bench.request("a boat"), subject: Bench.subject)
    guard case .held(let job) = answer else {
      Issue.record("\(answer)")
      return
    }
    #expect(job.state == .held)
    #expect(job.error?.code == "moderation_held")
  }

  @Test func anUploadThatNobodyCouldReadIsALeafToo() async throws {
    var bench = try Bench()
    bench.media.failure = .refused(MediaRefusal(.malformed, "It is damaged."))
    let upload = ReferenceFile(path: "/nowhere", declaredMediaType: "image/png")
    await #expect(throws: UnusableUpload.self) {
      _ = try await bench.pipeline().screen(
        id: "video_1", Bench.request("a boat", reference: upload), subject: Bench.subject)
    }
    let record = try #require(bench.log.records.first)
    #expect(bench.log.records.count == 1 && record.decision.outcome == .block)
    #expect(record.decision.fired.first?.rule == "upload.invalid_image_file")
  }

  @Test func aJobThatIsGivenUpHasOneLeafThatSaysSo() async throws {
    let bench = try Bench()
    let pipeline = try bench.pipeline()
    let error = JobError(code: "deadline_exceeded", message: "Too late.")
    let job = try bench.job(.generated)
    let end = try await pipeline.abandon(job, because: error)
    _ = try await pipeline.abandon(job, because: error)
    #expect(end.state == .failed && end.error == error)
    #expect(bench.log.records.count == 1)
    #expect(bench.log.records.first?.decision.stage == .inspect)
    #expect(bench.log.records.first?.decision.fired.first?.rule == "job.deadline_exceeded")
  }

  @Test func aVideoUploadIsRefusedInThePolicysWords() async throws {
    var bench = try Bench()
    bench.media.uploadKind = .video
    let upload = ReferenceFile(path: "/nowhere", declaredMediaType: "image/png")
    let answer = try await bench.pipeline().screen(
      id: "video_1", Bench.request("a boat", reference: upload), subject: Bench.subject)
    let refusal = try refusal(answer)
    #expect(refusal.message == "Video uploads are not accepted.")
    #expect(refusal.parameter == "input_reference")
  }

  @Test func theLogNamesNobody() async throws {
    let bench = try Bench()
    _ = try await bench.pipeline().screen(
      id: "video_1", Bench.request("a boat"), subject: Bench.subject)
    let record = try #require(bench.log.records.first)
    #expect(!record.subject.contains("studio"))
    #expect(!record.subject.contains("user-42"))
    #expect(record.subject.count == 32)
    let payload = String(decoding: record.payload, as: UTF8.self)
    #expect(payload.contains("user-42"), "what is personal stands in the erasable payload")
  }
}
