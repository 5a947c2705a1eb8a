import Foundation
import TestKit
import Testing

extension Conformance {
  /// What the receiver of a clip finds, asked of other people's tools as well as of ours.
  @Suite(.enabled(if: RunningGateway.isEquipped))
  struct DeliveredClipTests {
    @Test func theReferenceLibraryTrustsItAndOneFlippedByteIsSeen() async throws {
      let gateway = try await RunningGateway.start()
      let clip = gateway.folder.path("clip.mp4")
      let result = try await gateway.client("openai_one.py", ["A paper boat on a stream", clip])
      let video = try object(result.stdout)
      try #require(video["status"] as? String == "completed", "\(result.stdout)\n\(gateway.log)")

      let verdict = try await read(clip, gateway)
      #expect(verdict["state"] as? String == "Trusted")
      #expect(verdict["failure"] as? [String] == [])
      let assertions = try #require(verdict["assertions"] as? [String])
      #expect(assertions.contains("c2pa.actions.v2"))
      #expect(assertions.contains("org.assay.decision-receipt"))
      // The invisible mark's, and the International Standard Content Code.
      #expect(assertions.count { $0.hasPrefix("c2pa.soft-binding") } == 2, "\(assertions)")

      let ours = try await verify(clip, gateway)
      #expect(ours.status == 0, "\(ours.stderr)")
      let summary = try object(ours.stdout)
      #expect(summary["state"] as? String == "Trusted")
      #expect(summary["trust_source"] as? String == "own")

      var bytes = try Data(contentsOf: URL(fileURLWithPath: clip))
      bytes[bytes.count - 1000] ^= 1
      let altered = try gateway.folder.write("altered.mp4", Array(bytes))
      #expect(try await read(altered, gateway)["state"] as? String == "Invalid")
      let caught = try await verify(altered, gateway)
      #expect(caught.status == 1)
      let failures = try #require(object(caught.stdout)["failure"] as? [String])
      #expect(failures.contains("assertion.bmffHash.mismatch"))
    }

    /// Whoever holds the key reads the id in a copy that lost its manifest, a fifth of its picture and
    /// half of its size, and that was compressed hard; others find nothing.
    @Test func theInvisibleMarkOutlivesItsManifest() async throws {
      let gateway = try await RunningGateway.start()
      let clip = gateway.folder.path("clip.mp4")
      let result = try await gateway.client("openai_one.py", ["A harbour at dawn", clip])
      let video = try object(result.stdout)
      try #require(video["status"] as? String == "completed", "\(result.stdout)\n\(gateway.log)")
      let whole = try await watermark(clip, gateway)
      #expect(whole["verdict"] as? String == "readable")

      let copy = gateway.folder.path("copy.mp4")
      let made = try await TestKit.run(
        "ffmpeg",
        arguments: [
          "-v", "error", "-i", clip, "-vf",
          "crop=trunc(iw*0.4)*2:trunc(ih*0.4)*2:iw*0.13:ih*0.07,scale=trunc(iw/4)*2:-2", "-c:v",
          "libx264", "-preset", "veryfast", "-crf", "26", "-an", copy,
        ])
      #expect(made.status == 0, "\(made.stderr)")
      let found = try await watermark(copy, gateway)
      #expect(found["verdict"] as? String == "readable")
      #expect(found["id"] as? String == whole["id"] as? String)

      let stranger = try gateway.folder.write("stranger.key", [UInt8](repeating: 5, count: 32))
      let nothing = try await TestKit.run(
        try RunningGateway.executable("assay"),
        arguments: ["watermark", "detect", clip, "--key", stranger])
      #expect(nothing.status == 2)
      #expect(try object(nothing.stdout)["verdict"] as? String == "none")
    }

    private func watermark(_ file: String, _ gateway: RunningGateway) async throws -> [String: Any]
    {
      let answer = try await TestKit.run(
        try RunningGateway.executable("assay"),
        arguments: [
          "watermark", "detect", file, "--key", gateway.folder.path("keys/dev/mark.key"),
        ])
      return try object(answer.stdout)
    }

    @Test func credentialsOfAReferenceImageBecomeAnIngredient() async throws {
      let gateway = try await RunningGateway.start()
      let plain = gateway.folder.path("plain.png")
      let made = try await TestKit.run(
        "ffmpeg",
        arguments: [
          "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=640x360", "-frames:v", "1", plain,
        ])
      #expect(made.status == 0)
      let signed = gateway.folder.path("signed.png")
      let sign = try await TestKit.run(
        try RunningGateway.executable("assay"),
        arguments: ["sign", plain, signed], environment: ["ASSAY_KEYS": gateway.folder.path("keys")]
      )
      #expect(sign.status == 0, "\(sign.stderr)")

      let clip = gateway.folder.path("clip.mp4")
      let result = try await gateway.client("openai_one.py", ["Slow zoom", clip, signed])
      let video = try object(result.stdout)
      try #require(video["status"] as? String == "completed", "\(result.stdout)\n\(gateway.log)")
      let verdict = try await read(clip, gateway)
      #expect(verdict["state"] as? String == "Trusted")
      let ingredients = try #require(verdict["ingredients"] as? [[String: Any]])
      #expect(ingredients.count == 1)
      #expect(ingredients.first?["relationship"] as? String == "inputTo")
      #expect((ingredients.first?["manifest"] as? String)?.hasPrefix("urn:c2pa:") == true)
    }

    private func read(_ file: String, _ gateway: RunningGateway) async throws -> [String: Any] {
      let answer = try await gateway.client(
        "c2pa_read.py", [file, gateway.rootCertificate, "video/mp4"])
      return try object(answer.stdout)
    }

    private func verify(_ file: String, _ gateway: RunningGateway) async throws -> CommandResult {
      try await TestKit.run(
        try RunningGateway.executable("assay-verify"),
        arguments: [file, "--summary", "--trust", "own=\(gateway.rootCertificate)"])
    }
  }
}
