import Foundation
import TestKit
import Testing

extension Conformance {
  /// `kill -9` at any point, then a restart: no accepted job is lost, released twice or unsealed.
  @Suite(.enabled(if: RunningGateway.isEquipped))
  struct CrashTests {
    @Test func everyAcceptedJobReachesATerminalStateAcrossKills() async throws {
      let folder = try TestKit.temporaryDirectory()
      var accepted: [String] = []
      var gateway = try await RunningGateway.start(reusing: folder)
      // Killed while the first job is in a stage that is new each round: as soon as its log holds
      // that many entries.
      for entries in [1, 2, 3, 4] {
        let answer = try await gateway.curl([
          "-H", gateway.authorization, "-F", "prompt=A paper boat, take \(entries)", "-F",
          "size=1280x720", "\(gateway.baseURL)/videos",
        ])
        try #require(answer.status == 200, "\(answer.body)\n\(gateway.log)")
        let id = try #require(try object(answer.body)["id"] as? String)
        accepted.append(id)
        try await waitFor("\(entries) log entries of \(id)") {
          try await self.entries(of: id, folder) >= entries
        }
        gateway.kill()
        gateway = try await RunningGateway.start(reusing: folder)
      }
      let running = gateway
      for id in accepted {
        try await waitFor("a terminal state of \(id)") {
          let answer = try await running.curl([
            "-H", running.authorization, "\(running.baseURL)/videos/\(id)",
          ])
          let status = try object(answer.body)["status"] as? String
          return status == "completed" || status == "failed"
        }
        let clip = folder.path("\(id).mp4")
        let fetched = try await running.curl([
          "-H", running.authorization, "--output", clip, "\(running.baseURL)/videos/\(id)/content",
        ])
        #expect(fetched.status == 200, "\(id) did not survive\n\(running.log)")
        let verdict = try await TestKit.run(
          try RunningGateway.executable("assay-verify"),
          arguments: [clip, "--summary", "--trust", "own=\(running.rootCertificate)"])
        #expect(verdict.status == 0, "\(verdict.stdout)")
        #expect(try await releases(of: id, folder) == 1)
      }
      let verified = try await audit(["verify"], folder)
      #expect(verified.status == 0, "\(verified.stdout) \(verified.stderr)")
    }

    private func audit(_ arguments: [String], _ folder: TemporaryDirectory) async throws
      -> CommandResult
    {
      try await TestKit.run(
        try RunningGateway.executable("assay"),
        arguments: ["audit"] + arguments + ["--data", folder.path("data")])
    }

    private func lines(of id: String, _ folder: TemporaryDirectory) async throws -> [[String: Any]] {
      let listed = try await audit(["list", "--asset", id, "--json"], folder)
      return try listed.stdout.split(separator: "\n").map { try object(String($0)) }
    }

    private func entries(of id: String, _ folder: TemporaryDirectory) async throws -> Int {
      try await lines(of: id, folder).count
    }

    private func releases(of id: String, _ folder: TemporaryDirectory) async throws -> Int {
      try await lines(of: id, folder).count { $0["stage"] as? String == "release" }
    }

    private func waitFor(
      _ what: String, _ isTrue: () async throws -> Bool
    ) async throws {
      let clock = ContinuousClock()
      let deadline = clock.now + .seconds(180)
      while clock.now < deadline {
        if try await isTrue() { return }
      }
      Issue.record("no \(what) within three minutes")
    }
  }
}
