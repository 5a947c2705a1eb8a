import ArgumentParser
import AuditStore
import Bytes
import C2PA
import StrictJSON
import VerifyCommands

/// `audit show`: one decision, or the whole story of a job.
struct AuditShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a decision with what it rests on, or the whole story of a job.",
    discussion: """
      The story has every stage with its rules, time codes and hashes, who reviewed it, what was \
      erased or is held, and the proof of its newest entry. Payloads are shown with --payloads \
      only, and that you read them becomes an entry of the log.
      """)

  @OptionGroup var options: AuditOptions
  @OptionGroup var reading: ReadingOptions
  @Argument(help: "The id of a decision, of a job or request, or an index.") var id: String
  @Flag(name: .long, help: "Everything about the job that the decision belongs to.")
  var story = false
  @Flag(name: .long, help: "Open the payloads: prompts, transcripts, evidence.")
  var payloads = false
  @Flag(name: .long, help: "Print one JSON object a decision, or one for the story.")
  var json = false

  func validate() throws {
    if payloads, reading.purpose == nil {
      throw ValidationError("reading payloads is logged: say why with --purpose")
    }
  }

  func run() async throws {
    try await AuditConsole.reportingFailures {
      let reader = try options.reader(withPayloads: payloads)
      guard let found = try await reader.story(of: id) else { return try await single(reader) }
      if story || found.asset == id {
        try log(found.records)
        json ? AuditText.printLine(found.json) : print(AuditText.text(found))
      } else {
        try await single(reader)
      }
    }
  }

  private func single(_ reader: AuditReader) async throws {
    var record = try await reader.show(id: id)
    if record == nil, let index = UInt64(id), let entry = try await reader.entry(index: index) {
      record = try await reader.show(id: entry.id)
    }
    guard let record else {
      AuditConsole.complain("the log has nothing under \(DisplayText.neutralised(id))")
      throw ExitCode(ExitStatus.nothingFound)
    }
    try log([record])
    json ? AuditText.printLine(record.json) : print(AuditText.text(record))
  }

  /// Before anything is shown.
  private func log(_ records: [LogRecord]) throws {
    guard payloads else { return }
    let count = records.count { if case .present = $0.payload { true } else { false } }
    try reading.log(
      "show", decision: id, asset: records.first?.entry.asset ?? "", count: count,
      directory: options.directory)
  }
}

extension AuditText {
  static func text(_ story: DecisionStory) -> String {
    var parts = ["\(story.asset)  \(story.ending.rawValue)".neutralised]
    parts.append(table(story.records.map(\.entry), isTrail: true))
    parts += story.records.map { text($0) }
    for hold in story.holds {
      let end = hold.released == nil ? "in force" : "released"
      parts.append(
        "hold \(hold.id) on \(hold.scope.value), \(end), ground \(hold.ground)".neutralised)
    }
    if let receipt = story.receipt {
      parts.append(
        "proof of entry \(receipt.index): assay audit prove \(receipt.index)".neutralised)
    } else {
      parts.append("the newest entry is not under a signed checkpoint yet")
    }
    return parts.joined(separator: "\n\n")
  }
}

extension String {
  fileprivate var neutralised: String { DisplayText.neutralised(self) }
}
