import ArgumentParser
import AuditStore
import Bytes
import C2PA
import Gateway
import Glibc
import MerkleLog
import PKI
import VerifyCommands

/// `audit follow`: watches a log from outside.
struct AuditFollowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "follow",
    abstract: "Watch a log from outside, and cry when it is not what it was.",
    discussion: """
      Reads the log's tiles over HTTP or from a folder, recomputes what is new, and keeps what it \
      has seen in a file of its own: a log that forks, is rolled back or shrinks is found at the \
      next look. Exit status: 0 good (--once), 1 an alarm, 66 the log cannot be read (--once).
      """)

  @Argument(help: "The log's address, such as https://gateway.example/log, or its folder.")
  var log: String
  @Option(name: .long, help: "The log's verifier key: a file, or the key itself.")
  var vkey: String
  @Option(
    name: .long, help: "Keeps the last checkpoint seen. (default: follow-….note in this folder)")
  var state: String?
  @Option(name: .long, help: "A C2SP tlog-policy file: who must have cosigned.")
  var policy: String?
  @Option(name: .long, help: "Seconds between two looks.") var every = 60
  @Flag(name: .long, help: "Look once.") var once = false

  func validate() throws {
    if !(1...86_400).contains(every) { throw ValidationError("--every takes 1 to 86400 seconds") }
  }

  func run() async throws {
    try await AuditConsole.reportingFailures {
      let key = try VerifierKey(
        access(vkey, F_OK) == 0
          ? String(decoding: try FileByteSource.contents(of: vkey, limit: 4096), as: UTF8.self)
          : vkey)
      let policy = try policy.map {
        try WitnessPolicy(parsing: try FileByteSource.contents(of: $0, limit: 1 << 20))
      }
      let digest = Hex.encode(HashAlgorithm.sha256.digest(Array(key.text.utf8)))
        .prefix(16)
      let isRemote = log.hasPrefix("http://") || log.hasPrefix("https://")
      let follower = LogFollower(
        log: isRemote ? LogOverHTTP.log(at: log) : TiledLog(folder: log), key: key, policy: policy,
        state: state ?? "follow-\(digest).note")
      repeat {
        try await look(follower)
        if !once { try await Task.sleep(for: .seconds(every)) }
      } while !once
    }
  }

  private func look(_ follower: LogFollower) async throws {
    let finding: LogFollower.Finding
    do {
      finding = try await follower.look()
    } catch  where !(error is AuditError) {
      AuditConsole.complain(DisplayText.neutralised("the log cannot be read: \(error)"))
      if once { throw ExitCode(ExitStatus.cannotRead) }
      return
    }
    switch finding {
    case .started(let now):
      print("good: \(now.size) entries, root \(now.root.base64); watching from here on")
    case .unchanged(let now): print("good: \(now.size) entries, nothing new")
    case .grown(let old, let now): print("good: grown from \(old) to \(now.size) entries")
    case .alarm(let code, let detail):
      print(DisplayText.neutralised("ALARM: \(detail) [\(code)]"))
      throw ExitCode(ExitStatus.refused)
    }
  }
}
