import ArgumentParser
import Bytes
import C2PA
import Evaluation
import Glibc
import Moderation
import Policy
import StrictJSON
import VerifyCommands

/// `assay eval`: how good the policy in force is on labelled rows.
struct EvalCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Measure on labelled texts: unsafe stopped, benign let through, per category.",
    discussion: """
      ROWS are JSON Lines: {"id","text","modality","unsafe","categories","tags","source","tier"}. \
      A second policy is measured on the same rows beside the first. --report writes a page with \
      the curves to choose bounds by. Exit codes: 0 measured, 1 below --require, 64 usage, 66 \
      something cannot be read.
      """)

  @OptionGroup var layers: PolicyLayers
  @Argument(help: "Files of rows.") var rows: [String]
  @Option(
    name: .long,
    help: ArgumentHelp("Other layers to compare with, comma-separated.", valueName: "names"))
  var against: String?
  @Option(
    name: .customLong("against-policies"),
    help: ArgumentHelp("Another folder of policies to compare with.", valueName: "dir"))
  var againstPolicies: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The folder of the models. (default: $ASSAY_MODELS or .models)", valueName: "dir"))
  var models: String?
  @Option(
    name: .customLong("from"),
    help: "Judge nothing: take the answers from this file, as assay moderate --jsonl prints them.")
  var source: String?
  @Option(name: .long, help: "Write the answers to this file.") var predictions: String?
  @Option(name: .long, help: ArgumentHelp("Write the report into this folder.", valueName: "dir"))
  var report: String?
  @Option(name: .long, help: "Which answers count as stopped: review,block or block.")
  var stop = "review,block"
  @Option(
    name: .long, help: "Least shares, such as not_unsafe=0.88 and not_overrefuse=0.97.")
  var require: [String] = []
  @Flag(name: .long, help: "Print one JSON object.") var json = false

  private var stopping: Set<Prediction.Answer> {
    Set(PolicyLayers.split(stop).compactMap(Prediction.Answer.init(rawValue:)))
  }

  func validate() throws {
    guard !rows.isEmpty else { throw ValidationError("name at least one file of rows") }
    guard stopping == [.review, .block] || stopping == [.block] else {
      throw ValidationError("--stop is review,block or block")
    }
    for wish in require where Self.wish(wish) == nil {
      throw ValidationError("--require takes not_unsafe=SHARE or not_overrefuse=SHARE")
    }
  }

  func run() async throws {
    let (labelled, parts) = try await measured()
    if let predictions {
      let lines = labelled.compactMap { row in
        parts[0].predictions[row.id].map { RowFile.line(id: row.id, $0).compact + "\n" }
      }
      try write(lines.joined(), to: predictions)
    }
    if let report {
      _ = mkdir(report, 0o755)
      for file in EvaluationReport(rows: labelled, parts: parts).files {
        try write(file.content, to: "\(report)/\(file.name)")
      }
    }
    let other = parts.count > 1 ? parts[1] : nil
    if json {
      let cards = parts.map { part -> JSONValue.Member in
        .init(part.name, ScorecardText.json(part.card))
      }
      print(DisplayText.escapedJSON(JSONValue.object(cards).compact))
    } else {
      print(
        ScorecardText.table(parts[0].card, against: other?.card, names: parts.map(\.name)))
    }
    try holdToRequirements(parts[0].card)
  }

  private func measured() async throws -> ([LabelledRow], [EvaluationReport.Part]) {
    let labelled: [LabelledRow]
    do {
      labelled = try RowFile.rows(
        try rows.reduce(into: []) { $0 += try contents(of: $1) + [UInt8(ascii: "\n")] })
    } catch let fault as RowFile.Fault {
      throw unreadable("\(rows.joined(separator: ", ")), \(fault)")
    }
    if let source {
      do {
        let answers = try RowFile.predictions(try contents(of: source))
        return (labelled, [part(source, labelled, answers)])
      } catch let fault as RowFile.Fault {
        throw unreadable("\(source), \(fault)")
      }
    }
    var sets: [(name: String, set: PolicySet)] = []
    do {
      sets.append((layers.names.joined(separator: ","), try layers.load()))
      if against != nil || againstPolicies != nil {
        let names = against.map(PolicyLayers.split) ?? layers.names
        let directory = againstPolicies ?? layers.directory
        let label = names.joined(separator: ",") + (againstPolicies.map { " in \($0)" } ?? "")
        sets.append((label, try PolicySet.load(directory: directory, names: names)))
      }
    } catch {
      throw unreadable("the policies cannot be used\n\(error)")
    }
    let moderations = await TextModeration.loading(
      policies: sets.map(\.set), models: models ?? Environment["ASSAY_MODELS"] ?? ".models")
    let clock = ContinuousClock()
    let start = clock.now
    let answers = await EvaluationRun.predictions(
      for: labelled, under: moderations,
      width: 2 * max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1))
    let seconds = (clock.now - start) / .seconds(1)
    complain(
      "\(labelled.count) rows in \(PolicyText.thousandths(seconds)) s, "
        + "\(Int((Double(labelled.count) / max(seconds, 0.001)).rounded())) a second")
    return (labelled, zip(sets, answers).map { part($0.name, labelled, $1) })
  }

  private func part(
    _ name: String, _ rows: [LabelledRow], _ answers: [String: Prediction]
  ) -> EvaluationReport.Part {
    EvaluationReport.Part(
      name: name, card: Scorecard(rows: rows, predictions: answers, stopping: stopping),
      predictions: answers)
  }

  private func holdToRequirements(_ card: Scorecard) throws {
    var isShort = false
    for (name, least) in require.compactMap(Self.wish) {
      let measured = name == "not_unsafe" ? card.core.stopped.value : card.core.passed.value
      if !(measured >= least) {
        isShort = true
        complain("\(name) is \(PolicyText.thousandths(measured)), and \(least) is required")
      }
    }
    if isShort { throw ExitCode(ExitStatus.refused) }
  }

  private static func wish(_ text: String) -> (name: String, least: Double)? {
    let parts = text.split(separator: "=")
    guard parts.count == 2, ["not_unsafe", "not_overrefuse"].contains(parts[0]),
      let least = Double(parts[1]), (0...1).contains(least)
    else { return nil }
    return (String(parts[0]), least)
  }

  /// Rows files hold whole benchmarks.
  private static let byteLimit = 1 << 30

  private func contents(of path: String) throws -> [UInt8] {
    do {
      return try FileByteSource.contents(of: path, limit: Self.byteLimit)
    } catch {
      throw unreadable(error.description)
    }
  }

  private func write(_ text: String, to path: String) throws {
    do {
      let sink = try FileByteSink(path: path)
      try sink.write(Array(text.utf8))
      try sink.commit()
    } catch {
      throw unreadable("\(path) cannot be written: \(error)")
    }
  }

  private func unreadable(_ text: String) -> ExitCode {
    complain(DisplayText.neutralised(text))
    return ExitCode(ExitStatus.cannotRead)
  }

  private func complain(_ text: String) {
    let line = Array("assay eval: \(text)\n".utf8)
    _ = line.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
