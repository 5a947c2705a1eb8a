import Foundation
import TestKit
import Testing

extension Conformance {
  /// The official client, unmodified: only the base URL and the key are ours.
  @Suite(.enabled(if: RunningGateway.isEquipped))
  struct OpenAIClientTests {
    /// The newest 3.x and the last widely used 2.x.
    @Test(arguments: ["venv", "venv-openai2"])
    func createsPollsDownloadsAndDeletes(python: String) async throws {
      let gateway = try await RunningGateway.start()
      let result = try await gateway.client(
        "openai_videos.py", [gateway.folder.path], python: python)
      try #require(result.status == 0, "\(result.stderr)\n\(gateway.log)")
      let seen = try object(result.stdout)
      #expect(seen["status"] as? String == "completed", "\(result.stdout)\n\(gateway.log)")
      #expect(seen["seconds"] as? String == "4")
      #expect(seen["size"] as? String == "1280x720")
      #expect(seen["progress"] as? Int == 100)
      #expect(seen["content_type"] as? String == "video/mp4")
      #expect(seen["thumbnail"] as? String == "RIFFWEBP")
      #expect(seen["stream_equals_file"] as? Bool == true)
      #expect(seen["retrieved"] as? Bool == true)
      #expect(seen["listed"] as? Bool == true)
      #expect(seen["deleted"] as? Bool == true)
      #expect(seen["gone"] as? Bool == true)
      #expect(seen["bytes_gone"] as? Bool == true)

      let refusal = try #require(seen["refusal"] as? [String: Any])
      #expect(refusal["status"] as? Int == 400)
      #expect(refusal["code"] as? String == "moderation_blocked")
      #expect(refusal["type"] as? String == "invalid_request_error")
      #expect(refusal["param"] as? String == "prompt")
      #expect(refusal["request_id"] as? Bool == true)
      let details = try #require(refusal["details"] as? [String: Any])
      #expect(details["moderation_stage"] as? String == "input")
      #expect((details["categories"] as? [String])?.contains("sexual") == true)

      let probe = try await TestKit.run(
        "ffprobe",
        arguments: [
          "-v", "error", "-show_entries", "stream=codec_name,width,height:format=duration", "-of",
          "json", gateway.folder.path("clip.mp4"),
        ])
      let streams = try #require(object(probe.stdout)["streams"] as? [[String: Any]])
      #expect(
        streams.contains { $0["codec_name"] as? String == "h264" && $0["width"] as? Int == 1280 })
      #expect(streams.contains { $0["codec_name"] as? String == "aac" })
    }
  }
}

/// The one JSON object that a client printed.
func object(_ text: String) throws -> [String: Any] {
  let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
  return try #require(value as? [String: Any])
}
