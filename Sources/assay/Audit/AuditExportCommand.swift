import ArgumentParser
import AuditStore
import Bytes
import C2PA
import MerkleLog
import PKI
import StrictJSON
import Synchronization
import VerifyCommands

/// `audit export`: what leaves the house.
struct AuditExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write decisions for others: a bundle that proves itself, or a report.",
    subcommands: [Bundle.self, Statements.self, Transparency.self])

  /// Where it goes.
  struct Target: ParsableArguments {
    @Option(name: .shortAndLong, help: "Write to this file, not to standard output.")
    var output: String?
  }

  /// `audit export bundle`: entries with their proofs.
  struct Bundle: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Entries with their proofs, to be checked without the log.",
      discussion: """
        assay-verify log FILE --vkey KEY checks it on a machine that has nothing else. Without a \
        filter it has every entry under the newest checkpoint, and proves that none is missing. \
        It holds no payloads.
        """)

    @OptionGroup var options: AuditOptions
    @OptionGroup var leaves: LeafOptions
    @OptionGroup var target: Target
    @Option(
      name: .long,
      help: "A checkpoint that you kept from before: proves that the log continues it.")
    var seen: String?

    func run() async throws {
      try await AuditConsole.reportingFailures {
        let note = try seen.map {
          try SignedNote(parsing: try FileByteSource.contents(of: $0, limit: SignedNote.byteLimit))
        }
        let sink = try LineSink(path: target.output)
        let summary = try await options.reader().exportBundle(leaves.filter, seen: note) { line in
          try sink.write(line.compact + "\n")
        }
        try sink.commit()
        options.logExport("bundle", entries: summary.entries)
        AuditConsole.complain(
          "\(summary.entries) entries of \(summary.size) under the newest checkpoint, "
            + "and \(summary.olderCheckpoints) older checkpoints")
      }
    }
  }
}

extension AuditOptions {
  /// Exports are acts of administration. The gateway takes the trace within a second, or at its next
  /// start. An auditor's copy of a log that cannot be written takes none; it holds no more than
  /// everybody may read.
  func logExport(_ what: String, entries: UInt64) {
    let event = AuditEvent.export(
      what, entries: entries, actor: "operator", time: AuditConsole.milliseconds(),
      id: Hex.encode(SecureRandom.bytes(8)))
    do throws(AuditError) {
      try AuditInbox.post(event, directory: directory)
    } catch {
      AuditConsole.complain(
        "this export does not stand in the log: \(DisplayText.neutralised(error.detail))")
    }
  }
}

extension AuditExportCommand {
  /// What the operator says in reports.
  struct Profile: ParsableArguments {
    @Option(
      name: .long,
      help: ArgumentHelp(
        "Grounds, measures and categories of the reports. (default: reports/dsa.json in "
          + "$ASSAY_POLICIES, or in Policies)", valueName: "file"))
    var profile: String?

    func load() throws -> StatementProfile {
      let path =
        profile ?? "\(AuditConsole.environment("ASSAY_POLICIES") ?? "Policies")/reports/dsa.json"
      let bytes = try FileByteSource.contents(of: path, limit: 1 << 20)
      do {
        return try StatementProfile(parsing: bytes)
      } catch {
        throw AuditError(error.code, "\(path): \(error.detail)")
      }
    }
  }

  /// `audit export dsa`: statements of reasons.
  struct Statements: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "dsa",
      abstract: "Statements of reasons, as the DSA Transparency Database takes them.",
      discussion: "One JSON object a line, oldest first; the puid is the decision's id.")

    @OptionGroup var options: AuditOptions
    @OptionGroup var leaves: LeafOptions
    @OptionGroup var profile: Profile
    @OptionGroup var target: Target
    @Option(
      name: .long,
      help: ArgumentHelp(
        "These decisions followed a notice: SOURCE_ARTICLE_16, SOURCE_TRUSTED_FLAGGER or "
          + "SOURCE_TYPE_OTHER_NOTIFICATION. Choose them by --asset or another filter.",
        valueName: "source"))
    var notice: String?
    @Option(
      name: .long,
      help: ArgumentHelp("Who gave notice, where that may be told.", valueName: "name"))
    var notifier: String?

    func validate() throws {
      guard notifier == nil || notice != nil else {
        throw ValidationError("--notifier goes with --notice: who gave notice of what kind?")
      }
    }

    func run() async throws {
      try await AuditConsole.reportingFailures {
        var profile = try profile.load()
        if let notice { profile = try profile.following(notice: notice, from: notifier) }
        let sink = try LineSink(path: target.output)
        let count = try await options.reader().exportStatements(leaves.filter, profile: profile) {
          try sink.write(DisplayText.escapedJSON($0.json.compact) + "\n")
        }
        try sink.commit()
        options.logExport("dsa", entries: UInt64(count))
        AuditConsole.complain("\(count) statements of reasons")
      }
    }
  }

  /// `audit export transparency`: the yearly report's figures.
  struct Transparency: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Counters for a transparency report: measures, automation, complaints, times.")

    @OptionGroup var options: AuditOptions
    @OptionGroup var leaves: LeafOptions
    @OptionGroup var profile: Profile
    @OptionGroup var target: Target

    func run() async throws {
      try await AuditConsole.reportingFailures {
        let report = try await options.reader().transparencyReport(
          leaves.filter, profile: try profile.load())
        let sink = try LineSink(path: target.output)
        try sink.write(DisplayText.escapedJSON(report.json.pretty) + "\n")
        try sink.commit()
        options.logExport(
          "transparency", entries: UInt64(report.json["decisions"]?.integer ?? 0))
      }
    }
  }
}

/// Text to a file that is there whole or not at all, or to standard output.
final class LineSink: Sendable {
  private static let bufferSize = 1 << 16

  private struct State {
    var file: FileByteSink?
    var buffer: [UInt8] = []
  }

  private let state: Mutex<State>

  init(path: String?) throws {
    let file = try path.map { try FileByteSink(path: $0, mode: 0o600) }
    state = Mutex(State(file: file))
  }

  func write(_ text: String) throws {
    try state.withLock { state in
      guard let file = state.file else { return print(text, terminator: "") }
      state.buffer += Array(text.utf8)
      guard state.buffer.count >= LineSink.bufferSize else { return }
      try file.write(state.buffer)
      state.buffer = []
    }
  }

  func commit() throws {
    try state.withLock { state in
      guard let file = state.file else { return }
      try file.write(state.buffer)
      try file.commit()
    }
  }
}
