import Foundation
import TestKit
import Testing

extension Conformance {
  /// `kill -9` at any point, then a restart: no accepted job is lost, released twice or unsealed.
  @Suite(.enabled(if: RunningGateway.isEquipped))
  struct CrashTests {
    /// What the gateway has last said when it is killed; the first is the moment of acceptance.
    private static let moments = [nil, "to=generated", "to=inspected", "to=sealed"]

    @Test func everyAcceptedJobReachesATerminalStateAcrossKills() async throws {
      let folder = try TestKit.temporaryDirectory()
      var accepted: [String] = []
      var gateway = try await RunningGateway.start(reusing: folder)
      for moment in Self.moments {
        let answer = try await gateway.curl([
          "-H", gateway.authorization, "-F", "prompt=A paper boat", "-F", "size=1280x720",
          "\(gateway.baseURL)/videos",
        ])
        try #require(answer.status == 200, "\(answer.body)\n\(gateway.log)")
        let id = try #require(try object(answer.body)["id"] as? String)
        accepted.append(id)
        if let moment {
          try #require(try await gateway.logs("job=\(id) \(moment)"), "\(moment)\n\(gateway.log)")
        }
        gateway.kill()
        gateway = try await RunningGateway.start(reusing: folder)
      }

      for id in accepted {
        let clip = folder.path("\(id).mp4")
        let result = try await gateway.client("openai_poll.py", [id, clip])
        let video = try object(result.stdout)
        #expect(video["status"] as? String == "completed", "\(result.stdout)\n\(gateway.log)")
        let verdict = try await TestKit.run(
          try RunningGateway.executable("assay-verify"),
          arguments: [clip, "--summary", "--trust", "own=\(gateway.rootCertificate)"])
        #expect(verdict.status == 0, "\(verdict.stdout)")
        #expect(try await releases(of: id, folder) == 1)
      }
      let verified = try await audit(["verify"], folder)
      #expect(verified.status == 0, "\(verified.stdout) \(verified.stderr)")
    }

    private func audit(
      _ arguments: [String], _ folder: TemporaryDirectory
    ) async throws -> CommandResult {
      try await TestKit.run(
        try RunningGateway.executable("assay"),
        arguments: ["audit"] + arguments + ["--data", folder.path("data")])
    }

    private func releases(of id: String, _ folder: TemporaryDirectory) async throws -> Int {
      let listed = try await audit(["list", "--asset", id, "--json"], folder)
      return try listed.stdout.split(separator: "\n")
        .count { line in
          let leaf = try object(String(line))["leaf"] as? [String: Any]
          return leaf?["stage"] as? String == "release"
        }
    }
  }
}
