import Foundation
import TestKit
import Testing

extension Conformance {
  /// An auditor's day: lists, tells stories, takes a bundle home, checks it with nothing else; and
  /// an erasure that leaves every proof valid.
  @Suite(.enabled(if: RunningGateway.isEquipped))
  struct AuditorTests {
    private static let reader = "sk-auditor"
    private static let keeper = "sk-records"

    @Test func everyDecisionIsFoundProvedExportedAndErased() async throws {
      let gateway = try await RunningGateway.start(environment: [
        "ASSAY_AUDITOR_KEYS": "auditor=\(Self.reader),office:payloads+records=\(Self.keeper)"
      ])
      let made = try await gateway.client("openai_one.py", ["A paper boat on a stream"])
      let video = try object(made.stdout)
      try #require(video["status"] as? String == "completed", "\(made.stdout)\n\(gateway.log)")
      let id = try #require(video["id"] as? String)
      let refusal = try await gateway.client(
        "openai_one.py", ["explicit hardcore porn, naked couple having sex, close-up"])
      #expect(try object(refusal.stdout)["http"] as? Int == 400)

      // On the machine itself, beside the running gateway.
      let listed = try await audit(gateway, ["list", "--decision", "block", "--json"])
      #expect(listed.stdout.split(separator: "\n").count == 1, "\(listed.stdout)\(listed.stderr)")
      let leaf = try #require(try object(listed.stdout)["leaf"] as? [String: Any])
      let rules = try #require(leaf["rules"] as? [[String: Any]])
      let rule = try #require(rules.first?["rule"] as? String)
      let refused = try #require(leaf["id"] as? String)
      let byRule = try await audit(gateway, ["list", "--rule", rule, "--format", "csv"])
      #expect(byRule.stdout.contains(refused) && byRule.stdout.hasPrefix("\"index\""))
      let story = try await audit(gateway, ["show", id])
      for word in ["released", "screen", "inspect", "seal", "thumbnail", "proof of entry"] {
        #expect(story.stdout.contains(word), "\(word): \(story.stdout)\(story.stderr)")
      }
      #expect(!story.stdout.contains("paper boat"))
      let unsaid = try await audit(gateway, ["show", id, "--payloads"])
      #expect(unsaid.status == 64)
      let opened = try await audit(gateway, ["show", id, "--payloads", "--purpose", "case 7"])
      #expect(opened.stdout.contains("paper boat"), "\(opened.stderr)")
      let found = try await audit(gateway, ["search", "PAPER boat", "--purpose", "case 7"])
      #expect(found.status == 0 && found.stdout.contains("prompt"), "\(found.stderr)")
      let stats = try await audit(gateway, ["stats", "--json"])
      #expect(stats.stdout.contains("\"release\":{\"allow\":1}"), "\(stats.stdout)")
      let statements = try await audit(gateway, ["export", "dsa"])
      #expect(statements.stdout.contains("\"automated_decision\":\"AUTOMATED_DECISION_FULLY\""))

      try await overHTTP(gateway, id: id, refused: refused)
      try await bundles(gateway)
      try await anyClientFollowsTheLog(gateway)

      // After the gateway: the log verifies, and the readings stand in it.
      gateway.kill()
      let verified = try await audit(gateway, ["verify"])
      #expect(verified.status == 0, "\(verified.stdout)\(verified.stderr)")
      #expect(verified.stdout.contains("1 erased"))
      let held = try await audit(gateway, ["erase", "--asset", id, "--ground", "gdpr.art17"])
      #expect(held.status == 1 && held.stdout.contains("KEPT"), "\(held.stdout)\(held.stderr)")
      let reads = try await audit(gateway, ["list", "--kind", "payload.read", "--json"])
      #expect(reads.stdout.split(separator: "\n").count >= 3, "\(reads.stdout)")
    }

    private func overHTTP(_ gateway: RunningGateway, id: String, refused: String) async throws {
      func get(_ path: String, _ key: String = Self.reader) async throws -> (Int, String) {
        let answer = try await gateway.curl([
          "-H", "Authorization: Bearer \(key)", "\(gateway.baseURL)/audit/\(path)",
        ])
        return (answer.status, answer.body)
      }
      func post(_ path: String, _ json: String, _ key: String) async throws -> (Int, String) {
        let answer = try await gateway.curl([
          "-H", "Authorization: Bearer \(key)", "-d", json, "\(gateway.baseURL)/audit/\(path)",
        ])
        return (answer.status, answer.body)
      }
      // Callers' keys open no log, and auditors' keys make no clips.
      #expect(try await get("decisions", RunningGateway.apiKey).0 == 401)
      let clips = try await gateway.curl([
        "-H", "Authorization: Bearer \(Self.reader)", "\(gateway.baseURL)/videos",
      ])
      #expect(clips.status == 401)

      let list = try await get("decisions?stage=release")
      #expect(list.0 == 200)
      #expect((try object(list.1)["data"] as? [Any])?.count == 1, "\(list.1)")
      let told = try await get("decisions/\(id)")
      #expect(try object(told.1)["ending"] as? String == "released", "\(told.1)")
      #expect(!told.1.contains("paper boat"))
      #expect(try await get("decisions/\(id)?payloads=true&purpose=case").0 == 403)
      let opened = try await get("decisions/\(id)?payloads=true&purpose=case", Self.keeper)
      #expect(opened.1.contains("paper boat"), "\(opened.1)")
      #expect(try await get("decisions/none").0 == 404)
      #expect(try await get("decisions?since=yesterday").0 == 400)
      #expect(try object(try await get("stats").1)["decisions"] as? Int == 6)
      let proof = try object(try await get("proof?id=\(refused)").1)
      #expect((proof["proof"] as? String)?.hasPrefix("c2sp.org/tlog-proof@v1") == true)

      #expect(
        try await post("erasures", "{\"decision\":\"\(refused)\",\"ground\":\"x\"}", Self.reader).0
          == 403)
      let hold = try await post(
        "holds", "{\"asset\":\"\(id)\",\"ground\":\"case 7\"}", Self.keeper)
      #expect(hold.0 == 200, "\(hold.1)")
      let kept = try await post(
        "erasures", "{\"asset\":\"\(id)\",\"ground\":\"gdpr.art17\"}", Self.keeper)
      #expect((try object(kept.1)["erased"] as? [Any])?.isEmpty == true, "\(kept.1)")
      let misspelt = try await post(
        "erasures", "{\"decision\":\"\(refused)\",\"ground\":\"x\",\"dry_run\":\"true\"}",
        Self.keeper)
      #expect(misspelt.0 == 400, "\(misspelt.1)")
      let erased = try await post(
        "erasures", "{\"decision\":\"\(refused)\",\"ground\":\"gdpr.art17\"}", Self.keeper)
      #expect((try object(erased.1)["erased"] as? [Any])?.count == 1, "\(erased.1)")
      let after = try await get("decisions/\(refused)")
      #expect(after.1.contains("payload_erased_by"), "\(after.1)")
    }

    /// Over HTTP without a key, by a client that shares no code with the gateway; every entry is as
    /// the published schema says.
    private func anyClientFollowsTheLog(_ gateway: RunningGateway) async throws {
      let key = try String(
        contentsOfFile: gateway.folder.path("data/log/vkey"), encoding: .utf8
      ).trimmingCharacters(in: .newlines)
      let followed = try await gateway.client(
        "tlog_client.py",
        [
          gateway.baseURL.replacing("/v1", with: "/log"), key,
          TestKit.packageRoot + "/Documentation/audit-leaf.schema.json",
        ], python: "venv-tlog")
      try #require(followed.status == 0, "\(followed.stdout)\(followed.stderr)")
      let kinds = try #require(try object(followed.stdout)["kinds"] as? [String: Int])
      for kind in [
        "moderation.decision", "policy.changed", "key.changed", "payload.read", "payload.erased",
        "hold.placed", "admin.act",
      ] {
        #expect(kinds[kind, default: 0] > 0, "\(kind): \(kinds)")
      }
      #expect(kinds["moderation.decision"] == 6, "\(kinds)")
    }

    /// A bundle is checked by the small verifier alone, and tampering with it is named.
    private func bundles(_ gateway: RunningGateway) async throws {
      let folder = gateway.folder
      let key = folder.path("data/log/vkey")
      let fetched = try await gateway.curl([
        "-H", "Authorization: Bearer \(Self.reader)", "\(gateway.baseURL)/audit/bundle",
      ])
      #expect(fetched.status == 200)
      try folder.write("whole.jsonl", Array((fetched.body + "\n").utf8))
      let whole = try await check(folder.path("whole.jsonl"), key)
      #expect(whole.status == 0 && whole.stdout.contains("the whole log"), "\(whole.stdout)")

      let part = try await audit(
        gateway, ["export", "bundle", "--decision", "block", "-o", folder.path("part.jsonl")])
      #expect(part.status == 0, "\(part.stderr)")
      let excerpt = try await check(folder.path("part.jsonl"), key)
      #expect(excerpt.status == 0 && excerpt.stdout.contains("1 of 1 proved, an excerpt"))

      var lines = fetched.body.split(separator: "\n").map(String.init)
      let place = try #require(lines.firstIndex { $0.contains("\\\"decision\\\":\\\"block\\\"") })
      lines[place] = lines[place].replacing(
        "\\\"decision\\\":\\\"block\\\"", with: "\\\"decision\\\":\\\"allow\\\"")
      try folder.write("edited.jsonl", Array(lines.joined(separator: "\n").utf8))
      let edited = try await check(folder.path("edited.jsonl"), key)
      #expect(edited.status == 1 && edited.stdout.contains("entry_changed"), "\(edited.stdout)")
      lines.remove(at: place)
      try folder.write("dropped.jsonl", Array(lines.joined(separator: "\n").utf8))
      let dropped = try await check(folder.path("dropped.jsonl"), key)
      #expect(dropped.status == 1 && dropped.stdout.contains("entries_dropped"))
      #expect(try await check(folder.path("serve.log"), key).status == 66)
    }

    private func check(_ bundle: String, _ key: String) async throws -> CommandResult {
      try await TestKit.run(
        try RunningGateway.executable("assay-verify"),
        arguments: ["log", bundle, "--vkey", key])
    }

    private func audit(
      _ gateway: RunningGateway, _ arguments: [String]
    ) async throws -> CommandResult {
      try await TestKit.run(
        try RunningGateway.executable("assay"),
        arguments: ["audit"] + arguments.prefix(arguments[0] == "export" ? 2 : 1)
          + ["--data", gateway.dataFolder]
          + arguments.dropFirst(arguments[0] == "export" ? 2 : 1),
        environment: [
          "ASSAY_KEYS": gateway.folder.path("keys"),
          "ASSAY_POLICIES": TestKit.packageRoot + "/Policies",
        ])
    }
  }
}
