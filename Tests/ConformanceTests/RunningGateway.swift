import Foundation
import TestKit

/// A real `assay serve` in its own process, with a data folder and keys of its own.
///
/// Tests drive it as an integrator would: over loopback, with other people's clients.
final class RunningGateway: Sendable {
  static let apiKey = "sk-conformance"

  let folder: TemporaryDirectory
  let port: Int
  private let command: RunningCommand
  private let environment: [String: String]

  var baseURL: String { "http://127.0.0.1:\(port)/v1" }
  var dataFolder: String { folder.path("data") }
  var rootCertificate: String { folder.path("keys/dev/root.pem") }
  var log: String {
    (try? String(contentsOfFile: folder.path("serve.log"), encoding: .utf8)) ?? "(no log)"
  }

  /// Starts the gateway and returns when it answers.
  ///
  /// - Parameters:
  ///   - core: `builtin`, or the base URL of an OpenAI-shaped server.
  ///   - models: the model folder; by default the project's own.
  ///   - reusing: the folder of an earlier gateway, to start again on its data.
  static func start(
    core: String = "builtin", coreKey: String? = nil, models: String? = nil,
    policies: String? = nil, environment extra: [String: String] = [:],
    reusing folder: TemporaryDirectory? = nil
  ) async throws -> RunningGateway {
    let folder = try folder ?? TestKit.temporaryDirectory()
    let assay = try executable("assay")
    if !FileManager.default.fileExists(atPath: folder.path("keys/dev/claim.key")) {
      let made = try await TestKit.run(
        assay, arguments: ["keys", "init", "--dir", folder.path("keys/dev")])
      guard made.status == 0 else { throw Failure("assay keys init: \(made.stderr)") }
    }
    let port = try freePort()
    var environment = [
      "ASSAY_HOST": "127.0.0.1", "ASSAY_PORT": String(port),
      "ASSAY_DATA": folder.path("data"), "ASSAY_KEYS": folder.path("keys"),
      "ASSAY_POLICIES": policies ?? TestKit.packageRoot + "/Policies",
      "ASSAY_MODELS": models ?? Self.models, "ASSAY_API_KEYS": "tests=\(apiKey),other=sk-other",
      "ASSAY_CORE": core,
    ]
    if let coreKey { environment["ASSAY_CORE_KEY"] = coreKey }
    environment.merge(extra) { $1 }
    let gateway = try RunningGateway(folder: folder, port: port, environment: environment)
    try await gateway.waitUntilReady()
    return gateway
  }

  private init(folder: TemporaryDirectory, port: Int, environment: [String: String]) throws {
    self.folder = folder
    self.port = port
    self.environment = environment
    let log = folder.path("serve.log")
    command = try RunningCommand(
      [try Self.executable("assay"), "serve"], environment: environment, output: log, errors: log)
  }

  /// SIGKILL, as a power cut would: nothing is flushed, nothing said goodbye to.
  func kill() {
    command.signal(SIGKILL)
    _ = command.wait()
  }

  /// SIGHUP: take changed policies now.
  func hangUp() { command.signal(SIGHUP) }

  var isRunning: Bool { command.isRunning }

  /// Runs one of the Python clients in this folder against the gateway.
  func client(
    _ script: String, _ arguments: [String] = [], python: String = "venv", limit: Double = 240
  ) async throws -> CommandResult {
    try await TestKit.run(
      TestKit.packageRoot + "/.tools/\(python)/bin/python",
      arguments: [TestKit.packageRoot + "/Tests/ConformanceTests/Clients/\(script)"] + arguments,
      environment: ["OPENAI_BASE_URL": baseURL, "OPENAI_API_KEY": Self.apiKey], limit: limit)
  }

  /// Returns once the gateway's log has `count` lines that contain `text`; false after `limit` s.
  func logs(_ text: String, count: Int = 1, limit: Int = 180) async throws -> Bool {
    try await TestKit.waitForLines(
      of: folder.path("serve.log"), containing: text, count: count, limit: limit)
  }

  /// One request with curl: status code and body.
  func curl(_ arguments: [String]) async throws -> (status: Int, body: String) {
    let answer = try await TestKit.run(
      "curl",
      arguments: ["-sS", "-m", "30", "-o", "-", "-w", "\n%{http_code}"] + arguments)
    var lines = answer.stdout.split(separator: "\n", omittingEmptySubsequences: false)
    let status = lines.popLast().flatMap { Int($0) } ?? 0
    return (status, lines.joined(separator: "\n"))
  }

  var authorization: String { "Authorization: Bearer \(Self.apiKey)" }

  private func waitUntilReady() async throws {
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(60)
    while clock.now < deadline {
      guard command.isRunning else { throw Failure("assay serve ended at once:\n\(log)") }
      let probe = try await curl(["http://127.0.0.1:\(port)/healthz"])
      if probe.status == 200 { return }
    }
    throw Failure("assay serve did not answer within a minute:\n\(log)")
  }

  static func executable(_ name: String) throws -> String {
    guard let path = TestKit.builtExecutable(named: name) else {
      throw Failure("\(name) is not beside the tests; run: swift build --build-tests")
    }
    return path
  }

  static let models =
    ProcessInfo.processInfo.environment["ASSAY_MODELS"] ?? TestKit.packageRoot + "/.models"

  /// Whether what the conformance tests need is installed (`Scripts/test` installs it).
  static let isEquipped: Bool = {
    let needed = [TestKit.packageRoot + "/.tools/venv/bin/python", models + "/manifest.json"]
    let missing = needed.filter { !FileManager.default.fileExists(atPath: $0) }
    for path in missing { print("SKIPPED: the conformance tests need \(path); run Scripts/test") }
    return missing.isEmpty
  }()

  struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }

  /// A port nobody listens on now.
  private static func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard bound else { throw Failure("no free port") }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
