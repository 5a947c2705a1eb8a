import Foundation
import TestKit
import Testing

extension Conformance {
  /// `assay compliance` on a file that carries nothing and on what `assay sign` makes of it.
  struct ComplianceCommandTests {
    private func assay(
      _ folder: TemporaryDirectory, _ arguments: [String]
    ) async throws -> CommandResult {
      try await TestKit.run(
        RunningGateway.executable("assay"), arguments: arguments,
        environment: ["ASSAY_KEYS": folder.path("keys")], directory: folder.path)
    }

    private func picture(_ folder: TemporaryDirectory) async throws -> String {
      let path = folder.path("still.png")
      let made = try await TestKit.run(
        "ffmpeg",
        arguments: ["-v", "error", "-f", "lavfi", "-i", "testsrc2=s=64x64", "-frames:v", "1", path])
      try #require(made.status == 0, "\(made.stderr)")
      return path
    }

    @Test func signedAndLabelledFileHasFewerErrorsThanABareOne() async throws {
      let folder = try TemporaryDirectory()
      let bare = try await picture(folder)
      let signed = folder.path("signed.png")
      #expect(try await assay(folder, ["keys", "init"]).status == 0)
      let definition = """
        {"claim_generator_info": [{"name": "Model", "version": "3"}], "assertions": [{"label": \
        "c2pa.actions.v2", "data": {"actions": [{"action": "c2pa.created", "when": \
        "2026-11-22T10:00:00Z", "digitalSourceType": \
        "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"}]}}]}
        """
      let signing = try await assay(
        folder,
        [
          "sign", bare, signed, "--manifest",
          try folder.write("definition.json", Array(definition.utf8)), "--label",
          "trainedAlgorithmicMedia", "--aigc-producer", "A", "--aigc-id", "1",
        ])
      try #require(signing.status == 0, "\(signing.stderr)")
      let before = try await assay(folder, ["compliance", bare, "--json", "--on", "2026-11-22"])
      let after = try await assay(folder, ["compliance", signed, "--json", "--on", "2026-11-22"])
      #expect(before.status == 1 && after.status == 1)
      let bareErrors = try errors(before)
      #expect(bareErrors.isSuperset(of: ["EU-1", "EU-2", "CA-1", "CN-1", "CN-2"]))
      // No authority stamped the signature; all else that a file can show is there.
      #expect(try errors(after) == ["EU-2"])
      let china = try await assay(folder, ["compliance", signed, "--jurisdiction", "cn"])
      #expect(china.status == 0 && china.stdout.contains("CN-2  met"), "\(china.stdout)")
      // What is processed without care loses it all.
      let stripped = folder.path("stripped.png")
      _ = try await TestKit.run("ffmpeg", arguments: ["-v", "error", "-i", signed, stripped])
      let lost = try await assay(
        folder, ["compliance", stripped, "--before", signed, "--json", "--on", "2027-01-01"])
      #expect(try errors(lost).isSuperset(of: ["EU-5", "CA-9", "CN-5"]))
    }

    /// OASIS's own schema: of all laws, of one, and of a file whose name is none of a URI.
    @Test(.enabled(if: RunningGateway.isEquipped))
    func sarifFollowsThePublishedSchema() async throws {
      let folder = try TemporaryDirectory()
      let bare = try await picture(folder)
      let odd = folder.path("a b:100%\u{e4}#1?.png")
      try FileManager.default.copyItem(atPath: bare, toPath: odd)
      for arguments in [[bare, odd], [odd, "--jurisdiction", "eu"], [bare, "--before", odd]] {
        let sarif = try await assay(folder, ["compliance", "--sarif"] + arguments)
        #expect(sarif.status == 1)
        let log = try folder.write("log.sarif", Array(sarif.output))
        let checked = try await TestKit.run(
          TestKit.packageRoot + "/.tools/venv-formats/bin/python",
          arguments: [
            TestKit.packageRoot + "/Tests/ConformanceTests/Clients/sarif_check.py", log,
          ])
        #expect(checked.status == 0, "\(arguments): \(checked.stdout)\(checked.stderr)")
      }
    }

    @Test func reportsAreWellFormed() async throws {
      let folder = try TemporaryDirectory()
      let bare = try await picture(folder)
      let page = try await assay(folder, ["compliance", bare, "--html"])
      #expect(page.stdout.hasPrefix("<!doctype html>") && page.stdout.contains("EU-1"))
      #expect(try await assay(folder, ["compliance", folder.path("none.png")]).status == 66)
      #expect(try await assay(folder, ["compliance", bare, "--jurisdiction", "xx"]).status == 64)
    }

    private func errors(_ result: CommandResult) throws -> Set<String> {
      let report = try #require(
        JSONSerialization.jsonObject(with: Data(result.output)) as? [String: Any])
      let files = try #require(report["files"] as? [[String: Any]])
      let findings = files.flatMap { $0["findings"] as? [[String: Any]] ?? [] }
      return Set(
        findings.filter { $0["severity"] as? String == "error" }
          .compactMap { $0["rule"] as? String })
    }
  }
}
