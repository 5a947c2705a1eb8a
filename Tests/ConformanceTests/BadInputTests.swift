import Foundation
import TestKit
import Testing

extension Conformance {
  /// Wrong input of every kind: the right status or exit code, a sentence, and a server that lives.
  @Suite(.enabled(if: RunningGateway.isEquipped))
  struct BadInputTests {
    @Test func everyWrongRequestGetsItsStatusAndTheFourKeys() async throws {
      let gateway = try await RunningGateway.start()
      let videos = "\(gateway.baseURL)/videos"
      let key = ["-H", gateway.authorization]
      let json = ["-H", "Content-Type: application/json"]
      let cases: [(what: String, arguments: [String], status: Int, code: String?)] = [
        ("unknown route", key + ["\(gateway.baseURL)/nothing"], 404, nil),
        ("no key", [videos], 401, "invalid_api_key"),
        ("wrong key", ["-H", "Authorization: Bearer sk-wrong", videos], 401, "invalid_api_key"),
        ("unknown id", key + ["\(videos)/video_00000000000000000000000000000000"], 404, nil),
        (
          "broken JSON", key + json + ["-d", "{\"prompt\": \"a\",\n \"seconds\" 4}", videos], 400,
          nil
        ),
        ("no prompt", key + json + ["-d", "{}", videos], 400, nil),
        ("wrong size", key + ["-F", "prompt=a", "-F", "size=1x1", videos], 400, nil),
        ("wrong seconds", key + ["-F", "prompt=a", "-F", "seconds=5", videos], 400, nil),
        (
          "multipart without a boundary",
          key + ["-H", "Content-Type: multipart/form-data", "-d", "x", videos], 400, nil
        ),
        (
          "no known media type", key + ["-H", "Content-Type: text/csv", "-d", "a,b", videos], 415,
          nil
        ),
        ("wrong method", key + ["-X", "PUT", videos], 405, nil),
      ]
      for item in cases {
        let answer = try await gateway.curl(item.arguments)
        #expect(answer.status == item.status, "\(item.what): \(answer)")
        let body = try object(answer.body)
        let error = try #require(body["error"] as? [String: Any], "\(item.what): \(answer.body)")
        #expect(Set(["message", "type", "param", "code"]).isSubset(of: error.keys), "\(item.what)")
        #expect((error["message"] as? String)?.isEmpty == false, "\(item.what)")
        if let code = item.code { #expect(error["code"] as? String == code, "\(item.what)") }
      }
      let broken = try await gateway.curl(
        key + json + ["-d", "{\"prompt\": \"a\",\n \"seconds\" 4}", videos])
      #expect(broken.body.contains("line 2"), "the error names the place: \(broken.body)")
      #expect(gateway.isRunning)
    }

    @Test func anOversizeBodyIsRefusedWithoutBeingStored() async throws {
      let gateway = try await RunningGateway.start()
      let large = gateway.folder.path("large.png")
      _ = try await TestKit.run("truncate", arguments: ["-s", "200M", large])
      let answer = try await gateway.curl([
        "-H", gateway.authorization, "-F", "prompt=a", "-F", "input_reference=@\(large)",
        "\(gateway.baseURL)/videos",
      ])
      #expect(answer.status == 413, "\(answer)")
      let left = try await TestKit.run("du", arguments: ["-sm", gateway.dataFolder])
      #expect((Int(left.stdout.prefix { $0.isNumber }) ?? 999) < 50)
    }

    @Test func anotherTenantSeesNothing() async throws {
      let gateway = try await RunningGateway.start()
      let created = try await gateway.curl([
        "-H", gateway.authorization, "-F", "prompt=A paper boat", "\(gateway.baseURL)/videos",
      ])
      let id = try #require(try object(created.body)["id"] as? String)
      let other = ["-H", "Authorization: Bearer sk-other"]
      for path in ["videos/\(id)", "videos/\(id)/content"] {
        #expect(try await gateway.curl(other + ["\(gateway.baseURL)/\(path)"]).status == 404)
      }
      let deletion = try await gateway.curl(
        other + ["-X", "DELETE", "\(gateway.baseURL)/videos/\(id)"])
      #expect(deletion.status == 404)
      let list = try await gateway.curl(other + ["\(gateway.baseURL)/videos"])
      #expect((try object(list.body)["data"] as? [Any])?.isEmpty == true)
    }

    /// What an operator may get wrong at start-up: exit code 64 to 75 and one sentence.
    @Test func aWrongSetUpIsASentenceAndAnExitCode() async throws {
      let gateway = try await RunningGateway.start()
      let folder = try TestKit.temporaryDirectory()
      let assay = try RunningGateway.executable("assay")
      try folder.write(
        "policies/floor.json", #"{ "policy": "floor", "version": "1", "rules": [ { "id" "x" } ] }"#)
      let keys = gateway.folder.path("keys")
      let cases:
        [(what: String, arguments: [String], environment: [String: String], says: String)] = [
          (
            "port in use", ["serve", "--port", "\(gateway.port)"], ["ASSAY_KEYS": keys],
            "\(gateway.port)"
          ),
          ("no keys", ["serve"], ["ASSAY_KEYS": folder.path("nowhere")], "assay keys init"),
          (
            "broken policy", ["serve"],
            ["ASSAY_KEYS": keys, "ASSAY_POLICIES": folder.path("policies")], "floor.json"
          ),
          ("unknown flag", ["serve", "--colour"], ["ASSAY_KEYS": keys], "--colour"),
          ("port is a word", ["serve"], ["ASSAY_KEYS": keys, "ASSAY_PORT": "web"], "ASSAY_PORT"),
        ]
      for item in cases {
        let result = try await TestKit.run(
          assay, arguments: item.arguments,
          environment: ["ASSAY_DATA": folder.path("data-\(item.what.count)")]
            .merging(item.environment) { $1 }, limit: 30)
        #expect([64, 66, 70, 75].contains(result.status), "\(item.what): \(result.status)")
        #expect(
          (result.stderr + result.stdout).contains(item.says),
          "\(item.what): \(result.stdout) \(result.stderr)")
      }
    }
  }
}
