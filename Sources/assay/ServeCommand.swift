import ArgumentParser
import Gateway
import Glibc

/// `serve`: the gateway.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve OpenAI's /v1/videos in front of a generation core.",
    discussion: """
      Everything has a default. A configuration file (assay.json), then ASSAY_HOST, ASSAY_PORT, \
      ASSAY_DATA, ASSAY_KEYS, ASSAY_POLICIES, ASSAY_MODELS, ASSAY_API_KEYS, ASSAY_CORE, \
      ASSAY_CORE_KEY and so on, then these flags override it. Exit status: 64 a mistake in the \
      configuration, 66 a file or folder that cannot be used, 70 an internal error, 75 something \
      is taken or full: try again.
      """)

  @Option(help: "A configuration file. (default: assay.json, if it is there)") var config: String?
  @Option(help: "The address to listen on. (default: 127.0.0.1)") var host: String?
  @Option(help: "The port to listen on. (default: 8080)") var port: String?
  @Option(help: "The folder of all that is written. (default: .assay)") var data: String?
  @Option(help: "The folder of signing keys and trust. (default: Keys)") var keys: String?
  @Option(help: "The folder of policies. (default: Policies)") var policies: String?
  @Option(help: "The folder of models. (default: .models)") var models: String?
  @Option(
    name: .customLong("api-keys"),
    help: "API keys, comma-separated: name=key or key. Better in ASSAY_API_KEYS: flags can be seen."
  )
  var apiKeys: String?
  @Option(help: "'builtin', or the base URL of a server with /v1/videos. (default: builtin)")
  var core: String?
  @Option(
    name: .customLong("core-key"),
    help: "The key for that server. Better in ASSAY_CORE_KEY: flags can be seen.")
  var coreKey: String?
  @Option(name: .customLong("core-name"), help: "What manifests call that server's model.")
  var coreName: String?
  @Option(help: "Jobs that run at the same time. (default: 1)") var concurrency: String?

  func run() async throws {
    do {
      let configuration = try GatewayConfiguration.load(
        file: config ?? "assay.json", isRequired: config != nil, environment: Self.environment,
        flags: flags)
      try await GatewayServer.run(configuration) { Self.say($0, to: STDOUT_FILENO) }
    } catch {
      Self.say("assay serve: \(error.message)", to: STDERR_FILENO)
      throw ExitCode(error.exitCode)
    }
  }

  /// At once: a line must not wait in a buffer when the output goes to a file.
  private static func say(_ line: String, to descriptor: Int32) {
    let bytes = Array("\(line)\n".utf8)
    _ = write(descriptor, bytes, bytes.count)
  }

  private var flags: [GatewayConfiguration.Field: String] {
    [
      .host: host, .port: port, .data: data, .keys: keys, .policies: policies, .models: models,
      .apiKeys: apiKeys, .core: core, .coreKey: coreKey, .coreName: coreName,
      .concurrency: concurrency,
    ].compactMapValues(\.self)
  }

  static var environment: [String: String] {
    var values: [String: String] = [:]
    for field in GatewayConfiguration.Field.allCases {
      if let value = getenv(field.variable) { values[field.variable] = String(cString: value) }
    }
    return values
  }
}
