import ArgumentParser
import Bytes
import C2PA
import Evidence
import Fingerprint
import MediaClient
import Moderation
import StrictJSON
import VerifyCommands

/// `assay fingerprint`: what a file looks like, as other people's lists of known pictures name it.
struct FingerprintCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fingerprint",
    abstract: "Print fingerprints of pictures and clips, or look them up in lists of known ones.",
    discussion: """
      A picture gives one line "HASH QUALITY FILE", hashed at its full size as PyPI pdqhash and \
      ThreatExchange do; a clip gives one JSON line {"file", "vpdq": ["HASH,QUALITY,SECONDS", …]} of \
      a frame a second. Below quality 50 a hash means little. With --match, every known picture that \
      comes near is told instead, turned and mirrored forms included: lists are text, CSV, NCMEC's XML, \
      or the JSON of StopNCII and ThreatExchange, whose removals are honoured; several pages of one \
      list are given in their order, joined by commas. What a --negative list holds is matched by \
      none. With --iscc the International Standard Content Codes are printed: of the file's bytes, \
      and of a picture's look.
      Exit codes: 0 good, 1 --match found something, 2 --match found nothing that could be compared, \
      66 a file cannot be read.
      """)

  @Argument(help: "Pictures (PNG, JPEG, WebP, GIF) and clips.")
  var files: [String]

  @Flag(help: "Pictures only: a clip is an error.")
  var pdq = false

  @Option(
    name: .customLong("match"),
    help: "A list of known media, or its pages joined by commas. Can be repeated.")
  var lists: [String] = []

  @Option(help: "A list of media that are known to be harmless. Can be repeated.")
  var negative: [String] = []

  @Flag(help: "Print \"ISCC FILE\" lines: the Instance-Code, and a picture's Image-Code.")
  var iscc = false

  @Option(help: "How many of the 256 bits may differ in a match.")
  var distance = PDQHash.matchDistance

  func validate() throws {
    guard !files.isEmpty else { throw ValidationError("name a picture or a clip") }
    guard (0...PDQHash.byteCount * 8).contains(distance) else {
      throw ValidationError("--distance is a number from 0 to 256")
    }
    if !negative.isEmpty, lists.isEmpty { throw ValidationError("--negative goes with --match") }
    if iscc, pdq || !lists.isEmpty {
      throw ValidationError("--iscc goes with neither --pdq nor --match")
    }
  }

  func run() async throws {
    let media = MediaClient()
    if iscc { return try await printCodes(with: media) }
    let known = try lists.map { try Self.bank($0, distance: distance, isNegative: false) }
    let harmless = try negative.map { try Self.bank($0, distance: distance, isNegative: true) }
    var outcome = ExitStatus.good
    var compared = 0
    for file in files {
      do {
        let prints = try await MediaPrints(of: file, with: media, picturesOnly: pdq)
        if known.isEmpty {
          print(Self.line(prints, file: file))
          continue
        }
        compared += prints.frames.count { $0.quality >= PDQ.reliableQuality }
        for match in Self.matches(prints, known + harmless) {
          print("\(match) \(DisplayText.neutralised(file))")
          outcome = max(outcome, ExitStatus.refused)
        }
      } catch {
        // A file that cannot be opened is named in the sentence already.
        let name = error.code == "file" ? "" : "\(DisplayText.neutralised(file)): "
        SigningFiles.complain(name + error.sentence)
        outcome = ExitStatus.cannotRead
      }
    }
    if outcome == ExitStatus.good, !known.isEmpty, compared == 0 {
      outcome = ExitStatus.nothingFound
    }
    if outcome != ExitStatus.good { throw ExitCode(outcome) }
  }

  private static func line(_ prints: MediaPrints, file: String) -> String {
    if prints.isPicture, let only = prints.frames.first {
      return "\(only.hash) \(only.quality) \(DisplayText.neutralised(file))"
    }
    let report: JSONValue = [
      "file": .string(file), "vpdq": .array(prints.frames.map { .string($0.line) }),
    ]
    return DisplayText.escapedJSON(report.compact)
  }

  /// A list with its later pages, ready to be asked.
  private static func bank(
    _ argument: String, distance: Int, isNegative: Bool
  ) throws -> HashBank {
    var bank = HashBank(name: argument, distance: distance, isNegative: isNegative)
    for path in argument.split(separator: ",").map(String.init) {
      bank.apply(try KnownMediaFile.updates(of: path))
    }
    return bank
  }

  /// `match DISTANCE SECONDS LABEL LIST`, one for each known picture.
  private static func matches(_ prints: MediaPrints, _ banks: [HashBank]) -> [String] {
    prints.matches(banks).map { match, time in
      "match \(match.distance) \(time) \(DisplayText.neutralised(match.label ?? match.id)) "
        + DisplayText.neutralised(match.bank)
    }
  }

  private func printCodes(with media: MediaClient) async throws {
    for file in files {
      let name = DisplayText.neutralised(file)
      do {
        var hash = BLAKE3()
        let source = try FileByteSource(path: file)
        for start in stride(from: 0, to: source.count, by: 1 << 20) {
          hash.update(try source.read(start..<min(start + (1 << 20), source.count)))
        }
        print("\(ISCCUnit.instance(digest: hash.finalized())) \(name)")
      } catch {
        SigningFiles.complain("\(error)")
        throw ExitCode(ExitStatus.cannotRead)
      }
      do {
        guard try await media.kind(of: file) == .image else { continue }
        let picture = try await media.picture(file, side: Int(Int32.max))
        print("\(ISCCUnit.image(picture)) \(name)")
      } catch {
        SigningFiles.complain("\(name): \(error.sentence)")
        throw ExitCode(ExitStatus.cannotRead)
      }
    }
  }
}
