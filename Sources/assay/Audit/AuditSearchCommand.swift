import ArgumentParser
import AuditStore
import Bytes
import C2PA
import Glibc
import PKI
import StrictJSON
import VerifyCommands

/// Who reads payloads, and why: both are logged.
struct ReadingOptions: ParsableArguments {
  @Option(name: .long, help: "Why you read payloads, such as a case number; it is logged for good.")
  var purpose: String?
  @Option(name: .long, help: "Your role in the log, such as auditor; no name.")
  var role = "operator"

  /// Leaves the trace before anything is shown. The gateway puts it into the log within a second,
  /// or at its next start.
  func log(
    _ what: String, decision: String? = nil, asset: String = "", count: Int, directory: String
  ) throws {
    guard let purpose else {
      throw ValidationError("reading payloads is logged: say why with --purpose")
    }
    let event = try PayloadReading.event(
      what, decision: decision, asset: asset, count: count, purpose: purpose, actor: role,
      time: AuditConsole.milliseconds(), id: Hex.encode(SecureRandom.bytes(8)))
    try AuditInbox.post(event, directory: directory)
  }
}

/// `audit search`: which payloads hold a text.
struct AuditSearchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Find payloads (prompts, transcripts, evidence) that hold a text.",
    discussion: "Needs the payload key. That you searched, and why, becomes an entry of the log.")

  @OptionGroup var options: AuditOptions
  @OptionGroup var leaves: LeafOptions
  @OptionGroup var reading: ReadingOptions
  @Argument(help: "The text; upper and lower case are alike.") var text: String
  @Option(name: .shortAndLong, help: "At most this many.") var limit = 50
  @Flag(name: .long, help: "Print one JSON object a line.") var json = false

  func run() async throws {
    try await AuditConsole.reportingFailures {
      let found = try await options.reader().search(text, leaves.filter, limit: max(limit, 1))
      try reading.log("search", count: found.count, directory: options.directory)
      guard !found.isEmpty else {
        AuditConsole.complain("no payload holds that text")
        throw ExitCode(ExitStatus.nothingFound)
      }
      for match in found {
        if json {
          AuditText.printLine([
            "index": .integer(Int(match.entry.index)), "id": .string(match.entry.id),
            "field": .string(match.field), "text": .string(match.text),
          ])
        } else {
          print(
            [
              String(match.entry.index), match.entry.timestamp, match.entry.id, match.field,
              match.text,
            ]
            .map { DisplayText.neutralised($0) }.joined(separator: "  "))
        }
      }
    }
  }
}
