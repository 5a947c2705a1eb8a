import Foundation
import TestKit
import Testing

extension Conformance {
  /// What must not get out, and how the caller is told.
  @Suite(.enabled(if: RunningGateway.isEquipped))
  struct RefusalTests {
    /// The prompt passes its own rules; what is *spoken* in the finished clip does not pass the
    /// stricter rules for transcripts. Only listening to the output can find that.
    @Test func spokenWordsAreJudgedInTheFinishedClip() async throws {
      let gateway = try await RunningGateway.start()
      let prompt =
        #"A podium in a park. The speaker says "vote for the candidate in the election on tuesday"."#
      let result = try await gateway.client("openai_one.py", [prompt])
      let video = try object(result.stdout)
      #expect(video["status"] as? String == "failed", "\(result.stdout)\n\(gateway.log)")
      let error = try #require(video["error"] as? [String: Any])
      #expect(error["code"] as? String == "moderation_blocked")
      try await expectNoBytes(of: video, gateway)

      let trail = try await TestKit.run(
        try RunningGateway.executable("assay"),
        arguments: ["audit", "list", "--data", gateway.dataFolder, "--json"])
      #expect(trail.status == 0)
      #expect(trail.stdout.contains("inspect"))
      #expect(trail.stdout.contains("block"))
    }

    @Test func aMissingModelHoldsTheClip() async throws {
      let full = RunningGateway.models
      let folder = try TestKit.temporaryDirectory()
      // Everything but the speech model: what cannot be heard must not be released.
      for name in try FileManager.default.contentsOfDirectory(atPath: full)
      where !name.lowercased().contains("whisper") {
        try FileManager.default.createSymbolicLink(
          atPath: folder.path(name), withDestinationPath: full + "/" + name)
      }
      let gateway = try await RunningGateway.start(models: folder.path)
      let result = try await gateway.client("openai_one.py", ["A paper boat on a stream"])
      let video = try object(result.stdout)
      #expect(video["status"] as? String == "failed", "\(result.stdout)\n\(gateway.log)")
      #expect((video["error"] as? [String: Any])?["code"] as? String == "moderation_held")
      try await expectNoBytes(of: video, gateway)
    }

    @Test func aVideoUploadIsRefusedByPolicy() async throws {
      let gateway = try await RunningGateway.start()
      let clip = gateway.folder.path("upload.mp4")
      _ = try await TestKit.run(
        "ffmpeg",
        arguments: [
          "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x180:d=1", "-pix_fmt", "yuv420p", clip,
        ])
      let answer = try await gateway.client("openai_one.py", ["Continue this", "", clip])
      let refusal = try object(answer.stdout)
      #expect(refusal["http"] as? Int == 400, "\(answer.stdout) \(answer.stderr)")
      let error = try #require(refusal["error"] as? [String: Any])
      #expect(error["code"] as? String == "moderation_blocked")
      #expect(error["param"] as? String == "input_reference")
    }

    /// Each of these has cost somebody a server; each must cost one sentence.
    @Test func hostileUploadsGetASentenceAndTheServerLives() async throws {
      let gateway = try await RunningGateway.start()
      let folder = gateway.folder
      let playlist = try folder.write(
        "list.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/passwd\n")
      let bomb = folder.path("bomb.png")
      _ = try await TestKit.run(
        "ffmpeg",
        arguments: [
          "-v", "error", "-f", "lavfi", "-i", "color=black:s=16000x16000", "-frames:v", "1", bomb,
        ])
      let whole = folder.path("whole.png")
      _ = try await TestKit.run(
        "ffmpeg",
        arguments: [
          "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=640x360", "-frames:v", "1", whole,
        ])
      let bytes = try Data(contentsOf: URL(fileURLWithPath: whole))
      let truncated = try folder.write("cut.png", Array(bytes.prefix(bytes.count / 3)))
      let noise = try folder.write(
        "noise.png", (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 37) })

      for upload in [playlist, bomb, truncated, noise] {
        let answer = try await gateway.client("openai_one.py", ["Slow zoom", "", upload])
        let refusal = try object(answer.stdout)
        #expect(refusal["http"] as? Int == 400, "\(upload): \(answer.stdout) \(answer.stderr)")
        let message = (refusal["error"] as? [String: Any])?["message"] as? String
        #expect((message?.count ?? 0) > 20, "\(upload): \(answer.stdout)")
        #expect(message?.contains("/") == false, "no path of ours in an error: \(message ?? "")")
      }
      #expect(gateway.isRunning)
    }

    private func expectNoBytes(of video: [String: Any], _ gateway: RunningGateway) async throws {
      let id = try #require(video["id"] as? String)
      for variant in ["video", "thumbnail"] {
        let answer = try await gateway.curl([
          "-H", gateway.authorization, "\(gateway.baseURL)/videos/\(id)/content?variant=\(variant)",
        ])
        #expect(answer.status == 404)
        #expect(answer.body.contains("\"error\""))
      }
      let released =
        (try? FileManager.default.contentsOfDirectory(
          atPath: gateway.dataFolder + "/released")) ?? []
      #expect(released.isEmpty, "nothing of an unreleased clip lies in the released folder")
    }
  }
}
