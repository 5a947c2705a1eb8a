import Foundation
import TestKit
import Testing

extension Conformance {
  /// Every command of the README, as written, in a folder that looks like a built checkout.
  @Suite(.enabled(if: RunningGateway.isEquipped))
  struct ReadmeTests {
    private struct Block {
      let language: String
      let lines: [String]
    }

    @Test func everyCommandOfTheReadmeWorks() async throws {
      let gateway = try await RunningGateway.start()
      let checkout = gateway.folder.path("checkout")
      try lookLikeACheckout(checkout, gateway)
      var commands = 0
      for block in try blocks() {
        switch block.language {
        case "python":
          // The one thing that a reader changes: where the gateway is and the key it printed.
          let program = block.lines.joined(separator: "\n")
            .replacingOccurrences(of: "http://127.0.0.1:8080/v1", with: gateway.baseURL)
            .replacingOccurrences(of: "sk-…", with: RunningGateway.apiKey)
          let result = try await TestKit.run(
            TestKit.packageRoot + "/.tools/venv/bin/python", arguments: ["-c", program],
            directory: checkout, limit: 240)
          #expect(result.status == 0, "\(result.stderr)")
          #expect(result.stdout == "", "the clip was not made: \(result.stdout)\n\(gateway.log)")
        case "sh":
          // Starting the gateway is what this suite did to get here.
          for line in block.lines where !line.isEmpty && !line.contains("assay serve") {
            let result = try await TestKit.run(
              "bash", arguments: ["-c", line], environment: ["ASSAY_KEYS": "Keys"],
              directory: checkout)
            #expect(result.status == 0, "\(line)\n\(result.stdout)\(result.stderr)")
            commands += 1
          }
        default: continue
        }
      }
      #expect(commands >= 5, "the README's commands were found")
    }

    /// The two scripts a newcomer runs exist, can be run, and are what CI runs.
    @Test func theTwoCommandsAreThere() throws {
      for script in ["Scripts/demo", "Scripts/test", ".ci/run"] {
        let path = "\(TestKit.packageRoot)/\(script)"
        #expect(FileManager.default.isExecutableFile(atPath: path), "\(script)")
      }
      let run = try String(contentsOfFile: TestKit.packageRoot + "/.ci/run", encoding: .utf8)
      #expect(run.contains("\nScripts/test "))
    }

    private func blocks() throws -> [Block] {
      let text = try String(contentsOfFile: TestKit.packageRoot + "/README.md", encoding: .utf8)
      var blocks: [Block] = []
      var current: Block?
      for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
        if line.hasPrefix("```") {
          if let block = current { blocks.append(block) }
          current = current == nil ? Block(language: String(line.dropFirst(3)), lines: []) : nil
        } else if let block = current {
          current = Block(language: block.language, lines: block.lines + [line])
        }
      }
      return blocks
    }

    private func lookLikeACheckout(_ path: String, _ gateway: RunningGateway) throws {
      let manager = FileManager.default
      try manager.createDirectory(atPath: path + "/.build", withIntermediateDirectories: true)
      let binaries = URL(fileURLWithPath: try RunningGateway.executable("assay"))
        .deletingLastPathComponent().path
      let links = [
        ".build/release": binaries, ".assay": gateway.dataFolder,
        "Keys": gateway.folder.path("keys"), "Policies": TestKit.packageRoot + "/Policies",
        ".models": RunningGateway.models,
      ]
      for (name, target) in links {
        try manager.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: target)
      }
    }
  }
}
