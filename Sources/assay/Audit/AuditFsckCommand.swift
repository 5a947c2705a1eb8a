import ArgumentParser
import AuditStore
import C2PA
import Glibc
import MerkleLog
import StrictJSON
import VerifyCommands

/// `audit fsck`: which file of the log is damaged?
struct AuditFsckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fsck",
    abstract: "Check every file of the log, and name each that is not as it was written.",
    discussion: """
      Reads both databases page by page and entry by entry, the tiles, the checkpoint and the key. \
      Exit status: 0 all files are good, 1 one is not.
      """)

  @OptionGroup var options: AuditOptions
  @Flag(name: .long, help: "Print one JSON object.") var json = false

  func run() async throws {
    try await AuditConsole.reportingFailures {
      guard access("\(options.directory)/log.sqlite", F_OK) == 0 else {
        AuditConsole.complain("there is no log in \(DisplayText.neutralised(options.directory))")
        throw ExitCode(ExitStatus.cannotRead)
      }
      let (verdict, problems) = await LogFileCheck.run(
        directory: options.directory, key: options.vkey == nil ? nil : try options.verifierKey(),
        payloadKeys: try options.payloadKeys())
      if json {
        AuditText.printLine([
          "clean": .bool(problems.isEmpty),
          "size": verdict.map { .integer(Int($0.size)) } ?? .null,
          "problems": .array(
            problems.map {
              [
                "file": .string($0.file), "code": .string($0.code), "detail": .string($0.detail),
                "index": $0.index.map { .integer(Int($0)) } ?? .null,
              ]
            }),
        ])
      } else {
        for problem in problems {
          let place = problem.index.map { ", entry \($0)" } ?? ""
          print(
            DisplayText.neutralised(
              "\(problem.file)\(place): \(problem.detail) [\(problem.code)]"))
        }
        print(
          problems.isEmpty
            ? "clean: every file of \(verdict?.size ?? 0) entries is as it was written"
            : "DAMAGED: \(Set(problems.map(\.file)).sorted().joined(separator: ", "))")
      }
      if !problems.isEmpty { throw ExitCode(ExitStatus.refused) }
    }
  }
}
