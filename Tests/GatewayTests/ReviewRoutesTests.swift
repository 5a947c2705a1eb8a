import Evidence
import HTTPTypes
import Moderation
import StrictJSON
import Synchronization
import TestKit
import Testing

@testable import Gateway

/// People without a log: what they do is kept as words.
final class StubReviewing: Reviewing {
  private let notes = Mutex<[String]>([])
  var acts: [String] { notes.withLock { $0 } }

  func reviewed(_ job: Job, _ verdict: HumanVerdict) async throws -> Job {
    notes.withLock { $0.append("\(verdict.answer.rawValue) by \(verdict.reviewers.count)") }
    var job = job
    job.state = verdict.answer == .release ? .inspected : .blocked
    return job
  }

  func note(
    _ act: String, id: String, asset: String, subject: Subject, payload: [JSONValue.Member]
  ) async throws {
    notes.withLock { $0.append(act) }
  }
}

@Suite struct ReviewRoutesTests {
  private let people = StubReviewing()
  private let json: HTTPFields = [.contentType: "application/json"]

  private func bench(needsTwo: Bool = false) async throws -> Bench {
    let bench = try Bench(reviewing: people, needsTwo: needsTwo)
    var job = JobStoreTests.job("video_1", state: .held)
    job.stoppedAt = .inspect
    _ = try await bench.store.insert(job, bodyHash: "h")
    return bench
  }

  private func decide(
    _ bench: Bench, _ answer: String, key: String = "sk-r", reason: String? = "seen"
  ) async throws -> Answer {
    let reason = reason.map { #", "reason": "\#($0)""# } ?? ""
    return try await bench.send(
      .post, "/v1/reviews/video_1/decide", key: key, headers: json,
      body: #"{"decision": "\#(answer)"\#(reason)}"#)
  }

  @Test func `only reviewers see the queue, and a decision needs a reason`() async throws {
    let bench = try await bench()
    for (method, path) in [
      (HTTPRequest.Method.get, ""), (.get, "/video_1"), (.post, "/video_1/claim"),
      (.post, "/video_1/decide"), (.get, "/video_1/content"),
    ] {
      let answer = try await bench.send(method, "/v1/reviews\(path)")
      #expect(answer.status == 403 && answer.error?["code"]?.string == "insufficient_scope")
    }
    let queue = try await bench.send(.get, "/v1/reviews", key: "sk-r")
    #expect(queue.json?["data"]?.array?.first?["id"]?.string == "video_1")
    #expect(try await decide(bench, "release", reason: nil).error?["param"]?.string == "reason")
    #expect(try await decide(bench, "maybe").error?["param"]?.string == "decision")
    #expect(people.acts.isEmpty)
    let done = try await decide(bench, "release")
    #expect(done.status == 200 && done.json?["status"]?.string == "decided")
    #expect(people.acts == ["release by 1"])
    #expect(try await bench.store.job("video_1")?.job.state == .inspected)
    #expect(try await decide(bench, "block").error?["code"]?.string == "not_in_review")
  }

  @Test func `two people release where two are needed`() async throws {
    let bench = try await bench(needsTwo: true)
    #expect(try await decide(bench, "release").json?["status"]?.string == "waiting")
    #expect(try await bench.store.job("video_1")?.job.state == .held)
    #expect(try await decide(bench, "release").error?["code"]?.string == "second_person_needed")
    let second = try await decide(bench, "release", key: "sk-s")
    #expect(second.json?["status"]?.string == "decided")
    #expect(people.acts == ["review.first-vote", "release by 2"])
  }

  @Test func `a claim keeps others away`() async throws {
    let bench = try await bench()
    let claim = try await bench.send(.post, "/v1/reviews/video_1/claim", key: "sk-r")
    #expect(claim.json?["claim"]?["by"]?.string == "rita")
    let other = try await decide(bench, "release", key: "sk-s")
    #expect(other.status == 409 && other.headers[.shouldRetry] == "false")
    #expect(try await decide(bench, "block").status == 200)
    #expect(people.acts == ["review.claimed", "block by 1"])
  }

  @Test func `a blocked video comes back by appeal only`() async throws {
    let bench = try await bench()
    #expect(try await decide(bench, "block").status == 200)
    #expect(try await bench.send(.get, "/v1/reviews", key: "sk-r").json?["data"] == [])
    let appeal = try await bench.send(
      .post, "/v1/videos/video_1/appeal", headers: json, body: #"{"reason": "It is my own dog."}"#)
    #expect(appeal.json?["status"]?.string == "open")
    let other = try await bench.send(
      .post, "/v1/videos/video_1/appeal", key: "sk-b", headers: json, body: #"{"reason": "x"}"#)
    #expect(other.status == 404)
    let queue = try await bench.send(.get, "/v1/reviews", key: "sk-r")
    #expect(queue.json?["data"]?.array?.count == 1)
    #expect(try await decide(bench, "release").status == 200)
  }
}
