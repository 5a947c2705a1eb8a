import Classifiers
import Evidence
import Testing

@testable import RemoteChecks

/// A speech model behind `/v1/audio/transcriptions`.
@Suite struct RemoteTranscriberTests {
  private func heard(_ server: OneAnswer, samples: [Float]) async throws -> SpeechResult {
    let list = try RemoteCheckList.one("transcriptions", #", "key": "k""#)
    return try await #require(list.transcriber(transport: server)).transcribe(samples)
  }

  private static let twoSeconds = [Float](repeating: 0.5, count: 32_000)

  @Test func `segments come with their times`() async throws {
    let server = OneAnswer(
      200,
      #"{"text": "hello there", "segments": [{"start": 0.5, "end": 1, "text": " hello"}, "#
        + #"{"start": 1, "end": 1.5, "text": " there"}]}"#)
    guard case .transcript(let transcript) = try await heard(server, samples: Self.twoSeconds)
    else {
      Issue.record("nothing heard")
      return
    }
    #expect(transcript.segments.map(\.text) == [" hello", " there"])
    #expect(transcript.segments.map(\.start) == [0.5, 1])
    #expect(transcript.speechRatio == 0.5)
    #expect(transcript.models.map(\.name) == ["remote far https://checks.example/v1"])
  }

  @Test func `the sound goes as a WAV file in a form`() async throws {
    let server = OneAnswer(200, #"{"text": ""}"#)
    _ = try await heard(server, samples: [0, 1, -1])
    let request = try #require(server.sent.first)
    #expect(request.headers.contains { $0 == ("Authorization", "Bearer k") })
    let type = try #require(request.headers.first { $0.0 == "Content-Type" }?.1)
    let boundary = try #require(type.split(separator: "boundary=").last)
    let body = String(decoding: request.body, as: UTF8.self)
    #expect(body.hasPrefix("--\(boundary)\r\n") && body.hasSuffix("\r\n--\(boundary)--\r\n"))
    #expect(body.contains("name=\"response_format\"\r\n\r\nverbose_json\r\n"))
    let wave = RemoteTranscriber.wave([0, 1, -1])
    #expect(wave.count == 50)
    #expect(wave.suffix(6) == [0, 0, 0xFF, 0x7F, 0x01, 0x80])
    #expect(request.body.firstRange(of: wave) != nil)
  }

  @Test func `words without times are said at some time`() async throws {
    #expect(
      try await heard(OneAnswer(200, #"{"text": "hello"}"#), samples: Self.twoSeconds)
        == .transcript(
          Transcript(
            speechRatio: 1, segments: [.init(start: 0, end: 2, text: "hello")],
            models: [ModelIdentity(name: "remote far https://checks.example/v1", sha256: "")])))
  }

  @Test func `silence is nothing heard, not nothing known`() async throws {
    guard
      case .transcript(let transcript) = try await heard(
        OneAnswer(200, #"{"text": "", "segments": []}"#), samples: Self.twoSeconds)
    else {
      Issue.record("silence was not judged")
      return
    }
    #expect(transcript.segments.isEmpty && transcript.speechRatio == 0)
  }

  @Test(arguments: [
    #"{"segments": []}"#, "hello",
    #"{"text": "a", "segments": [{"start": 5, "end": 9, "text": "a"}]}"#,
    #"{"text": "a", "segments": [{"start": 1, "end": 0, "text": "a"}]}"#,
    #"{"text": "a", "segments": [{"text": "a"}]}"#,
  ])
  func `anything else is unknown`(answer: String) async throws {
    guard case .unknown(.failed) = try await heard(OneAnswer(200, answer), samples: Self.twoSeconds)
    else {
      Issue.record("\(answer) was taken for a transcript")
      return
    }
  }
}
