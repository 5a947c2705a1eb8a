import ArgumentParser
import C2PA
import Glibc
import MerkleLog
import StrictJSON

extension LogCommand {
  /// `log bundle`, or `log FILE`: does all of this stand in the log, unchanged?
  struct BundleFile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "bundle",
      abstract: "Check an exported bundle: every entry, and that the log only ever grew.",
      discussion: """
        Give --vkey with a key obtained from somewhere else than the bundle: without it the bundle \
        is checked against the key that it names itself. An excerpt proves what it has, never that \
        nothing was left out; a bundle of the whole log proves that too. Exit status: 0 all is \
        proved, 1 it is not, 64 a mistake on the command line, 66 the file cannot be read.
        """)

    @Argument(help: "The bundle, as `assay audit export bundle` writes it.") var bundle: String
    @Option(
      name: .long,
      help: ArgumentHelp(
        "The log's verifier key: a file, or the key itself (name+id+key).", valueName: "key"))
    var vkey: String?
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() async throws {
      try LogCommand.reportingFailures {
        let given = try vkey.map(LogCommand.key)
        let reading = try BundleReading(path: bundle, given: given)
        if json {
          print(DisplayText.escapedJSON(Self.json(reading.verdict).compact))
        } else {
          print(Self.text(reading.verdict, isOwnKey: given == nil))
        }
        if !reading.verdict.isGood { throw ExitCode(ExitStatus.refused) }
      }
    }

    private static func text(_ verdict: BundleVerdict, isOwnKey: Bool) -> String {
      var lines: [String] = []
      if let checkpoint = verdict.checkpoint {
        lines.append("log          \(checkpoint.origin)")
        lines.append("checkpoint   over \(checkpoint.size) entries, root \(checkpoint.root.base64)")
      }
      lines.append(
        "entries      \(verdict.provedEntries) of \(verdict.entries) proved"
          + (verdict.isComplete ? ", and they are the whole log" : ", an excerpt"))
      lines.append("consistency  with \(verdict.olderCheckpoints) older checkpoints")
      if isOwnKey {
        lines.append("key          from the bundle itself; compare it with one obtained elsewhere")
      }
      for problem in verdict.problems {
        lines.append("problem      \(problem.detail) [\(problem.code)]")
      }
      if verdict.problemCount > verdict.problems.count {
        lines.append("problem      and \(verdict.problemCount - verdict.problems.count) more")
      }
      lines.append("verdict      \(verdict.isGood ? "good" : "TAMPERED WITH OR DAMAGED")")
      return lines.map { DisplayText.neutralised($0) }.joined(separator: "\n")
    }

    private static func json(_ verdict: BundleVerdict) -> JSONValue {
      [
        "verified": .bool(verdict.isGood),
        "log": verdict.checkpoint.map { .string($0.origin) } ?? .null,
        "size": verdict.checkpoint.map { .integer(Int($0.size)) } ?? .null,
        "root": verdict.checkpoint.map { .string($0.root.base64) } ?? .null,
        "entries": .integer(Int(verdict.entries)),
        "entries_proved": .integer(Int(verdict.provedEntries)),
        "complete": .bool(verdict.isComplete),
        "older_checkpoints": .integer(verdict.olderCheckpoints),
        "problem_count": .integer(verdict.problemCount),
        "problems": .array(
          verdict.problems.map { problem in
            [
              "index": problem.index.map { .integer(Int($0)) } ?? .null,
              "code": .string(problem.code), "detail": .string(problem.detail),
            ]
          }),
      ]
    }
  }

  /// A verifier key from a file, or from the command line itself.
  static func key(_ vkey: String) throws -> VerifierKey {
    let text =
      access(vkey, F_OK) == 0
      ? String(decoding: try TrustOptions.read(vkey), as: UTF8.self) : vkey
    do {
      return try VerifierKey(text)
    } catch {
      throw CommandFailure(
        ExitStatus.usage, "\(DisplayText.neutralised(vkey)): \(error.detail)")
    }
  }
}
