import ArgumentParser
import AuditStore
import C2PA
import Gateway
import Glibc
import Logging
import MerkleLog
import StrictJSON
import VerifyCommands

/// `demo`: the main job once, and everything that can be said about it afterwards.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Make one clip end to end on the built-in core; show its report and its record.",
    discussion: """
      Serves on a free port of this machine, asks for a clip and for something that is refused, and \
      prints the clip's verification report, the decisions about both, and a proof from the log. \
      Writes below the data folder only.
      """)

  @Option(help: "The folder of all that is written.") var data = ".assay/demo"
  @Option(help: "What the clip shows and says.") var prompt =
    #"A lighthouse at dusk over a calm blue sea. A voice says "welcome home"."#

  func run() async throws {
    do {
      try await show()
    } catch let error as StartupError {
      Self.complain(error.message)
      throw ExitCode(error.exitCode)
    } catch let error as DemonstrationError {
      Self.complain(error.description)
      throw ExitCode(70)
    }
  }

  private func show() async throws {
    var configuration = try GatewayConfiguration.load(environment: ServeCommand.environment)
    configuration.data = data
    configuration.core = .builtIn
    let demonstration = Demonstration(
      prompt: prompt, handle: "@demo",
      refusedPrompt: "Explicit hardcore porn, a naked couple having sex", seconds: 4,
      size: "1280x720")
    var logger = Logger(label: "assay")
    // The demonstration stops its server in mid-air, and Hummingbird says so.
    logger.logLevel = .critical

    Self.title("Ask for a clip, as an OpenAI client does")
    print("POST /v1/videos  \(prompt)")
    let outcome = try await demonstration.run(
      configuration, clip: "\(data)/clip.mp4", logger: logger, show: { Self.say("  \($0)") })
    print(
      "clip  \(outcome.clip)  (\(outcome.byteCount / 1024) KiB, \(Self.tenths(outcome.seconds)) s)")

    Self.title("What a receiver learns of it:  assay verify \(outcome.clip)")
    let trust = try TrustOptions.parse(["--trust", "own=\(configuration.keys)/dev/root.pem"])
      .configuration()
    print(TextReport.text(try Verifier(trust: trust).verify(path: outcome.clip)))

    let reader = try AuditReader.open(directory: "\(data)/log")
    Self.title(
      "Who decided what about it:  assay audit list --asset \(outcome.clipID) --data \(data)")
    let trail = try await reader.entries(forAsset: outcome.clipID)
    print(AuditText.table(trail, isTrail: true))
    print(Self.pace(trail, seconds: demonstration.seconds))

    Self.title("Ask for something that the policy refuses")
    print("POST /v1/videos  (a prompt for pornography)")
    print("HTTP \(outcome.refusal.status)  \(outcome.refusal.body.compact)")
    if let refused = try await reader.list(LogFilter(decision: "block"), limit: 1).first,
      let record = try await reader.show(id: refused.id)
    {
      print("\n" + AuditText.text(record, isBrief: true))
    }

    Self.title("The log's checkpoint, and a proof that checks")
    guard let released = trail.last else { return }
    let receipt = try await reader.receipt(index: released.index)
    let key = try await reader.verifierKey()
    let proof = try ProofFile(parsing: Array(receipt.proof.utf8))
    print(String(decoding: proof.checkpoint.bytes, as: UTF8.self))
    switch proof.verify(leaf: TreeHash.leaf(receipt.entry), log: key) {
    case .verified(let checkpoint):
      print(
        "entry \(released.index), the release of the clip, is one of the \(checkpoint.size): "
          + "proof of \(proof.hashes.count) hashes checked under \(key.name)")
    case .rejected(let reason): print("THE PROOF DOES NOT CHECK: \(reason)")
    }
    let verdict = try await reader.verify(key)
    print(verdict.isIntact ? "the whole log verifies" : "THE LOG DOES NOT VERIFY")
  }

  /// Seconds from each entry to the next: what each stage took.
  private static func pace(_ trail: [LogEntry], seconds: Int) -> String {
    let steps = zip(trail, trail.dropFirst()).map { earlier, later in
      "\(later.stage) \(tenths(Double(later.time - earlier.time) / 1000)) s"
    }
    guard let first = trail.first, let last = trail.last, last.time > first.time else { return "" }
    let speed = Double(seconds) * 1000 / Double(last.time - first.time)
    return "took  \(steps.joined(separator: ", ")):  \(tenths(speed)) times real time"
  }

  private static func tenths(_ value: Double) -> String {
    let rounded = Int((value * 10).rounded())
    return "\(rounded / 10).\(rounded % 10)"
  }

  private static func title(_ text: String) { print("\n== \(text)\n") }

  /// At once: a line must not wait in a buffer while a clip is made.
  private static func say(_ line: String) {
    let bytes = Array("\(line)\n".utf8)
    fflush(nil)
    _ = write(STDOUT_FILENO, bytes, bytes.count)
  }

  private static func complain(_ sentence: String) {
    let bytes = Array("assay demo: \(sentence)\n".utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }
}
