import ArgumentParser
import AuditStore
import C2PA
import VerifyCommands

/// `audit show`: one decision with its rules and payload, or the whole trail of a job.
struct AuditShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a decision with what it rests on, or all decisions about a job.")

  @OptionGroup var options: AuditOptions
  @Argument(help: "The id of a decision, of a job or request, or an index.") var id: String
  @Flag(name: .long, help: "Print one JSON object a decision.") var json = false

  func run() async throws {
    try await AuditConsole.reportingFailures {
      let reader = try options.reader()
      let records = try await Self.records(of: id, in: reader)
      guard !records.isEmpty else {
        AuditConsole.complain("the log has nothing under \(DisplayText.neutralised(id))")
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
