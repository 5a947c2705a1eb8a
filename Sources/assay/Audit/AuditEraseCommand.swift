import ArgumentParser
import AuditStore
import Bytes
import C2PA
import Gateway
import Glibc
import MerkleLog
import OutputStore
import PKI
import StrictJSON
import VerifyCommands

/// The keys of whoever may write the log.
struct WriterOptions: ParsableArguments {
  @Option(
    name: .long,
    help: "The log's signing key. (default: dev/log.key in $ASSAY_KEYS, or in Keys)")
  var key: String?

  /// Opens the log to write; nobody else may have it.
  func open(_ options: AuditOptions) async throws -> AuditLog {
    let path = key ?? "\(AuditConsole.environment("ASSAY_KEYS") ?? "Keys")/dev/log.key"
    let signingKey = try PrivateKey(pem: try FileByteSource.contents(of: path, limit: 1 << 16))
    guard let payloadKeys = try options.payloadKeys() else {
      AuditConsole.complain("there is no payload key; name its file with --payload-key")
      throw ExitCode(ExitStatus.cannotRead)
    }
    // The origin stands in the key that the log itself recorded.
    let origin = try await options.reader().verifierKey().name
    return try await AuditLog.open(
      directory: options.directory, origin: origin, signingKey: signingKey,
      payloadKeys: payloadKeys)
  }
}

/// `audit erase`: forgets payloads and logs that.
struct AuditEraseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "erase",
    abstract: "Delete the payloads of a decision, a job or a subject; entries and proofs stay.",
    discussion: """
      Needs the log for itself: stop the gateway first, or ask it by POST /v1/audit/erasures. What \
      a legal hold covers stays. Exit status 1: a hold kept something.
      """)

  @OptionGroup var options: AuditOptions
  @OptionGroup var writer: WriterOptions
  @Argument(help: "The id of a decision; or name a job or a subject.") var id: String?
  @Option(name: .long, help: "Everything about this job or request.") var asset: String?
  @Option(name: .long, help: "Everything this subject asked for: its pseudonym in the log.")
  var subject: String?
  @Option(name: .long, help: "The legal ground, such as gdpr.art17; it is logged for good.")
  var ground: String
  @Flag(name: .long, help: "Only say what would be erased.") var dryRun = false
  @Option(
    name: .long,
    help: "Write the proof that the erasures are logged: a bundle for assay-verify log.")
  var receipt: String?

  func validate() throws {
    if [id, asset, subject].compactMap(\.self).count != 1 {
      throw ValidationError("give the id of a decision, or one of --asset and --subject")
    }
  }

  func run() async throws {
    try await AuditConsole.reportingFailures {
      let scope: LegalHold.Scope =
        if let id { .decision(id) } else if let asset { .asset(asset) } else {
          .subject(subject ?? "")
        }
      let log = try await writer.open(options)
      let report = try await log.erase(scope, ground: ground, isRehearsal: dryRun)
      try await log.close()
      if !dryRun { try await forgetOutputs(scope, report) }
      for item in report.items {
        let entry = item.erasure.map { "erased, entry \($0) says so" } ?? "would be erased"
        print("\(DisplayText.neutralised(item.id))  \(entry)")
      }
      for kept in report.held {
        print(DisplayText.neutralised("\(kept.id)  KEPT by the legal hold \(kept.hold)"))
      }
      print(
        "\(report.items.count) payloads \(dryRun ? "would be " : "")erased, "
          + "\(report.held.count) held, \(report.withoutPayload) had none")
      if let receipt, !dryRun { try await write(report, to: receipt) }
      if !report.held.isEmpty { throw ExitCode(ExitStatus.refused) }
    }
  }

  /// The records of delivered files, and answers that are kept, lie beside the log in a gateway's
  /// data folder.
  private func forgetOutputs(_ scope: LegalHold.Scope, _ report: ErasureReport) async throws {
    let path = "\(options.folder)/\(OutputStore.fileName)"
    guard access(path, F_OK) == 0 else { return }
    let gone = try await OutputErasure.run(
      scope, report, try OutputStore(path: path),
      try KeptReplies(data: DataFolder(path: options.folder)))
    if gone.files > 0 {
      print("\(gone.files) delivered files forgotten: copies are not recognised any more")
    }
    if gone.replies > 0 { print("\(gone.replies) kept answers deleted") }
  }

  private func write(_ report: ErasureReport, to path: String) async throws {
    let indices = report.items.flatMap { [$0.index, $0.erasure].compactMap(\.self) }
    let sink = try LineSink(path: path)
    _ = try await options.reader().exportBundle(indices: indices.sorted()) {
      try sink.write($0.compact + "\n")
    }
    try sink.commit()
  }
}

/// `audit retention`: forgets what is old enough.
struct AuditRetentionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retention",
    abstract: "Erase payloads that are older than their class allows.",
    discussion: """
      Each erasure is an entry of the log, and so is the run. What a legal hold covers stays. Needs \
      the log for itself: stop the gateway first.
      """)

  @OptionGroup var options: AuditOptions
  @OptionGroup var writer: WriterOptions
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Days by class. (default: reports/retention.json in $ASSAY_POLICIES, or in Policies)",
      valueName: "file"))
  var profile: String?
  @Flag(name: .long, help: "Only say what would be erased.") var dryRun = false
  @Option(name: .long, help: "Your role in the log; no name.") var role = "operator"

  func run() async throws {
    try await AuditConsole.reportingFailures {
      let path =
        profile
        ?? "\(AuditConsole.environment("ASSAY_POLICIES") ?? "Policies")/reports/retention.json"
      let rules: RetentionProfile
      do {
        rules = try RetentionProfile(parsing: try FileByteSource.contents(of: path, limit: 1 << 16))
      } catch let error as AuditError {
        throw AuditError(error.code, "\(path): \(error.detail)")
      }
      let log = try await writer.open(options)
      let report = try await log.retain(
        rules, now: AuditConsole.milliseconds(), actor: role, isRehearsal: dryRun)
      try await log.close()
      for part in report.classes {
        print(
          DisplayText.neutralised(
            "\(part.name): older than \(part.days) days: \(part.erased) "
              + "\(dryRun ? "would be " : "")erased, \(part.held) held"))
      }
      for (name, count) in report.unlimited.sorted(by: { $0.key < $1.key }) {
        print(DisplayText.neutralised("\(name): \(count), kept: the file names no days for it"))
      }
      if let entry = report.entry { print("entry \(entry) says so") }
    }
  }
}
