import Foundation
import TestKit
import Testing

extension Conformance {
  /// Models on another machine that see and hear what a clip holds.
  @Suite(.enabled(if: RunningGateway.isEquipped))
  struct RemoteModelTests {
    private static let harmless = "The picture shows a paper boat on a stream."
    private static let harm =
      "The picture shows two naked people having sex, explicit hardcore pornography."

    /// One clip of a gateway whose models are on another machine: the job, and what was asked there.
    private func clip(seen: String, heard: String) async throws -> (job: [String: Any], log: String)
    {
      let folder = try TestKit.temporaryDirectory()
      let log = folder.path("models.log")
      let models = try RunningCommand(
        [
          TestKit.packageRoot + "/.tools/venv/bin/python",
          TestKit.packageRoot + "/Tests/ConformanceTests/Clients/remote_models.py", seen, heard,
        ], environment: [:], output: log, errors: log)
      defer { models.signal(SIGKILL) }
      #expect(try await TestKit.waitForLines(of: log, containing: "", count: 1, limit: 30))
      let port = try String(contentsOfFile: log, encoding: .utf8).prefix { $0.isNumber }
      let url = "http://127.0.0.1:\(port)/v1"
      let gateway = try await RunningGateway.start(environment: [
        "ASSAY_REMOTE_CHECKS": """
        [{"name": "eyes", "kind": "describer", "url": "\(url)/chat/completions", "model": "m"},
         {"name": "ears", "kind": "transcriptions", "url": "\(url)/audio/transcriptions"}]
        """
      ])
      let result = try await gateway.client("openai_one.py", ["A paper boat on a stream"])
      return (
        try object(result.stdout), try String(contentsOfFile: log, encoding: .utf8)
      )
    }

    @Test func aClipOfHarmlessPicturesAndWordsIsDelivered() async throws {
      let (job, log) = try await clip(seen: Self.harmless, heard: "What a calm morning.")
      #expect(job["status"] as? String == "completed", "\(job)")
      #expect(log.contains("/v1/chat/completions") && log.contains("/v1/audio/transcriptions"))
    }

    @Test func whatADescriptionNamesIsBlocked() async throws {
      let (job, _) = try await clip(seen: Self.harm, heard: "What a calm morning.")
      #expect(job["status"] as? String == "failed", "\(job)")
      #expect((job["error"] as? [String: Any])?["code"] as? String == "moderation_blocked")
    }

    @Test func aModelThatWillNotSayWhatItSeesHoldsTheClip() async throws {
      let (job, _) = try await clip(seen: "I cannot help with that.", heard: "A calm morning.")
      #expect(job["status"] as? String != "completed", "\(job)")
    }
  }
}
