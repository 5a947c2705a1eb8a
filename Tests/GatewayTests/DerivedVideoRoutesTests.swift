import HTTPTypes
import Moderation
import StrictJSON
import Testing

@testable import Gateway

@Suite struct DerivedVideoRoutesTests {
  let bench: Bench

  init() throws { bench = try Bench() }

  private let form: HTTPFields = [.contentType: "multipart/form-data; boundary=B"]
  private let json: HTTPFields = [.contentType: "application/json"]

  private func part(_ name: String, _ value: String) -> String {
    "--B\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
  }

  private func file(_ name: String, _ value: String) -> String {
    "--B\r\nContent-Disposition: form-data; name=\"\(name)\"; filename=\"v.mp4\"\r\n"
      + "Content-Type: video/mp4\r\n\r\n\(value)\r\n"
  }

  @Test func `a remix starts from the caller's own released clip`() async throws {
    try await bench.release("video_1", [1, 2, 3])
    let answer = try await bench.send(
      .post, "/v1/videos/video_1/remix", headers: json, body: #"{"prompt": "at night"}"#)
    #expect(answer.status == 200, "\(answer.json?.compact ?? "")")
    #expect(answer.json?["remixed_from_video_id"]?.string == "video_1")
    #expect(answer.json?["status"]?.string == "queued")
    let request = try #require(bench.pipeline.screened.first)
    #expect(request.operation == .remix && request.source == "video_1")
    let other = try await bench.send(
      .post, "/v1/videos/video_1/remix", key: "sk-b", headers: json, body: #"{"prompt": "x"}"#)
    #expect(other.status == 404)
    #expect(bench.pipeline.screened.count == 1)
    #expect(Set(bench.quarantined) == ["video_1", try #require(answer.json?["id"]?.string)])
  }

  /// The ways in which clients name the clip of an edit or an extension.
  @Test func `all body forms name one clip`() async throws {
    try await bench.release("video_1", [1, 2, 3])
    let upload = try await bench.send(
      .post, "/v1/videos/edits", headers: form,
      body: part("prompt", "rain") + file("video", "MP4") + "--B--\r\n")
    #expect(upload.status == 200)
    #expect(bench.pipeline.screened.last?.reference?.declaredMediaType == "video/mp4")
    // An empty file part beside an id is how a client gets past its own type check.
    let both = try await bench.send(
      .post, "/v1/videos/extensions", headers: form,
      body: part("prompt", "on") + part("seconds", "8") + part("video[id]", "video_1")
        + file("video", "") + "--B--\r\n")
    #expect(both.status == 200, "\(both.json?.compact ?? "")")
    #expect(both.json?["seconds"]?.string == "12")
    let plain = try await bench.send(
      .post, "/v1/videos/edits", headers: json,
      body: #"{"prompt": "snow", "video": {"id": "video_1"}}"#)
    #expect(plain.status == 200)
    #expect(bench.pipeline.screened.last?.source == "video_1")
  }

  @Test func `no clip, two clips and unknown clips are told apart`() async throws {
    try await bench.release("video_1", [1])
    let two = try await bench.send(
      .post, "/v1/videos/edits", headers: form,
      body: part("prompt", "x") + part("video[id]", "video_1") + file("video", "MP4") + "--B--\r\n")
    #expect(two.status == 400 && two.error?["param"]?.string == "video")
    let none = try await bench.send(
      .post, "/v1/videos/edits", headers: json, body: #"{"prompt": "x"}"#)
    #expect(none.status == 400 && none.error?["code"]?.string == "missing_required_parameter")
    let unknown = try await bench.send(
      .post, "/v1/videos/edits", headers: json, body: #"{"prompt": "x", "video": {"id": "v"}}"#)
    #expect(unknown.status == 404)
    let refused = try await bench.send(
      .post, "/v1/videos/edits", headers: json,
      body: #"{"prompt": "forbidden", "video": {"id": "video_1"}}"#)
    #expect(refused.status == 400 && refused.error?["code"]?.string == "moderation_blocked")
    #expect(bench.quarantined == ["video_1"])
  }

  @Test func `a character needs a name and a clip, and is its maker's own`() async throws {
    let answer = try await bench.send(
      .post, "/v1/videos/characters", headers: form,
      body: part("name", "Ada") + file("video", "MP4") + "--B--\r\n")
    #expect(answer.status == 200 && answer.json?["name"]?.string == "Ada")
    let id = try #require(answer.json?["id"]?.string)
    #expect(try await bench.send(.get, "/v1/videos/characters/\(id)").json == answer.json)
    #expect(try await bench.send(.get, "/v1/videos/characters/\(id)", key: "sk-b").status == 404)
    let nameless = try await bench.send(
      .post, "/v1/videos/characters", headers: form, body: file("video", "MP4") + "--B--\r\n")
    #expect(nameless.status == 400 && nameless.error?["param"]?.string == "name")
    #expect(bench.quarantined.isEmpty)
  }
}
