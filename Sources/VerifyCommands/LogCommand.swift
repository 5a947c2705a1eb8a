public import ArgumentParser
import Bytes
import C2PA
import Glibc
import MerkleLog
import StrictJSON

/// `log …`: what a receiver or auditor can check of a decision log without the log.
public struct LogCommand: AsyncParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Check bundles, receipts and checkpoints of a decision log.",
    subcommands: [BundleFile.self, Receipt.self, CheckpointFile.self],
    defaultSubcommand: BundleFile.self)

  public init() {}

  /// The key of the log, from a file or from the command line.
  struct KeyOption: ParsableArguments {
    @Option(
      name: .long,
      help: ArgumentHelp(
        "The log's verifier key: a file, or the key itself (name+id+key).", valueName: "key"))
    var vkey: String

    func key() throws -> VerifierKey { try LogCommand.key(vkey) }
  }

  /// `log receipt`: does this decision stand in the log?
  struct Receipt: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check that an entry stands in a log, by its .tlog-proof.",
      discussion: """
        Exit status: 0 it does, 1 it does not, 64 a mistake on the command line, 66 a file cannot \
        be read.
        """)

    @Argument(help: "The proof, a C2SP .tlog-proof file.") var proof: String
    @Option(name: .long, help: "The entry's bytes, exactly as logged.") var entry: String
    @OptionGroup var keyOption: KeyOption
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() async throws {
      try LogCommand.reportingFailures {
        let key = try keyOption.key()
        let bytes = try TrustOptions.read(entry)
        let text = try TrustOptions.read(proof)
        let file: ProofFile
        do throws(NoteError) {
          file = try ProofFile(parsing: text)
        } catch {
          return try LogCommand.conclude(.rejected(reason: error.detail), key: key, json: json)
        }
        try LogCommand.conclude(
          file.verify(leaf: .leaf(bytes), log: key), key: key, index: file.index, json: json)
      }
    }
  }

  /// `log checkpoint`: is this signed by the log?
  struct CheckpointFile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "checkpoint",
      abstract: "Check that a checkpoint is signed by its log.",
      discussion: """
        Exit status: 0 it is, 1 it is not, 64 a mistake on the command line, 66 a file cannot be \
        read.
        """)

    @Argument(help: "The checkpoint, a C2SP signed note.") var checkpoint: String
    @OptionGroup var keyOption: KeyOption
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() async throws {
      try LogCommand.reportingFailures {
        let key = try keyOption.key()
        let bytes = try TrustOptions.read(checkpoint)
        let verdict: LogProofVerdict
        do throws(NoteError) {
          verdict = try SignedNote(parsing: bytes).checkpoint(signedBy: key)
        } catch {
          verdict = .rejected(reason: error.detail)
        }
        try LogCommand.conclude(verdict, key: key, json: json)
      }
    }
  }

  private static func conclude(
    _ verdict: LogProofVerdict, key: VerifierKey, index: UInt64? = nil, json: Bool
  ) throws {
    switch verdict {
    case .verified(let checkpoint):
      if json {
        var members: [JSONValue.Member] = [
          .init("verified", true), .init("log", .string(checkpoint.origin)),
          .init("size", .integer(Int(checkpoint.size))),
          .init("root", .string(checkpoint.root.base64)),
        ]
        if let index { members.append(.init("index", .integer(Int(index)))) }
        print(DisplayText.escapedJSON(JSONValue.object(members).compact))
      } else {
        let log = DisplayText.neutralised(checkpoint.origin)
        print(
          index.map {
            "good: this is entry \($0) of \(log), under its signed checkpoint over "
              + "\(checkpoint.size) entries"
          } ?? "good: \(log) signed this checkpoint over \(checkpoint.size) entries")
      }
    case .rejected(let reason):
      if json {
        let answer: JSONValue = ["verified": false, "reason": .string(reason)]
        print(DisplayText.escapedJSON(answer.compact))
      } else {
        print("not proved: \(DisplayText.neutralised(reason))")
      }
      throw ExitCode(ExitStatus.refused)
    }
  }

  static func reportingFailures(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let failure as CommandFailure {
      let line = Array("assay: \(DisplayText.neutralised(failure.description))\n".utf8)
      _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
      throw ExitCode(failure.status)
    }
  }
}
