import ArgumentParser
import C2PA
import Fingerprint
import MediaClient
import OutputStore
import Provenance
import StrictJSON
import VerifyCommands
import Watermark

/// `assay search`: which delivered file is this clip, crop, screenshot or recording, and from which
/// second?
struct SearchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Find the delivered file that a clip, crop, screenshot or recording comes from.",
    discussion: """
      Looks through the records of a gateway's data folder, without any mark. By their look, whole \
      pictures are found in all eight orientations, crops of at least three quarters of each side as they \
      are or mirrored. By their sound, recordings and soundtracks are found when seven seconds of an \
      output are heard in them, or the whole of a shorter one down to four seconds: a soundtrack may lie \
      under any pictures, so both answers are given. Each match is a line "SIMILARITY SECOND look|sound \
      ASSET MANIFEST FILE", the likeliest first, by look before by sound; --json prints \
      {"file", "matches": [{"by", "asset", "manifest_id", "similarity", "seconds"}]}, with "part" by look \
      (whether only a part of the picture is to be seen) and "heard" by sound (for how many seconds).
      Exit status: 0 something was found for every file, 2 for one nothing, 64 usage, 66 a file or the \
      records cannot be read.
      """)

  @Argument(help: "Pictures, clips and recordings.") var files: [String]
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
        let prints = try await media.prints(of: file)
        let seen = try await Self.optional(prints.look) { try await outputs.search($0) }
        let heard = try await Self.optional(prints.sound) { try await outputs.search(sound: $0) }
        if seen.isEmpty, heard.isEmpty { status = max(status, ExitStatus.nothingFound) }
        if json {
          print(Self.line(file, seen, heard))
        } else {
          for match in seen {
            print(Self.line(file, "look", match.output, match.similarity, match.seconds))
          }
          for match in heard {
            print(
              Self.line(file, "sound", match.output, match.similarity, match.passage.seconds))
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

  private static func optional<Print, Match>(
    _ print: Print?, _ search: (Print) async throws -> [Match]
  ) async throws -> [Match] {
    if let print { try await search(print) } else { [] }
  }

  private static func line(
    _ file: String, _ basis: String, _ output: OutputStore.Output, _ similarity: Int,
    _ seconds: Double
  ) -> String {
    "\(similarity) \(rounded(seconds)) \(basis) \(output.asset) \(output.manifestID) "
      + DisplayText.neutralised(file)
  }

  private static func line(
    _ file: String, _ seen: [OutputMatch], _ heard: [SoundMatch]
  ) -> String {
    let line: JSONValue = [
      "file": .string(file),
      "matches": .array(
        seen.map { match in
          [
            "by": "look", "asset": .string(match.output.asset),
            "manifest_id": .string(match.output.manifestID),
            "similarity": .integer(match.similarity), "seconds": .real(rounded(match.seconds)),
            "part": .bool(match.isPart),
          ]
        }
          + heard.map { match in
            [
              "by": "sound", "asset": .string(match.output.asset),
              "manifest_id": .string(match.output.manifestID),
              "similarity": .integer(match.similarity),
              "seconds": .real(rounded(match.passage.seconds)),
              "heard": .real(rounded(match.passage.length)),
            ]
          }),
    ]
    return DisplayText.escapedJSON(line.compact)
  }

  private static func rounded(_ seconds: Double) -> Double { (seconds * 100).rounded() / 100 }
}
