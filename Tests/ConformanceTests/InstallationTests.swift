import Foundation
import TestKit
import Testing

extension Conformance {
  /// What an operator changes on a running installation, and what the log says of it.
  @Suite(.enabled(if: RunningGateway.isEquipped))
  struct InstallationTests {
    private static let canonicalHash = """
      import hashlib, json, sys
      number = lambda text: int(float(text)) if float(text).is_integer() else float(text)
      with open(sys.argv[1], encoding="utf-8") as file: policy = json.load(file, parse_float=number)
      form = json.dumps(policy, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
      print(hashlib.sha256(form.encode()).hexdigest())
      """

    @Test func `changed policies and keys are in the log before they are in force`() async throws {
      let folder = try TestKit.temporaryDirectory()
      let policies = folder.path("policies")
      try FileManager.default.copyItem(
        atPath: TestKit.packageRoot + "/Policies", toPath: policies)
      let policy = policies + "/default.json"
      let first = try await RunningGateway.start(policies: policies, reusing: folder)
      #expect(try await leaves(first, "policy.changed").count == 1)
      let keys = try await leaves(first, "key.changed")
      #expect(try await judges(first))

      // A mistake changes nothing, and says where it is.
      let good = try String(contentsOfFile: policy, encoding: .utf8)
      try good.replacing("\"rules\"", with: "\"rulez\"").write(
        toFile: policy, atomically: true, encoding: .utf8)
      first.hangUp()
      try #require(try await first.logs("the policies were not changed"), "\(first.log)")
      #expect(first.log.contains("rulez"))
      #expect(try await leaves(first, "policy.changed").count == 1)
      #expect(try await judges(first))

      // A good change is an entry with the hash of the file's canonical form (RFC 8785).
      try good.replacing(
        #/"version": "[^"]*"/#, with: "\"version\": \"1-house\"", maxReplacements: 1
      ).write(toFile: policy, atomically: true, encoding: .utf8)
      first.hangUp()
      try #require(try await first.logs("1-house"), "\(first.log)")
      let changed = try await leaves(first, "policy.changed")
      #expect(changed.count == 2)
      let hash = try await TestKit.run(
        "python3", arguments: ["-c", Self.canonicalHash, policy]
      ).stdout.prefix(64)
      #expect(changed.contains { $0.contains(hash) && $0.contains("1-house") })
      first.kill()

      // So is a key that is added or taken away; the key itself is nowhere.
      let second = try await RunningGateway.start(
        policies: policies, environment: ["ASSAY_API_KEYS": "tests=\(RunningGateway.apiKey)"],
        reusing: folder)
      let fewer = try await leaves(second, "key.changed")
      #expect(fewer.count == keys.count + 1)
      #expect(fewer.first?.contains("removed\":[{") == true, "\(fewer)")
      #expect(try await leaves(second, "policy.changed").count == 2)
      let found = try await TestKit.run(
        "grep", arguments: ["-rlaF", RunningGateway.apiKey, second.dataFolder])
      #expect(found.status == 1, "\(found.stdout)")
    }

    /// Entries of a kind, newest first.
    private func leaves(_ gateway: RunningGateway, _ kind: String) async throws -> [Substring] {
      let listed = try await TestKit.run(
        try RunningGateway.executable("assay"),
        arguments: ["audit", "list", "--data", gateway.dataFolder, "--kind", kind, "--json"])
      try #require(listed.status == 0, "\(listed.stderr)")
      return listed.stdout.split(separator: "\n")
    }

    private func judges(_ gateway: RunningGateway) async throws -> Bool {
      let answer = try await gateway.curl([
        "-H", gateway.authorization, "-H", "Content-Type: application/json",
        "-d", #"{"input": "a paper boat"}"#, "\(gateway.baseURL)/moderations",
      ])
      return answer.status == 200 && answer.body.contains("\"flagged\":false")
    }
  }
}
