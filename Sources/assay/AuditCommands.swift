import ArgumentParser
import AuditStore
import Bytes
import C2PA
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
      Reading needs no stop of the gateway; erasing needs the log for itself. Exit status: 0 good, \
      1 the log was tampered with, 2 nothing found, 64 a mistake on the command line, 66 the log \
      cannot be read, 70 an internal error, 75 another process has the log.
      """,
    subcommands: [
      AuditListCommand.self, AuditShowCommand.self, AuditVerifyCommand.self,
      AuditProveCommand.self, AuditEraseCommand.self,
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

  var directory: String {
    "\(data ?? environment("ASSAY_DATA") ?? ".assay")/log"
  }

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

  /// Nil when no file was named and there is none at the usual place.
  func payloadKeys() throws -> PayloadKeys? {
    let path = payloadKey ?? "\(environment("ASSAY_KEYS") ?? "Keys")/dev/payload.key"
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

/// `audit list`: one line a decision, newest first.
struct AuditListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List decisions, newest first.")

  @OptionGroup var options: AuditOptions
  @Option(name: .long, help: "Only what is about this job or request.") var asset: String?
  @Option(name: .long, help: "Only allow, flag, review or block.") var decision: String?
  @Option(name: .long, help: "Only screen, generate, inspect, seal or release.") var stage: String?
  @Option(name: .long, help: "Only from this moment on (RFC 3339).") var since: String?
  @Option(name: .long, help: "Only before this moment (RFC 3339).") var until: String?
  @Option(name: .long, help: "Only before this index: the next page.") var before: UInt64?
  @Option(name: .shortAndLong, help: "At most this many lines.") var limit = 50
  @Flag(name: .long, help: "Print one JSON object a line.") var json = false

  func validate() throws {
    for moment in [since, until].compactMap(\.self) where InstantText.parse(moment) == nil {
      throw ValidationError("\(moment) is no moment such as 2026-11-22T10:00:00Z")
    }
    if limit < 1 { throw ValidationError("--limit takes a number from 1") }
  }

  func run() async throws {
    try await reportingFailures {
      let filter = LogFilter(
        asset: asset, decision: decision, stage: stage,
        since: since.flatMap(InstantText.parse).map { $0 * 1000 },
        until: until.flatMap(InstantText.parse).map { $0 * 1000 }, before: before)
      let entries = try await options.reader().list(filter, limit: limit)
      guard !entries.isEmpty else {
        complain("no entry fits")
        throw ExitCode(ExitStatus.nothingFound)
      }
      if json {
        for entry in entries { AuditText.printLine(try AuditText.json(entry)) }
      } else {
        print(AuditText.table(entries))
      }
    }
  }
}

/// `audit show`: one decision with its rules and payload, or the whole trail of a job.
struct AuditShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a decision with what it rests on, or all decisions about a job.")

  @OptionGroup var options: AuditOptions
  @Argument(help: "The id of a decision, of a job or request, or an index.") var id: String
  @Flag(name: .long, help: "Print one JSON object a decision.") var json = false

  func run() async throws {
    try await reportingFailures {
      let reader = try options.reader()
      let records = try await Self.records(of: id, in: reader)
      guard !records.isEmpty else {
        complain("the log has nothing under \(DisplayText.neutralised(id))")
        throw ExitCode(ExitStatus.nothingFound)
      }
      for (number, record) in records.enumerated() {
        if json {
          AuditText.printLine(AuditText.json(record))
        } else {
          print(number == 0 ? "" : "\n", AuditText.text(record), separator: "")
        }
      }
    }
  }

  private static func records(of id: String, in reader: AuditReader) async throws -> [LogRecord] {
    if let record = try await reader.show(id: id) { return [record] }
    var entries = try await reader.entries(forAsset: id)
    if entries.isEmpty, let index = UInt64(id), let entry = try await reader.entry(index: index) {
      entries = [entry]
    }
    var records: [LogRecord] = []
    for entry in entries {
      if let record = try await reader.show(id: entry.id) { records.append(record) }
    }
    return records
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
    try await reportingFailures {
      let key = try options.verifierKey()
      let verdict = try await options.reader().verify(key)
      if json {
        AuditText.printLine(AuditText.json(verdict, key: key))
      } else {
        print(AuditText.text(verdict, key: key, isOwnKey: options.vkey == nil))
      }
      if !verdict.isIntact { throw ExitCode(ExitStatus.refused) }
    }
  }
}

/// `audit prove`: the receipt of a decision, to be checked without the log.
struct AuditProveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Write the proof that a decision stands in the log, and check it.",
    discussion: "The proof is a C2SP .tlog-proof; with the entry's bytes anybody can check it.")

  @OptionGroup var options: AuditOptions
  @Argument(help: "The id of a decision, or an index.") var id: String
  @Option(name: .shortAndLong, help: "Write the proof to this file, not to standard output.")
  var output: String?
  @Option(name: .long, help: "Write the entry's bytes, as hashed, to this file.")
  var entry: String?

  func run() async throws {
    try await reportingFailures {
      let reader = try options.reader()
      var found = try await reader.index(ofID: id)
      if found == nil, let index = UInt64(id) {
        found = try await reader.entry(index: index)?.index
      }
      guard let index = found else {
        complain("the log has no decision \(DisplayText.neutralised(id))")
        throw ExitCode(ExitStatus.nothingFound)
      }
      let receipt = try await reader.receipt(index: index)
      let proof = try ProofFile(parsing: Array(receipt.proof.utf8))
      switch proof.verify(leaf: .leaf(receipt.entry), log: try options.verifierKey()) {
      case .rejected(let reason):
        complain("entry \(index) is not proved: \(DisplayText.neutralised(reason))")
        throw ExitCode(ExitStatus.refused)
      case .verified(let checkpoint):
        if let entry { try write(receipt.entry, to: entry) }
        if let output {
          try write(Array(receipt.proof.utf8), to: output)
          print(
            "entry \(index) is proved under the signed checkpoint over \(checkpoint.size) entries")
        } else {
          print(receipt.proof, terminator: "")
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

/// `audit erase`: forgets a payload and logs that.
struct AuditEraseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "erase",
    abstract: "Delete a decision's payload; its entry and every proof stay.",
    discussion: "Needs the log for itself: stop the gateway first.")

  @OptionGroup var options: AuditOptions
  @Argument(help: "The id of the decision.") var id: String
  @Option(name: .long, help: "The legal ground, such as gdpr.art17; it is logged for good.")
  var ground: String
  @Option(
    name: .long,
    help: "The log's signing key. (default: dev/log.key in $ASSAY_KEYS, or in Keys)")
  var key: String?

  func run() async throws {
    try await reportingFailures {
      let path = key ?? "\(environment("ASSAY_KEYS") ?? "Keys")/dev/log.key"
      let signingKey = try PrivateKey(pem: try FileByteSource.contents(of: path, limit: 1 << 16))
      // The origin stands in the key that the log itself recorded.
      let origin = try await options.reader().verifierKey().name
      guard let payloadKeys = try options.payloadKeys() else {
        complain("there is no payload key; name its file with --payload-key")
        throw ExitCode(ExitStatus.cannotRead)
      }
      let log = try await AuditLog.open(
        directory: options.directory, origin: origin, signingKey: signingKey,
        payloadKeys: payloadKeys)
      let index = try await log.erase(id: id, ground: ground)
      try await log.close()
      print("the payload of \(DisplayText.neutralised(id)) is erased; entry \(index) says so")
    }
  }
}

private func environment(_ name: String) -> String? {
  getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
}

private func complain(_ text: String) {
  let line = Array("assay: \(text)\n".utf8)
  _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}

/// Turns what the log throws into a sentence on standard error and an exit status.
private func reportingFailures(_ body: () async throws -> Void) async throws {
  do {
    try await body()
  } catch let error as AuditError {
    complain(DisplayText.neutralised(error.detail))
    throw ExitCode(AuditText.status(of: error))
  } catch let error as FileError {
    complain(DisplayText.neutralised(error.description))
    throw ExitCode(ExitStatus.cannotRead)
  } catch let error as NoteError {
    complain(DisplayText.neutralised(error.detail))
    throw ExitCode(ExitStatus.usage)
  } catch let error as PKIError {
    complain(DisplayText.neutralised(error.detail))
    throw ExitCode(ExitStatus.cannotRead)
  }
}
