import ArgumentParser
import C2PA
import MediaClient
import OutputStore
import Provenance
import StrictJSON
import VerifyCommands
import Watermark

/// `assay search`: which delivered file is this clip, crop or screenshot, and from which second?
struct SearchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Find the delivered file that a clip, crop or screenshot comes from, by its look.",
    discussion: """
      Looks through the records of a gateway's data folder, without any mark. Whole pictures are found \
      in all eight orientations, crops of at least three quarters of each side as they are or mirrored. \
      Each match is a line "SIMILARITY SECOND ASSET MANIFEST FILE", the likeliest first; --json prints \
      {"file", "matches": [{"asset", "manifest_id", "similarity", "seconds", "part"}]}.
      Exit status: 0 something was found for every file, 2 for one nothing, 64 usage, 66 a file or the \
      records cannot be read.
      """)

  @Argument(help: "Pictures and clips.") var files: [String]
  @Option(
    help: ArgumentHelp(
      "The data folder of the gateway. (default: $ASSAY_DATA, or .assay)", valueName: "folder"))
  var store: String?
  @Flag(help: "Print a line of JSON a file.") var json = false

  func run() async throws {
    var options = RecoveryOptions()
    options.store = store ?? RecoveryOptions.environment("ASSAY_DATA") ?? ".assay"
    let outputs: OutputStore
    do {
      guard let found = try options.records() else { throw ExitCode(ExitStatus.cannotRead) }
      outputs = found
    } catch let failure as CommandFailure {
      SigningFiles.complain(failure.description)
      throw ExitCode(failure.status)
    }
    let media = MediaClient()
    var status = ExitStatus.good
    for file in files {
      do {
        let matches = try await outputs.search(try await media.contentPrint(of: file))
        if matches.isEmpty { status = max(status, ExitStatus.nothingFound) }
        if json {
          print(Self.line(file, matches))
        } else {
          for match in matches {
            print(
              "\(match.similarity) \(Self.rounded(match.seconds)) \(match.output.asset) "
                + "\(match.output.manifestID) \(DisplayText.neutralised(file))")
          }
        }
      } catch {
        status = ExitStatus.cannotRead
        let sentence = (error as? MediaFailure)?.sentence ?? "\(error)"
        SigningFiles.complain("\(DisplayText.neutralised(file)): \(sentence)")
      }
    }
    if status != ExitStatus.good { throw ExitCode(status) }
  }

  private static func line(_ file: String, _ matches: [OutputMatch]) -> String {
    let line: JSONValue = [
      "file": .string(file),
      "matches": .array(
        matches.map { match in
          [
            "asset": .string(match.output.asset),
            "manifest_id": .string(match.output.manifestID),
            "similarity": .integer(match.similarity), "seconds": .real(rounded(match.seconds)),
            "part": .bool(match.isPart),
          ]
        }),
    ]
    return DisplayText.escapedJSON(line.compact)
  }

  private static func rounded(_ seconds: Double) -> Double { (seconds * 100).rounded() / 100 }
}
