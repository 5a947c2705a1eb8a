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
    abstract:
      "Tell which marks files carry: Content Credentials, the invisible and the visible mark.",
    discussion: """
      Prints a line a file; --json prints {"file", "credentials", "invisible": {"verdict", "id", \
      "bound"}, "sound": {"verdict", "id", "bound"}, "disclosure": {"kind", "start"}, "visible": {"verdict", "asset", "share", "score", "shift", "frames": [{"time", "expected", \
      "found", "score"}]}}. The visible mark's keyed path is worked out again from the key and the name of \
      the delivered file, which the invisible mark leads to in the gateway's records, or --asset names: \
      "seen" where the mark stands where it should, "not seen", or "cannot say". The bound is on the probability that a file without a mark is called readable or \
      present. Whose a marked file is, 'assay verify' tells.
      Exit status: 0 a mark was found in every file, 1 in some, 2 in none, 64 usage, 66 a file cannot \
      be read.
      """)

  @Argument(help: "Pictures, clips and recordings.") var files: [String]
  @Flag(help: "Print a line of JSON a file.") var json = false
  @Option(
    name: .customLong("mark-key"),
    help: ArgumentHelp(
      "A file with the secret of invisible marks; several may be named. (default: dev/mark.key in "
        + "$ASSAY_KEYS, or in Keys, if it is there)", valueName: "file"))
  var markKeys: [String] = []

  @OptionGroup var visibleMark: VisibleMarkOptions

  func run() async throws {
    let secrets = try RecoveryOptions.secrets(named: markKeys)
    let search = secrets.isEmpty ? nil : MarkSearch(secrets: secrets)
    let media = MediaClient()
    let verifier = Verifier(trust: TrustConfiguration())
    var marked = 0
    var unreadable = false
    for file in files {
      do {
        let report = try verifier.verify(path: file)
        let found = try await search?.find(in: file, media: media)
        // A recording has nothing to be seen.
        let visible =
          search != nil && found?.pictures == nil
          ? nil
          : try await visibleMark.look(at: file, found?.pictures, secrets, media: media)
        let verdicts = [found?.pictures?.verdict, found?.sound?.verdict].compactMap(\.self)
        let isMarked =
          report.state != .noManifest || verdicts.contains { $0 != .none }
          || visible?.finding.verdict == .seen || found?.disclosure != nil
        marked += isMarked ? 1 : 0
        print(
          json ? Self.line(file, report, found, visible) : Self.text(file, report, found, visible))
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
    _ file: String, _ report: VerificationReport, _ found: MarkSearch.Findings?,
    _ visible: VisibleMarkOptions.Answer?
  ) -> String {
    let credentials = report.state == .noManifest ? "no credentials" : "Content Credentials"
    var marks = [
      found?.pictures.map { "invisible mark: " + words($0.verdict, $0.id, $0.bound) },
      found?.sound.map { "mark in the sound: " + words($0.verdict, $0.id, $0.bound) },
    ].compactMap(\.self)
    if marks.isEmpty { marks = ["invisible mark not looked for (name a --mark-key)"] }
    if let disclosure = found?.disclosure {
      marks.append("audible disclosure at second \(disclosure.start)")
    }
    let seen =
      visible.map { "visible mark of \(DisplayText.neutralised($0.asset)): \($0.finding.sentence)" }
      ?? "visible mark not looked for (nothing says whose; name an --asset)"
    return
      "\(DisplayText.neutralised(file))  \(credentials); \(marks.joined(separator: "; ")); \(seen)"
  }

  private static func words(
    _ verdict: WatermarkFinding.Verdict, _ id: UInt64?, _ bound: Double
  ) -> String {
    verdict.rawValue + (id.map { " \(WatermarkID.text($0))" } ?? "") + " (bound \(bound))"
  }

  private static func object(
    _ verdict: WatermarkFinding.Verdict, _ id: UInt64?, _ bound: Double
  ) -> JSONValue {
    [
      "verdict": .string(verdict.rawValue),
      "id": id.map { .string(WatermarkID.text($0)) } ?? .null, "bound": .real(bound),
    ]
  }

  private static func line(
    _ file: String, _ report: VerificationReport, _ found: MarkSearch.Findings?,
    _ visible: VisibleMarkOptions.Answer?
  ) -> String {
    let line: JSONValue = [
      "file": .string(file), "credentials": .bool(report.state != .noManifest),
      "invisible": found?.pictures.map { object($0.verdict, $0.id, $0.bound) } ?? .null,
      "sound": found?.sound.map { object($0.verdict, $0.id, $0.bound) } ?? .null,
      "disclosure": found?.disclosure?.json ?? .null,
      "visible": visible.map { Self.object($0) } ?? .null,
    ]
    return DisplayText.escapedJSON(line.compact)
  }

  private static func object(_ visible: VisibleMarkOptions.Answer) -> JSONValue {
    func rounded(_ value: Double) -> JSONValue { .real((value * 1000).rounded() / 1000) }
    let finding = visible.finding
    return [
      "verdict": .string(finding.verdict.rawValue), "asset": .string(visible.asset),
      "share": rounded(finding.share), "score": rounded(finding.score),
      "shift": [rounded(finding.shiftX), rounded(finding.shiftY)],
      "frames": .array(
        finding.sightings.map { sighting in
          [
            "time": rounded(sighting.time),
            "expected": [rounded(sighting.expectedX), rounded(sighting.expectedY)],
            "found": [rounded(sighting.foundX), rounded(sighting.foundY)],
            "score": rounded(sighting.score),
          ]
        }),
    ]
  }
}
