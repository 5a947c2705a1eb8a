import Evidence
import HTTPTypes
import Logging
import Moderation
import StrictJSON
import TestKit
import Testing

@testable import Gateway

@Suite struct ConsentRoutesTests {
  let bench: Bench

  init() throws {
    bench = try Bench(tenants: ["alice": ["may_claim": ["consents"]]])
  }

  private func give(_ more: JSONValue.Member...) async throws -> Answer {
    let members: [JSONValue.Member] = [
      .init("person", "actor-17"), .init("covers", ["covers_likeness"]),
      .init("attestation", "Signed release of 3 May, in the studio's files"),
    ]
    return try await bench.post("/v1/consents", .object(members + more))
  }

  private func id(_ answer: Answer) throws -> String {
    try #require(answer.json?["id"]?.string, "\(answer.json?.compact ?? "no JSON")")
  }

  @Test func `a consent is given, read, listed and revoked, and each act is in the log`()
    async throws
  {
    let given = try await give(.init("purpose", "autumn campaign"))
    #expect(given.status == 200)
    #expect(given.json?["status"]?.string == "active")
    let id = try id(given)
    #expect(try await bench.send(.get, "/v1/consents/\(id)").json == given.json)
    let list = try await bench.send(.get, "/v1/consents").json
    #expect(list?["data"]?.array?.compactMap { $0["id"]?.string } == [id])
    let revoked = try await bench.post("/v1/consents/\(id)/revoke", ["reason": "withdrawn"])
    #expect(revoked.json?["status"]?.string == "revoked")
    #expect(bench.acts.acts == ["consent.given", "consent.revoked"])
    // Again changes nothing.
    _ = try await bench.post("/v1/consents/\(id)/revoke", [:])
    #expect(bench.acts.acts.count == 2)
  }

  @Test func `only keys that may claim consents register them, and nobody sees another's`()
    async throws
  {
    let answer = try await bench.send(
      .post, "/v1/consents", key: "sk-b", headers: [.contentType: "application/json"],
      body: #"{"person": "x", "covers": ["covers_likeness"], "attestation": "y"}"#)
    #expect(answer.status == 403)
    #expect(answer.error?["code"]?.string == "consents_not_allowed")
    let id = try id(try await give())
    #expect(try await bench.send(.get, "/v1/consents/\(id)", key: "sk-b").status == 404)
    #expect(
      try await bench.send(.post, "/v1/consents/\(id)/revoke", key: "sk-b", body: "{}").status
        == 404)
    let list = try await bench.send(.get, "/v1/consents", key: "sk-b").json
    #expect(list?["data"]?.array?.isEmpty == true)
  }

  @Test(arguments: [
    ("person", JSONValue.null), ("attestation", .null), ("covers", .null),
    ("covers", .array(["no name"])),
    ("covers", .array([])), ("expires_at", 5), ("expires_at", "soon"), ("person", 7),
    ("purpose", ""),
  ])
  func `a consent without who, what or until when is refused`(
    _ field: String, _ value: JSONValue
  ) async throws {
    var body: JSONValue = ["person": "p", "covers": ["covers_likeness"], "attestation": "a"]
    body = body.setting(field, value)
    let answer = try await bench.post("/v1/consents", body)
    #expect(answer.status == 400)
    #expect(answer.error?["param"]?.string == field)
  }

  @Test func `a request rests on the consents it names, and policy hears of them`() async throws {
    let id = try id(try await give())
    let answer = try await bench.create(["prompt": "a fox", "consents": [.string(id)]])
    #expect(answer.status == 200)
    let video = try #require(answer.json?["id"]?.string)
    let job = try #require(try await bench.store.job(video)).job
    #expect(job.subject.consents == ["covers_likeness"])
    #expect(job.subject.consentRecords == [id])
    // They are about the subject, and no part of the clip.
    #expect(job.request.extras.isEmpty)
    for path in ["/v1/images/generations", "/v1/audio/speech"] {
      let piece = try await bench.post(
        path, ["prompt": "a fox", "input": "a fox", "consents": [.string(id)]])
      #expect(piece.status == 200, "\(path)")
    }
    #expect(bench.pieces.subjects.map(\.consentRecords) == [[id], [id]])
    #expect(bench.pieces.fields.allSatisfy { $0["consents[0]"] == nil })
  }

  @Test func `consents that do not hold, or are another's, are refused by name`() async throws {
    let other = try id(try await give(.init("end_user", "hash-1")))
    let cases: [(JSONValue, String)] = [
      (["prompt": "x", "consents": ["consent_0"]], "consent_not_found"),
      (["prompt": "x", "consents": [.string(other)]], "consent_not_yours"),
    ]
    for (body, code) in cases {
      let answer = try await bench.create(body)
      #expect(answer.status == 400)
      #expect(answer.error?["code"]?.string == code)
    }
    let mine = try await bench.create([
      "prompt": "x", "consents": [.string(other)], "safety_identifier": "hash-1",
    ])
    #expect(mine.status == 200)
    let short = try id(try await give(.init("expires_at", 1_767_225_800)))
    bench.clock.advance(milliseconds: 200_000)
    let late = try await bench.create(["prompt": "x", "consents": [.string(short)]])
    #expect(late.error?["code"]?.string == "consent_expired")
  }

  @Test func `a withdrawn consent closes the door to what was made with it`() async throws {
    let id = try id(try await give())
    try bench.workspace.prepare("video_1")
    try bench.folder.write("data/released/video_1.mp4", [1, 2, 3])
    var job = Job(
      id: "video_1", subject: Subject(tenant: "alice", consentRecords: [id]),
      request: JobStoreTests.job("video_1").request, createdAt: 1_767_225_600, state: .released)
    job.hashes["sealed"] = "cafe"
    _ = try await bench.store.insert(job, bodyHash: "h")
    let picture = try await bench.post(
      "/v1/images/generations",
      ["prompt": "a fox", "response_format": "url", "consents": [.string(id)]])
    let url = try #require(picture.json?["data"]?.array?.first?["url"]?.string)
    let file = "/files/\(try #require(url.split(separator: "/").last))"
    #expect(try await bench.send(.get, "/v1/videos/video_1/content").status == 200)
    #expect(try await bench.send(.get, file, key: nil).status == 200)
    _ = try await bench.post("/v1/consents/\(id)/revoke", [:])
    for path in [
      "/v1/videos/video_1/content", "/v1/videos/video_1/content?variant=thumbnail", file,
    ] {
      let answer = try await bench.send(.get, path)
      #expect(answer.status == 404)
      #expect(answer.error?["code"]?.string == "consent_revoked")
    }
    // A remix shows whom its source shows.
    let remix = try await bench.post("/v1/videos/video_1/remix", ["prompt": "at night"])
    #expect(remix.error?["code"]?.string == "consent_revoked")
    #expect(bench.acts.acts.filter { $0 == "consent.withheld" }.count >= 1)
  }

  @Test func `a character carries the consents it was made with`() async throws {
    let id = try id(try await give())
    try await bench.records.insert(
      CharacterRoutes.kind, "char_1", tenant: "alice",
      ["id": "char_1", "created_at": 0, "name": "Ann", "consents": [.string(id)]])
    let made = try await bench.create(["prompt": "Ann walks", "characters": [["id": "char_1"]]])
    let video = try #require(made.json?["id"]?.string)
    #expect(try await bench.store.job(video)?.job.subject.consentRecords == [id])
    _ = try await bench.post("/v1/consents/\(id)/revoke", [:])
    let later = try await bench.create(["prompt": "Ann runs", "characters": ["char_1"]])
    #expect(later.error?["code"]?.string == "consent_revoked")
    let unknown = try await bench.create(["prompt": "Bea runs", "characters": ["char_2"]])
    #expect(unknown.error?["code"]?.string == "character_not_found")
  }

  @Test func `a job whose consent is withdrawn meanwhile is not finished`() async throws {
    let id = try id(try await give())
    let job = Job(
      id: "video_1", subject: Subject(tenant: "alice", consentRecords: [id]),
      request: JobStoreTests.job("video_1").request, createdAt: bench.clock.seconds)
    _ = try await bench.store.insert(job, bodyHash: "h")
    _ = try await bench.post("/v1/consents/\(id)/revoke", [:])
    let claimed = try #require(try await bench.store.claim(excluding: [], now: bench.clock.seconds))
    let clock = bench.clock
    await JobRunner(
      store: bench.store, pipeline: bench.pipeline,
      logger: .init(label: "test") { _ in SwiftLogNoOpLogHandler() }, consents: bench.consents,
      clock: { clock.seconds }
    ).drive(claimed)
    #expect(try await bench.store.job("video_1")?.job.state == .failed)
    #expect(bench.pipeline.abandoned == ["consent_revoked"])
    #expect(bench.pipeline.steps.isEmpty)
  }
}
