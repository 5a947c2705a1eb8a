import ArgumentParser
import C2PA
import MediaClient
import Provenance
import StrictJSON
import VerifyCommands

/// `assay verify`: as `assay-verify` does, and where a file has lost its credentials, finds them again by
/// its invisible mark, its look or its sound.
struct RecoveringVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Tell where a file came from and whether it was altered.",
    discussion: """
      Reads the file's Content Credentials. Where they are gone or do not hold, and records of delivered \
      files are at hand (--store, --recover, or a gateway's data folder here), the invisible mark in the \
      file, its look or, of a recording, its sound leads to them again; under pictures, a sound is told as \
      a lead. Nothing is fetched from the network but with --recover.

      Exit status: 0 when every file is Trusted or Valid, or its credentials were recovered; 1 when one \
      is Invalid, or its mark, its content and its credentials disagree; 2 when nothing or no more than a lead is found; 64 for \
      a mistake on the command line, 66 when a file cannot be read.
      """)

  @OptionGroup var verification: VerifyCommand
  @OptionGroup var recovery: RecoveryOptions

  @Flag(help: "Also look for marks in files whose credentials are good.")
  var marks = false

  @Flag(name: .customLong("no-recovery"), help: "Read credentials alone.")
  var withoutRecovery = false

  func run() async throws {
    do {
      let lookup = withoutRecovery ? nil : try recovery.lookup()
      guard lookup != nil || (marks && !withoutRecovery) else {
        return try await verification.run()
      }
      let secrets = try recovery.secrets()
      let looksAlways = marks
      let media = MediaClient()
      try await verification.run { path, report, verifier in
        let isGood = report.state == .trusted || report.state == .valid
        guard looksAlways || !isGood else { return nil }
        let examiner = FileExaminer(
          verifier: verifier, secrets: secrets, media: media, lookup: lookup)
        return Self.further(await examiner.examine(path, report))
      }
    } catch let failure as CommandFailure {
      SigningFiles.complain(failure.description)
      throw ExitCode(failure.status)
    }
  }

  private static func further(_ examination: Examination) -> VerifyCommand.Further {
    let status =
      switch examination.conclusion {
      case .credentials, .recovered: ExitStatus.good
      case .invalidCredentials, .contentConflict, .credentialsConflict: ExitStatus.refused
      case .unconfirmed, .heard, .unresolved, .markPresent, .nothing: ExitStatus.nothingFound
      }
    let summary: JSONValue = [
      "conclusion": .string(examination.conclusion.rawValue),
      "manifest": (examination.recovery?.manifestID).map { .string($0) } ?? .null,
      "trust_source": (examination.recovery?.report.trustSource).map { .string($0) } ?? .null,
      "sentence": .string(examination.sentence),
    ]
    return VerifyCommand.Further(
      text: examination.text, json: examination.json, summary: summary, status: status)
  }
}
