import Foundation
import TestKit
import Testing

extension Conformance {
  /// Everything but the clip itself: pictures, sound, provenance and what is refused, with three
  /// versions of the official client against one gateway.
  @Suite(.enabled(if: RunningGateway.isEquipped))
  struct ChecklistTests {
    @Test func threeClientVersionsGetWhatTheyExpect() async throws {
      let gateway = try await RunningGateway.start(
        environment: ["ASSAY_PRIVATE_WEBHOOKS": "true"])
      let made = try await gateway.client("openai_one.py", ["A paper boat on a stream"])
      let video = try object(made.stdout)
      try #require(video["status"] as? String == "completed", "\(made.stdout)\n\(gateway.log)")
      let id = try #require(video["id"] as? String)
      let clip = try await TestKit.run(
        "curl",
        arguments: [
          "-sS", "-H", gateway.authorization, "-o", gateway.folder.path("clip.mp4"),
          "\(gateway.baseURL)/videos/\(id)/content",
        ])
      try #require(clip.status == 0)
      for python in ["venv", "venv-openai2", "venv-openai26"] {
        let result = try await gateway.client(
          "openai_checklist.py", [gateway.folder.path, id] + (python == "venv" ? [] : ["light"]),
          python: python, limit: 480)
        try #require(result.status == 0, "\(result.stderr)\n\(gateway.log)")
        let seen = try object(result.stdout)
        let version = seen["version"] as? String ?? python
        for name in [
          "headers", "image", "image_formats", "image_url", "image_stream", "image_edit", "speech",
          "speech_sse", "transcriptions", "derived_are_refused_with_a_reason",
          "reference_as_data_url", "variants", "async", "webhooks", "pages", "missing",
        ] {
          #expect(seen[name] as? Bool == true, "\(version) \(name): \(seen[name] ?? "absent")")
        }
        #expect(
          Array((seen["image_refusal"] as? [Any] ?? []).prefix(2)) as? [String] == [
            "moderation_blocked", "image_generation_user_error",
          ], "\(version) \(seen["image_refusal"] ?? "absent")")
        #expect(
          (seen["speech_unsigned"] as? [Any])?.first as? String == "unsupported_value",
          "\(version) \(seen["speech_unsigned"] ?? "absent")")
        let provenance = seen["provenance"]
        #expect(
          provenance as? Bool == true || provenance as? String == "no such method in this version",
          "\(version) \(provenance ?? "absent")")
      }
      // What left carries credentials that the reference reader accepts too.
      for name in ["image.png", "image.jpeg", "image.webp", "speech.mp3", "speech.wav"] {
        let verdict = try await TestKit.run(
          try RunningGateway.executable("assay-verify"),
          arguments: [gateway.folder.path(name), "--trust", "own=\(gateway.rootCertificate)"])
        #expect(verdict.status == 0 && verdict.stdout.hasPrefix("TRUSTED"), "\(verdict.stdout)")
        let label = try await TestKit.run(
          try RunningGateway.executable("assay"), arguments: ["label", gateway.folder.path(name)])
        #expect(label.stdout.contains("digitalsourcetype/"), "\(name): \(label.stdout)")
      }
      // Pictures name their ISCC, by which they are found when the credentials are gone.
      for (name, type) in [("image.png", "png"), ("image.jpeg", "jpeg"), ("image.webp", "webp")] {
        let read = try await gateway.client(
          "c2pa_read.py", [gateway.folder.path(name), gateway.rootCertificate, "image/\(type)"])
        #expect(read.stdout.contains("\"Trusted\""), "\(read.stdout)")
        #expect(read.stdout.contains("c2pa.soft-binding"), "\(read.stdout)")
      }
    }
  }
}
