import ArgumentParser
import Gateway
import Glibc

/// `assay config …`: what `serve` would be told, without serving.
struct ConfigCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Look at the gateway's configuration.",
    subcommands: [Check.self])

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the configuration in force, and what is wrong with it.",
      discussion: """
        Reads the file and the ASSAY_* variables as 'assay serve' does, opens keys and policies, and \
        names variables that nothing reads. Secrets are not printed. Exit codes: 0 'serve' would \
        start with it, 64 a mistake, 66 a file or folder that cannot be used.
        """)

    @Option(help: "A configuration file. (default: assay.json, if it is there)")
    var config: String?

    func run() async throws {
      do {
        let configuration = try GatewayConfiguration.load(
          file: config ?? "assay.json", isRequired: config != nil,
          environment: ServeCommand.environment)
        for line in configuration.lines { print(line) }
        for name in Self.unread { print("WARNING  nothing reads the variable \(name)") }
        try await configuration.check()
        print("good: 'assay serve' would start with this")
      } catch {
        print("assay config: \(error.message)")
        throw ExitCode(error.exitCode)
      }
    }

    /// Variables that look like ours and are none: usually a slip of the pen.
    static var unread: [String] {
      let known = Set(
        GatewayConfiguration.Field.allCases.map(\.variable) + [
          "ASSAY_SHARED", "ASSAY_TOOLS", "ASSAY_ONNXRUNTIME",
        ])
      var names: [String] = []
      var next = environ
      while let entry = next.pointee {
        let name = String(cString: entry).prefix { $0 != "=" }
        if name.hasPrefix("ASSAY_"), !known.contains(String(name)) { names.append(String(name)) }
        next += 1
      }
      return names.sorted()
    }
  }
}
