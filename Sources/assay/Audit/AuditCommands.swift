import ArgumentParser
import AuditStore
import Bytes
import C2PA
import Gateway
import Glibc
import MerkleLog
import PKI
import StrictJSON
import VerifyCommands

/// `audit …`: what was decided, by which rule, and whether the record was touched.
struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Read, verify and prove the log of decisions.",
    discussion: """
      Reading needs no stop of the gateway; erasing and retention need the log for themselves. Exit \
      status: 0 good, \
      1 the log was tampered with, 2 nothing found, 64 a mistake on the command line, 66 the log \
      cannot be read, 70 an internal error, 75 another process has the log.
      """,
    subcommands: [
      AuditListCommand.self, AuditShowCommand.self, AuditSearchCommand.self,
      AuditStatsCommand.self, AuditExportCommand.self, AuditVerifyCommand.self,
      AuditProveCommand.self, AuditEraseCommand.self, AuditHoldCommand.self,
      AuditRetentionCommand.self,
      AuditFsckCommand.self, AuditFollowCommand.self, AuditWitnessCommand.self,
      AuditRecordCommand.self, AuditRotateCommand.self,
    ])
}

/// Where the log is and whose signature it must bear.
struct AuditOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The gateway's data folder. (default: $ASSAY_DATA or .assay)", valueName: "dir"))
  var data: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The log's verifier key: a file, or the key itself. (default: vkey in the log's folder)",
      valueName: "key"))
  var vkey: String?

  /// The gateway's data folder.
  var folder: String { data ?? AuditConsole.environment("ASSAY_DATA") ?? ".assay" }
  var directory: String { "\(folder)/log" }

  @Option(
    name: .customLong("payload-key"),
    help: ArgumentHelp(
      "The key file that opens payloads. (default: dev/payload.key in $ASSAY_KEYS, or in Keys)",
      valueName: "file"))
  var payloadKey: String?

  /// Without the key file, payloads stay sealed.
  func reader() throws -> AuditReader {
    try AuditReader.open(directory: directory, payloadKeys: try payloadKeys())
  }

  /// A reader that opens payloads, or one that cannot.
  func reader(withPayloads: Bool) throws -> AuditReader {
    if withPayloads { return try reader() }
    return try AuditReader.open(directory: directory)
  }

  /// Nil when no file was named and there is none at the usual place.
  func payloadKeys() throws -> PayloadKeys? {
    let path = payloadKey ?? "\(AuditConsole.environment("ASSAY_KEYS") ?? "Keys")/dev/payload.key"
    if payloadKey == nil, access(path, F_OK) != 0 { return nil }
    return try PayloadKeys(file: try FileByteSource.contents(of: path, limit: 1 << 16))
  }

  func verifierKey() throws -> VerifierKey {
    let given = vkey ?? "\(directory)/vkey"
    let text =
      vkey != nil && access(given, F_OK) != 0
      ? given : String(decoding: try FileByteSource.contents(of: given, limit: 4096), as: UTF8.self)
    return try VerifierKey(text)
  }
}

/// `audit verify`: recomputes everything.
struct AuditVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Recompute the log from its entries and compare it with what was signed.",
    discussion: """
      An auditor gives --vkey with a key obtained from somewhere else than the log's own folder.
      """)

  @OptionGroup var options: AuditOptions
  @Flag(name: .long, help: "Print one JSON object.") var json = false

  func run() async throws {
    try await AuditConsole.reportingFailures {
      let key = try options.verifierKey()
      let reader = try options.reader()
      let verdict = try await reader.verify(key)
      // What has no entry is nothing that the tree can show.
      let reconciled = try await Reconciliation.run(data: options.folder, log: reader)
      if json {
        AuditText.printLine(AuditText.json(verdict, key: key, reconciled))
      } else {
        print(AuditText.text(verdict, key: key, isOwnKey: options.vkey == nil))
        print(AuditText.text(reconciled))
      }
      if !verdict.isIntact || !reconciled.gaps.isEmpty { throw ExitCode(ExitStatus.refused) }
    }
  }
}

/// `audit prove`: the receipt of a decision, to be checked without the log.
struct AuditProveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Write the proof that a decision stands in the log, and check it.",
    discussion: """
      The proof is a C2SP .tlog-proof. It carries the entry's bytes in its extra line, so it can be \
      checked without anything else.
      """)

  @OptionGroup var options: AuditOptions
  @Argument(help: "The id of a decision, or an index.") var id: String
  @Option(name: .shortAndLong, help: "Write the proof to this file, not to standard output.")
  var output: String?
  @Option(name: .long, help: "Write the entry's bytes, as hashed, to this file.")
  var entry: String?

  func run() async throws {
    try await AuditConsole.reportingFailures {
      let reader = try options.reader()
      var found = try await reader.index(ofID: id)
      if found == nil, let index = UInt64(id) {
        found = try await reader.entry(index: index)?.index
      }
      guard let index = found else {
        AuditConsole.complain("the log has no decision \(DisplayText.neutralised(id))")
        throw ExitCode(ExitStatus.nothingFound)
      }
      let receipt = try await reader.receipt(index: index)
      let bare = try ProofFile(parsing: Array(receipt.proof.utf8))
      let proof = ProofFile(
        extra: receipt.entry, index: bare.index, hashes: bare.hashes, checkpoint: bare.checkpoint)
      switch proof.verify(leaf: .leaf(receipt.entry), log: try options.verifierKey()) {
      case .rejected(let reason):
        AuditConsole.complain("entry \(index) is not proved: \(DisplayText.neutralised(reason))")
        throw ExitCode(ExitStatus.refused)
      case .verified(let checkpoint):
        if let entry { try write(receipt.entry, to: entry) }
        if let output {
          try write(proof.bytes, to: output)
          print(
            "entry \(index) is proved under the signed checkpoint over \(checkpoint.size) entries")
        } else {
          print(String(decoding: proof.bytes, as: UTF8.self), terminator: "")
        }
      }
    }
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    let sink = try FileByteSink(path: path)
    try sink.write(bytes)
    try sink.commit()
  }
}
