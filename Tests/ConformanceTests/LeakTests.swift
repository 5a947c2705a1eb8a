import Foundation
import TestKit
import Testing

extension Conformance {
  /// Every route of the served document is tried for bytes that are held, deleted, expired or
  /// somebody else's.
  @Suite(.enabled(if: RunningGateway.isEquipped))
  struct LeakTests {
    @Test func noRouteGivesWhatMustNotBeHad() async throws {
      let gateway = try await RunningGateway.start()
      var ids: [String: String] = [:]
      for (name, prompt) in [
        ("released", "A paper boat on a stream"), ("deleted", "A red kite over hills"),
        (
          "held",
          #"A podium. The speaker says "vote for the candidate in the election on tuesday"."#
        ),
      ] {
        let made = try await gateway.client("openai_one.py", [prompt])
        let video = try object(made.stdout)
        // Blocked or held: the raw clip lies in quarantine either way.
        #expect(video["status"] as? String == (name == "held" ? "failed" : "completed"))
        ids[name] = try #require(video["id"] as? String, "\(made.stdout) \(made.stderr)")
      }
      let quarantine = gateway.dataFolder + "/quarantine/\(ids["held"] ?? "")"
      #expect(FileManager.default.fileExists(atPath: quarantine + "/raw.mp4"))
      let gone = try await gateway.curl([
        "-X", "DELETE", "-H", gateway.authorization,
        "\(gateway.baseURL)/videos/\(ids["deleted"] ?? "")",
      ])
      #expect(gone.status == 200)
      let result = try await gateway.client(
        "leak_probe.py", [gateway.dataFolder] + ids.map { "\($0.key)=\($0.value)" }, limit: 480)
      try #require(result.status == 0, "\(result.stderr)\n\(gateway.log)")
      let seen = try object(result.stdout)
      #expect((seen["requests"] as? Int ?? 0) > 500)
      #expect(seen["leaks"] as? [String] == [])
      #expect(seen["faults"] as? [String] == [])
    }
  }
}
