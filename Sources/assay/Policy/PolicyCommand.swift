import ArgumentParser
import Bytes
import Evidence
import Glibc
import Policy

/// `assay policy …`: what a person does with the files in `Policies/`.
struct PolicyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Check, test, explain, compare and replay policies.",
    subcommands: [
      Check.self, Test.self, PolicyExplainCommand.self, PolicyDiffCommand.self,
      PolicyReplayCommand.self,
    ])

  struct Folder: ParsableArguments {
    @Option(name: .customLong("dir"), help: "The folder of floor.json, lexicons/ and tests/.")
    var directory = "Policies"
  }

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Report every mistake in policy files, with line and column.",
      discussion: """
        Without FILES, all policies of the folder are checked. Each is put on the folder's floor, so \
        that a rule that touches the floor is found too.
        Exit codes: 0 good, 1 mistakes, 64 usage, 66 a file cannot be read.
        """)

    @OptionGroup var folder: Folder
    @Argument(help: "Policy files, wherever they lie.") var files: [String] = []

    func run() async throws {
      let paths = try files.isEmpty ? shippedFiles() : files
      var worst = ExitCode.success
      for path in paths {
        do {
          let set = try PolicySet.load(file: path, directory: folder.directory)
          for warning in set.warnings where warning.file == path { print(warning) }
          let identity = set.identities[set.identities.count - 1]
          let rules = set.layers[set.layers.count - 1].rules.count
          print(
            "\(path): good; \(identity.name) version \(identity.version), \(rules) rules, "
              + "sha256 \(identity.sha256)")
        } catch {
          for diagnostic in error.diagnostics { print(diagnostic) }
          let isUnreadable = error.errors.contains { $0.code == "unreadable" && $0.file == path }
          worst = isUnreadable ? ExitCode(66) : worst == .success ? ExitCode(1) : worst
        }
      }
      if worst != .success { throw worst }
    }

    private func shippedFiles() throws -> [String] {
      do {
        let names = try DirectoryListing.names(in: folder.directory, suffix: ".json")
          .filter { !$0.hasSuffix(".schema.json") }
        if !names.isEmpty { return names.map { "\(folder.directory)/\($0)" } }
        complain(policy: "\(folder.directory) holds no policy; name its folder with --dir")
      } catch {
        complain(policy: "\(error); name the folder of the policies with --dir")
      }
      throw ExitCode(66)
    }
  }

  struct Test: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Run the cases in the folder's tests/.",
      discussion: """
        tests/NAME.json holds cases; tests/NAME_bad.json is a twin of NAME.json that must be refused.
        Exit codes: 0 all as wanted, 1 some are not, 64 usage, 66 a file cannot be read.
        """)

    @OptionGroup var folder: Folder

    func run() async throws {
      let suite: PolicySuite
      do {
        suite = try PolicySuite.run(directory: folder.directory)
      } catch {
        complain(policy: "\(error); name the folder of the policies with --dir")
        throw ExitCode(66)
      }
      for result in suite.results {
        print("\(result.problems.isEmpty ? "pass" : "FAIL")  \(result.title)")
        for problem in result.problems { print("      \(problem)") }
      }
      let failed = suite.failures.count
      print("\(suite.results.count) cases and twins, \(failed) not as wanted")
      if failed > 0 { throw ExitCode(1) }
    }
  }
}

func complain(policy text: String) {
  let line = Array("assay policy: \(text)\n".utf8)
  _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
