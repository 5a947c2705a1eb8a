import Foundation
import TestKit
import Testing

extension Conformance {
  /// The witness as a log of somebody else meets it.
  @Suite(.enabled(if: RunningGateway.isEquipped))
  struct WitnessTests {
    /// Key of a log that exists for these tests alone.
    private static let seed = String(repeating: "07", count: 32)
    private static let log =
      "log.example/of-somebody-else+930ffafd+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs"

    @Test func `a witness answers as its protocol says, and what it saw outlives it`() async throws
    {
      let folder = try TestKit.temporaryDirectory()
      let key = try await witnessing(folder) { url, key in
        let asked = try await ask(url, key)
        #expect(asked.status == 0, "\(asked.stderr)")
        return key
      }
      // A witness that forgot would cosign a log's other history.
      try await witnessing(folder) { url, again in
        #expect(again == key)
        let asked = try await ask(url, key)
        #expect(asked.status != 0 && asked.stderr.contains("a checkpoint before the first"))
      }
    }

    private func ask(_ url: String, _ key: String) async throws -> CommandResult {
      try await TestKit.run(
        TestKit.packageRoot + "/.tools/venv-tlog/bin/python",
        arguments: [
          TestKit.packageRoot + "/Tests/ConformanceTests/Clients/tlog_witness.py", url, key,
          Self.seed,
        ])
    }

    /// Runs the witness on what is in the folder, for as long as the body takes.
    private func witnessing<Value>(
      _ folder: TemporaryDirectory, _ body: (_ url: String, _ key: String) async throws -> Value
    ) async throws -> Value {
      let output = folder.path("\(UUID().uuidString).log")
      let command = try RunningCommand(
        [
          try RunningGateway.executable("assay"), "audit", "witness", Self.log, "--name",
          "witness.example/w1", "--data", folder.path("data"), "--port", "0",
        ], output: output, errors: output)
      let isUp = try await TestKit.waitForLines(of: output, containing: "witness.example/w1+")
      let said = try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n")
      try #require(isUp, "\(said.joined(separator: "\n"))")
      let url = try #require(said.first { $0.hasPrefix("witnessing on ") }?.dropFirst(14))
      let key = try #require(said.first { $0.hasPrefix("witness.example/w1+") })
      defer { command.signal(SIGKILL) }
      return try await body(String(url), String(key))
    }
  }
}
