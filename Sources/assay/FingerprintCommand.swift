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
        let prints = try await fingerprints(of: file, with: media)
        if known.isEmpty {
          print(Self.line(prints, file: file))
          continue
        }
        compared += prints.frames.count { $0.quality >= PDQ.reliableQuality }
        for match in Self.matches(prints, known, harmless) {
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
    /// For each frame, its hash with all turned and mirrored forms.
    let hashes: [PDQ]
  }

  private func fingerprints(
    of file: String, with media: MediaClient
  ) async throws(MediaFailure) -> Prints {
    if try await media.kind(of: file) == .image {
      let picture = PDQ(of: try await media.picture(file, side: Int(Int32.max)))
      return Prints(
        isPicture: true,
        frames: [.init(hash: picture.hash, quality: picture.quality, time: 0)],
        hashes: [picture])
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
      }, hashes: hashes)
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

  /// A list with its later pages, ready to be asked.
  private static func bank(
    _ argument: String, distance: Int, isNegative: Bool
  ) throws -> HashBank {
    var bank = HashBank(name: argument, distance: distance, isNegative: isNegative)
    for path in argument.split(separator: ",").map(String.init) {
      let name = DisplayText.neutralised(path)
      do {
        let bytes = try FileByteSource.contents(of: path, limit: KnownMediaPage.byteLimit)
        let page = try KnownMediaPage(parsing: bytes)
        bank.apply(page.updates)
        for (kind, count) in page.passedOver.sorted(by: { $0.key < $1.key }) {
          SigningFiles.complain(
            "\(name): \(count) fingerprints of the kind \(DisplayText.neutralised(kind)) cannot be "
              + "compared here")
        }
      } catch {
        SigningFiles.complain("\(name): \(error)")
        throw ExitCode(ExitStatus.cannotRead)
      }
    }
    return bank
  }

  /// `match DISTANCE SECONDS LABEL LIST`, one for each known picture, at its nearest. A frame that a
  /// negative list holds counts for nothing.
  private static func matches(
    _ prints: Prints, _ known: [HashBank], _ harmless: [HashBank]
  ) -> [String] {
    var nearest: [String: (match: HashBank.Match, time: Double)] = [:]
    for (frame, hash) in zip(prints.frames, prints.hashes)
    where harmless.allSatisfy({ $0.matches(hash).isEmpty }) {
      for match in known.flatMap({ $0.matches(hash) }) {
        let key = match.bank + "\0" + match.id
        if match.distance < nearest[key]?.match.distance ?? Int.max {
          nearest[key] = (match, frame.time)
        }
      }
    }
    return nearest.values.sorted {
      ($0.match.distance, $0.match.bank, $0.match.id)
        < ($1.match.distance, $1.match.bank, $1.match.id)
    }.map { match, time in
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
