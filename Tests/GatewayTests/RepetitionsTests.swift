import Evidence
import HTTPTypes
import StrictJSON
import TestKit
import Testing

@testable import Gateway

@Suite struct RepetitionsTests {
  let bench: Bench

  init() throws { bench = try Bench(tenants: ["alice": ["may_claim": ["consents"]]]) }

  private func draw(_ prompt: String = "a fox", _ headers: HTTPFields = [:]) async throws -> Answer
  {
    try await bench.post("/v1/images/generations", ["prompt": .string(prompt)], headers: headers)
  }

  @Test func `a key makes one act of two requests, with the same answer`() async throws {
    let first = try await draw("a fox", [.idempotencyKey: "k"])
    let second = try await draw("a fox", [.idempotencyKey: "k"])
    #expect(first.status == 200)
    #expect(second.bytes == first.bytes)
    #expect(bench.pieces.subjects.count == 1)
    // Without a key, equal requests are two wishes.
    #expect(try await draw().bytes != first.bytes)
    #expect(bench.pieces.subjects.count == 2)
  }

  @Test func `a key with another body is refused, and is not retried`() async throws {
    _ = try await draw("a fox", [.idempotencyKey: "k"])
    let other = try await draw("a hare", [.idempotencyKey: "k"])
    #expect(other.status == 409)
    #expect(other.headers[.shouldRetry] == "false")
    #expect(bench.pieces.subjects.count == 1)
  }

  @Test func `a key belongs to a tenant and to a route`() async throws {
    let key: HTTPFields = [.idempotencyKey: "k", .contentType: "application/json"]
    _ = try await draw("a fox", key)
    _ = try await bench.send(
      .post, "/v1/images/generations", key: "sk-b", headers: key, body: #"{"prompt": "a fox"}"#)
    _ = try await bench.post("/v1/audio/speech", ["input": "a fox"], headers: key)
    #expect(bench.pieces.subjects.map(\.tenant) == ["alice", "bob", "alice"])
  }

  @Test func `a client's own repetition has the answer of the first`() async throws {
    let first = try await draw()
    let again = try await draw("a fox", [.retryCount: "1"])
    #expect(again.bytes == first.bytes)
    #expect(try await draw("a hare", [.retryCount: "1"]).status == 200)
    #expect(bench.pieces.subjects.count == 2)
  }

  @Test func `requests at the same time with one key are one act`() async throws {
    let answers = try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<10 {
        group.addTask { try await draw("a fox", [.idempotencyKey: "k"]).bytes }
      }
      return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
    }
    #expect(answers.count == 1)
    #expect(bench.pieces.subjects.count == 1)
  }

  @Test func `a refusal under a key is kept like any answer`() async throws {
    let first = try await draw("forbidden", [.idempotencyKey: "k"])
    let second = try await draw("forbidden", [.idempotencyKey: "k"])
    #expect(first.status == 400)
    #expect(second.status == 400)
    #expect(second.error == first.error)
    #expect(bench.pieces.subjects.count == 1)
  }

  @Test func `a boundary makes no other request`() async throws {
    for boundary in ["aaa", "bbb"] {
      let body = """
        --\(boundary)\r\ncontent-disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF\r
        --\(boundary)--\r

        """
      let answer = try await bench.send(
        .post, "/v1/audio/transcriptions",
        headers: [
          .contentType: "multipart/form-data; boundary=\(boundary)", .idempotencyKey: "k",
        ], body: body)
      #expect(answer.status == 200)
    }
    #expect(bench.pieces.subjects.count == 1)
  }

  @Test func `consents and their like are made once too`() async throws {
    let body: JSONValue = ["person": "p", "covers": ["covers_likeness"], "attestation": "a"]
    let first = try await bench.post("/v1/consents", body, headers: [.idempotencyKey: "k"])
    let second = try await bench.post("/v1/consents", body, headers: [.idempotencyKey: "k"])
    #expect(first.json?["id"] == second.json?["id"])
    #expect(bench.acts.acts == ["consent.given"])
  }
}
