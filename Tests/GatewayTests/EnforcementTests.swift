import HTTPTypes
import Logging
import StrictJSON
import TestKit
import Testing

@testable import Gateway

@Suite struct EnforcementTests {
  let bench: Bench

  init() throws { bench = try Bench(strikes: (warning: 2, deactivation: 3)) }

  private func ask(_ prompt: String, _ who: String?, key: String = "sk-a") async throws -> Answer {
    let who = who.map { #", "safety_identifier": "\#($0)""# } ?? ""
    return try await bench.send(
      .post, "/v1/videos", key: key, headers: [.contentType: "application/json"],
      body: #"{"prompt": "\#(prompt)"\#(who)}"#)
  }

  @Test func `refusals bring a warning, then a closed door, and a person opens it`() async throws {
    for _ in 0..<3 { #expect(try await ask("forbidden", "u1").status == 400) }
    let closed = try await ask("a fox", "u1")
    #expect(closed.status == 403 && closed.error?["code"]?.string == "account_deactivated")
    // Neither another end user nor another tenant's of the same name.
    #expect(try await ask("a fox", "u2").status == 200)
    #expect(try await ask("a fox", "u1", key: "sk-b").status == 200)

    let cases = try await bench.send(.get, "/v1/safety/cases").json?["data"]?.array
    #expect(
      cases?.map { $0["notice"]?["type"]?.string } == ["deactivation", "warning"])
    let id = try #require(cases?.first?["id"]?.string)
    let read = try await bench.send(.get, "/v1/safety/cases/\(id)")
    #expect(read.json?["object"]?.string == "safety.case")
    #expect(read.json?["entity_identifier"]?.string == "u1")
    #expect(try await bench.send(.get, "/v1/safety/cases/\(id)", key: "sk-b").status == 404)

    let lift = #"{"reason": "A mistake."}"#
    let refused = try await bench.send(.post, "/v1/safety/cases/\(id)/lift", body: lift)
    #expect(refused.status == 403)
    let lifted = try await bench.send(
      .post, "/v1/safety/cases/\(id)/lift", key: "sk-t", body: lift)
    #expect(lifted.status == 200, "\(lifted.json?.compact ?? "")")
    #expect(try await ask("a fox", "u1").status == 200)
  }

  @Test func `nobody is counted without an identifier`() async throws {
    for _ in 0..<5 { #expect(try await ask("forbidden", nil).status == 400) }
    #expect(try await ask("a fox", nil).status == 200)
    #expect(try await bench.send(.get, "/v1/safety/cases").json?["data"] == [])
  }

  @Test func `receivers report without a key, reviewers read`() async throws {
    let report = try await bench.send(
      .post, "/reports", key: nil, body: #"{"asset": "video_1", "reason": "It shows me."}"#)
    #expect(report.status == 200 && report.json?["object"]?.string == "report")
    let empty = try await bench.send(.post, "/reports", key: nil, body: #"{"asset": "video_1"}"#)
    #expect(empty.status == 400 && empty.error?["param"]?.string == "reason")
    #expect(try await bench.send(.get, "/v1/reports").status == 403)
    let list = try await bench.send(.get, "/v1/reports", key: "sk-r").json?["data"]?.array
    #expect(list?.first?["reason"]?.string == "It shows me.")
  }
}
