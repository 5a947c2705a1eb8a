import ArgumentParser
import Bytes
import C2PA
import Evidence
import Fingerprint
import MediaClient
import MediaJobs
import Moderation
import StrictJSON
import VerifyCommands

/// `assay fingerprint`: what a file looks like, as other people's lists of known pictures name it.
struct FingerprintCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fingerprint",
    abstract: "Print the PDQ hash of pictures and the vPDQ hashes of clips, or look them up.",
    discussion: """
      A picture gives one line "HASH QUALITY FILE", hashed at its full size as PyPI pdqhash and \
      ThreatExchange do; a clip gives one JSON line {"file", "vpdq": ["HASH,QUALITY,SECONDS", …]} of \
      a frame a second. Below quality 50 a hash means little. With --match, every known picture that \
      comes near is told instead, turned and mirrored forms included.
      Exit codes: 0 good, 1 --match found something, 2 --match found nothing that could be compared, \
      66 a file cannot be read.
      """)

  @Argument(help: "Pictures (PNG, JPEG, WebP, GIF) and clips.")
  var files: [String]

  @Flag(help: "Pictures only: a clip is an error.")
  var pdq = false

  @Option(
    name: .customLong("match"),
    help: "A list of known PDQ hashes, one a line or hash,quality,label,source. Can be repeated.")
  var lists: [String] = []

  @Option(help: "How many of the 256 bits may differ in a match.")
  var distance = PDQHash.matchDistance

  func validate() throws {
    guard !files.isEmpty else { throw ValidationError("name a picture or a clip") }
    guard (0...PDQHash.byteCount * 8).contains(distance) else {
      throw ValidationError("--distance is a number from 0 to 256")
    }
  }

  func run() async throws {
    let known = try lists.map(KnownPictures.init(path:))
    let media = MediaClient()
    var outcome = ExitStatus.good
    var compared = 0
    for file in files {
      do {
        let prints = try await fingerprints(of: file, with: media)
        if known.isEmpty {
          print(Self.line(prints, file: file))
          continue
        }
        compared += prints.frames.count { $0.quality >= PDQ.reliableQuality }
        for match in known.flatMap({ $0.matches(prints, within: distance) }) {
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

  /// A picture's one hash with its dihedral forms, or a clip's frames.
  struct Prints {
    let isPicture: Bool
    let frames: [VideoHash.Frame]
    /// For each frame, the hashes to ask for.
    let queries: [[PDQHash]]
  }

  private func fingerprints(
    of file: String, with media: MediaClient
  ) async throws(MediaFailure) -> Prints {
    if try await media.kind(of: file) == .image {
      let picture = PDQ(of: try await media.picture(file, side: Int(Int32.max)))
      return Prints(
        isPicture: true,
        frames: [.init(hash: picture.hash, quality: picture.quality, time: 0)],
        queries: [picture.dihedral])
    }
    guard !pdq else {
      throw .refused(
        MediaRefusal(.unsupportedFormat, "This is no still picture; leave --pdq out for clips."))
    }
    let sample = try await media.sample(file, plan: SamplePlan(sceneCuts: false, audio: false))
    let hashes = sample.frames.map { PDQ(of: $0.image) }
    return Prints(
      isPicture: false,
      frames: zip(hashes, sample.frames).map {
        .init(hash: $0.hash, quality: $0.quality, time: $1.time)
      }, queries: hashes.map(\.dihedral))
  }

  private static func line(_ prints: Prints, file: String) -> String {
    if prints.isPicture, let only = prints.frames.first {
      return "\(only.hash) \(only.quality) \(DisplayText.neutralised(file))"
    }
    let report: JSONValue = [
      "file": .string(file), "vpdq": .array(prints.frames.map { .string($0.line) }),
    ]
    return DisplayText.escapedJSON(report.compact)
  }
}

/// One list of known pictures, ready to be asked.
private struct KnownPictures {
  /// 64 MB of text: more than 900,000 hashes.
  private static let byteLimit = 64 << 20

  private let path: String
  private let list: HashList
  private let index: PDQIndex

  init(path: String) throws {
    self.path = path
    do {
      let bytes = try FileByteSource.contents(of: path, limit: Self.byteLimit)
      list = try HashList(parsing: String(decoding: bytes, as: UTF8.self))
    } catch {
      SigningFiles.complain("\(DisplayText.neutralised(path)): \(error)")
      throw ExitCode(ExitStatus.cannotRead)
    }
    index = PDQIndex(list.entries.map(\.hash))
  }

  /// `match DISTANCE SECONDS LABEL LIST`, one for each known picture, at its nearest.
  func matches(_ prints: FingerprintCommand.Prints, within distance: Int) -> [String] {
    var nearest: [Int: (distance: Int, time: Double)] = [:]
    for (frame, queries) in zip(prints.frames, prints.queries)
    where frame.quality >= PDQ.reliableQuality {
      for match in queries.flatMap({ index.matches(for: $0, within: distance) })
      where match.distance < nearest[match.index]?.distance ?? Int.max {
        nearest[match.index] = (match.distance, frame.time)
      }
    }
    return nearest.sorted { ($0.value.distance, $0.key) < ($1.value.distance, $1.key) }.map {
      let entry = list.entries[$0.key]
      return "match \($0.value.distance) \($0.value.time) \(entry.label ?? "\(entry.hash)") "
        + DisplayText.neutralised(path)
    }
  }
}
