import ArgumentParser
import Bytes
import C2PA
import MediaClient
import Provenance
import StrictJSON
import VerifyCommands
import Watermark

/// `assay detect`: which marks a file carries, and nothing about whose they are.
struct DetectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detect",
    abstract: "Tell which marks files carry: Content Credentials and the invisible mark.",
    discussion: """
      Prints a line a file; --json prints {"file", "credentials", "invisible": {"verdict", "id", \
      "bound"}}. The bound is on the probability that a file without a mark is called readable or \
      present. Whose a marked file is, 'assay verify' tells.
      Exit status: 0 a mark was found in every file, 1 in some, 2 in none, 64 usage, 66 a file cannot \
      be read.
      """)

  @Argument(help: "Pictures and clips.") var files: [String]
  @Flag(help: "Print a line of JSON a file.") var json = false
  @Option(
    name: .customLong("mark-key"),
    help: ArgumentHelp(
      "A file with the secret of invisible marks; several may be named. (default: dev/mark.key in "
        + "$ASSAY_KEYS, or in Keys, if it is there)", valueName: "file"))
  var markKeys: [String] = []

  func run() async throws {
    let secrets = try RecoveryOptions.secrets(named: markKeys)
    let search = secrets.isEmpty ? nil : WatermarkSearch(secrets: secrets)
    let media = MediaClient()
    let verifier = Verifier(trust: TrustConfiguration())
    var marked = 0
    var unreadable = false
    for file in files {
      do {
        let report = try verifier.verify(path: file)
        let finding = try await search?.find(in: file, media: media)
        let isMarked = report.state != .noManifest || (finding.map { $0.verdict != .none } ?? false)
        marked += isMarked ? 1 : 0
        print(json ? Self.line(file, report, finding) : Self.text(file, report, finding))
      } catch {
        unreadable = true
        let sentence = (error as? MediaFailure)?.sentence ?? "\(error)"
        SigningFiles.complain("\(DisplayText.neutralised(file)): \(sentence)")
      }
    }
    if unreadable { throw ExitCode(ExitStatus.cannotRead) }
    if marked == 0 { throw ExitCode(ExitStatus.nothingFound) }
    if marked < files.count { throw ExitCode(ExitStatus.refused) }
  }

  private static func text(
    _ file: String, _ report: VerificationReport, _ finding: WatermarkFinding?
  ) -> String {
    let credentials = report.state == .noManifest ? "no credentials" : "Content Credentials"
    var mark = "invisible mark not looked for (name a --mark-key)"
    if let finding {
      mark = "invisible mark: \(finding.verdict.rawValue)"
      if let id = finding.id { mark += " \(WatermarkID.text(id))" }
      mark += " (bound \(finding.bound))"
    }
    return "\(DisplayText.neutralised(file))  \(credentials); \(mark)"
  }

  private static func line(
    _ file: String, _ report: VerificationReport, _ finding: WatermarkFinding?
  ) -> String {
    let line: JSONValue = [
      "file": .string(file), "credentials": .bool(report.state != .noManifest),
      "invisible": finding.map {
        [
          "verdict": .string($0.verdict.rawValue),
          "id": $0.id.map { .string(WatermarkID.text($0)) } ?? .null, "bound": .real($0.bound),
        ]
      } ?? .null,
    ]
    return DisplayText.escapedJSON(line.compact)
  }
}
