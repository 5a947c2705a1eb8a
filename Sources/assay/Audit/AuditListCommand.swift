import ArgumentParser
import AuditStore
import C2PA
import VerifyCommands

/// Which leaves a command is about.
struct LeafOptions: ParsableArguments {
  @Option(name: .long, help: "Only what is about this job or request.") var asset: String?
  @Option(name: .long, help: "Only allow, flag, review or block.") var decision: String?
  @Option(name: .long, help: "Only screen, generate, inspect, seal or release.") var stage: String?
  @Option(name: .long, help: "Only what this subject asked for: its pseudonym in the log.")
  var subject: String?
  @Option(name: .long, help: "Only what this tenant's keys asked for: its pseudonym in the log.")
  var tenant: String?
  @Option(name: .long, help: "Only where this rule fired.") var rule: String?
  @Option(name: .long, help: "Only where a rule of this category fired.") var category: String?
  @Option(name: .long, help: "Only this kind of entry, such as payload.erased.") var kind: String?
  @Option(name: .long, help: "Only from this moment on (RFC 3339).") var since: String?
  @Option(name: .long, help: "Only before this moment (RFC 3339).") var until: String?
  @Option(name: .long, help: "Only before this index: the next page.") var before: UInt64?

  func validate() throws {
    for moment in [since, until].compactMap(\.self) where InstantText.parse(moment) == nil {
      throw ValidationError("\(moment) is no moment such as 2026-11-22T10:00:00Z")
    }
  }

  var filter: LogFilter {
    LogFilter(
      asset: asset, decision: decision, stage: stage, kind: kind, subject: subject,
      tenant: tenant, rule: rule, category: category,
      since: since.flatMap(InstantText.parse).map { $0 * 1000 },
      until: until.flatMap(InstantText.parse).map { $0 * 1000 }, before: before)
  }
}

/// `audit list`: one line a decision, newest first.
struct AuditListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List decisions, newest first.")

  enum Format: String, ExpressibleByArgument {
    case table, jsonl, csv
  }

  @OptionGroup var options: AuditOptions
  @OptionGroup var leaves: LeafOptions
  @Option(name: .shortAndLong, help: "At most this many lines.") var limit = 50
  @Option(name: .long, help: "table, jsonl (one JSON object a line) or csv.")
  var format = Format.table
  @Flag(name: .long, help: "The same as --format jsonl.") var json = false

  func validate() throws {
    if limit < 1 { throw ValidationError("--limit takes a number from 1") }
  }

  func run() async throws {
    try await AuditConsole.reportingFailures {
      let entries = try await options.reader().list(leaves.filter, limit: limit)
      guard !entries.isEmpty else {
        AuditConsole.complain("no entry fits")
        throw ExitCode(ExitStatus.nothingFound)
      }
      switch json ? .jsonl : format {
      case .jsonl: for entry in entries { AuditText.printLine(try AuditText.json(entry)) }
      case .csv:
        print(CommaSeparated.leafHead, terminator: "")
        for entry in entries {
          print(CommaSeparated.line(entry), terminator: "")
        }
      case .table: print(AuditText.table(entries))
      }
      if entries.count == limit, let last = entries.last, last.index > 0 {
        AuditConsole.complain("there may be more: --before \(last.index) lists the next page")
      }
    }
  }
}
