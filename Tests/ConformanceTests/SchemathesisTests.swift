import Foundation
import TestKit
import Testing

extension Conformance {
  /// The served document is held against what the gateway does, by a program that makes requests of it.
  @Suite(.enabled(if: RunningGateway.isEquipped))
  struct SchemathesisTests {
    private static let auditor = "sk-auditor"

    /// Every operation with examples and with each limit of each field, met and overstepped.
    @Test(arguments: [
      ("--include-path-regex", auditor), ("--exclude-path-regex", RunningGateway.apiKey),
    ])
    func theServedDocumentIsTrue(paths: String, key: String) async throws {
      let gateway = try await RunningGateway.start(environment: [
        "ASSAY_AUDITOR_KEYS": "office:payloads+records=\(Self.auditor)",
        "ASSAY_REQUESTS_PER_MINUTE": "1000000",
      ])
      let report = try await TestKit.run(
        TestKit.packageRoot + "/.tools/venv-schemathesis/bin/schemathesis",
        arguments: [
          "--config-file",
          TestKit.packageRoot + "/Tests/ConformanceTests/Clients/schemathesis.toml",
          "run", gateway.baseURL.replacing("/v1", with: "/openapi.json"),
          "-H", "Authorization: Bearer \(key)", "--phases", "examples,coverage", "--seed", "1",
          "--continue-on-failure", "--request-timeout", "120", paths, "/v1/audit",
        ], directory: gateway.folder.path, limit: 900)
      #expect(report.status == 0, "\(report.stdout)\(report.stderr)")
      #expect(report.stdout.contains(" passed"))
      #expect(gateway.isRunning)
    }
  }
}
