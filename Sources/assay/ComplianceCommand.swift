import ArgumentParser
import Bytes
import C2PA
import Classifiers
import Compliance
import Containers
import Glibc
import Labels
import MediaClient
import Provenance
import StrictJSON
import VerifyCommands
import Watermark

/// `assay compliance FILE…`: what the laws on marking ask of a file, and what it shows.
struct ComplianceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compliance",
    abstract: "Hold files against the laws on marking AI-generated media, rule by rule.",
    discussion: """
      Each rule is met, not met, or not checkable with the reason; the article is cited. Evidence are \
      Content Credentials, IPTC and AIGC labels, and with --watermark-key the invisible mark and, where \
      the gateway's records or --asset say whose it is, the visible one; recordings are listened to for an \
      audible disclosure at their beginning: Morse code "AI", or English words where the models for \
      speech are installed; --before \
      compares with the file that went in. A rule is an error only where its own text was read and it \
      applies today; otherwise it is a warning or a note. This is a linter, no legal advice.
      Exit codes: 0 no error, 1 at least one error, 64 usage, 66 a file cannot be read.
      """)

  @Argument(help: "The files as they are delivered.") var files: [String]
  @Option(help: "eu, ca, cn, in, kr or ny; may be repeated (default: all).")
  var jurisdiction: [String] = []
  @Option(help: "The file before it was processed: were its marks kept?") var before: String?
  @Option(help: "A file with a secret, to look for the invisible mark; may be repeated.")
  var watermarkKey: [String] = []
  @Option(help: "Take the rules as of this day (such as 2026-12-02), not today.") var on: String?
  @Flag(help: "One JSON object.") var json = false
  @Flag(help: "Static Analysis Results Interchange Format 2.1.0.") var sarif = false
  @Flag(help: "One HTML page.") var html = false
  @Option(
    help: ArgumentHelp(
      "The folder of models. (default: $ASSAY_MODELS, or .models)", valueName: "folder"))
  var models: String?
  @OptionGroup var visibleMark: VisibleMarkOptions
  @OptionGroup var trust: TrustOptions

  func validate() throws {
    guard !files.isEmpty else { throw ValidationError("name a file") }
    for name in jurisdiction where Jurisdiction(rawValue: name) == nil {
      let known = Jurisdiction.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--jurisdiction takes one of \(known), not \(name)")
    }
    if before != nil, files.count != 1 { throw ValidationError("--before goes with one file") }
    if [json, sarif, html].count(where: { $0 }) > 1 {
      throw ValidationError("--json, --sarif and --html exclude one another")
    }
    if let on, RFC3339.seconds(on + "T00:00:00Z") == nil {
      throw ValidationError("--on takes a day such as 2026-12-02")
    }
  }

  func run() async throws {
    let verifier = Verifier(trust: try trust.configuration())
    let secrets = try watermarkKey.map { try SecretFile.read($0) }
    var evidence: [ComplianceEvidence] = []
    do {
      let original = try before.map { path in
        let source = try FileByteSource(path: path)
        return ComplianceEvidence.Original(
          credentials: .init(try verifier.verify(path: path)),
          labels: LabelReading(source, format: try AssetFormat.detect(in: source)))
      }
      for file in files {
        evidence.append(try await look(at: file, verifier, secrets, original))
      }
    } catch let error as FileError {
      SigningFiles.complain(error.description)
      throw ExitCode(ExitStatus.cannotRead)
    } catch let error as ContainerError {
      SigningFiles.complain(error.description)
      throw ExitCode(ExitStatus.cannotRead)
    }
    let today = RFC3339.text(seconds: Int64(time(nil))).prefix(10)
    let report = ComplianceReport(
      evidence, jurisdictions: jurisdiction.compactMap { Jurisdiction(rawValue: $0) },
      day: on ?? String(today))
    if json {
      print(DisplayText.escapedJSON(report.json.pretty))
    } else if sarif {
      print(DisplayText.escapedJSON(report.sarif(version: assayVersion).pretty))
    } else if html {
      print(report.html, terminator: "")
    } else {
      for line in report.text.split(separator: "\n", omittingEmptySubsequences: false) {
        print(DisplayText.neutralised(String(line)))
      }
    }
    if report.severity == .error { throw ExitCode(ExitStatus.refused) }
  }

  private func look(
    at file: String, _ verifier: Verifier, _ secrets: [WatermarkSecret],
    _ original: ComplianceEvidence.Original?
  ) async throws -> ComplianceEvidence {
    let source = try FileByteSource(path: file)
    let format = try AssetFormat.detect(in: source)
    let (invisible, visible) = await marks(in: file, format.medium, secrets)
    return ComplianceEvidence(
      file: file, medium: format.medium,
      credentials: .init(try verifier.verify(path: file)),
      labels: LabelReading(source, format: format),
      watermark: invisible, visibleMark: visible,
      audibleMark: format.medium == .audio
        ? await disclosure(in: file) : .notLookedFor("the label belongs into the picture"),
      before: original)
  }

  /// What a recording begins with.
  private func disclosure(in file: String) async -> ComplianceEvidence.Layer {
    let samples: [Float]
    do {
      samples = try await MediaClient().hear(file).samples
    } catch {
      return .notLookedFor("the sound could not be decoded: \(error.sentence)")
    }
    if let rhythm = DisclosureRhythmDetector.find(in: samples) {
      return .found("Morse code \"AI\" is heard at second \(rhythm.start)")
    }
    let folder = models ?? Environment["ASSAY_MODELS"] ?? ".models"
    let beginning = samples.prefix(
      Int(SpokenDisclosure.seconds * Double(DisclosureRhythmDetector.sampleRate)))
    let recogniser = SpeechRecognizer(store: ModelStore(directory: folder))
    switch await recogniser.transcribe(Array(beginning)) {
    case .transcript(let transcript):
      let said = transcript.segments.map(\.text).joined(separator: " ")
      return SpokenDisclosure.isSaid(in: said)
        ? .found("words at its beginning say that a machine made it")
        : .missing(
          "neither Morse code \"AI\" nor English words that say so are heard at its beginning")
    case .unknown:
      return .notLookedFor(
        "Morse code \"AI\" is not heard at its beginning, and words cannot be listened for "
          + "without the models for speech (--models)")
    }
  }

  private func soundMark(
    in file: String, _ secrets: [WatermarkSecret], _ media: MediaClient
  ) async -> ComplianceEvidence.Layer {
    do {
      let finding = try await SoundMarkSearch(secrets: secrets).find(in: file, media: media)
      return switch finding?.verdict {
      case .readable:
        .found("inaudible watermark \(finding?.id.map(WatermarkID.text) ?? "")")
      case .present: .missing("an inaudible watermark is there, but its id cannot be read")
      case .some(.none): .missing("no inaudible watermark of these keys")
      case nil: .notLookedFor("the file has no sound that can be decoded")
      }
    } catch {
      return .notLookedFor("the sound could not be decoded: \(error.sentence)")
    }
  }

  /// The invisible mark, and the visible one that it leads to.
  private func marks(
    in file: String, _ medium: ComplianceEvidence.Medium, _ secrets: [WatermarkSecret]
  ) async -> (invisible: ComplianceEvidence.Layer, visible: ComplianceEvidence.Layer) {
    let unlooked = ComplianceEvidence.Layer.notLookedFor(
      "look at the picture: no key of a visible mark was given, and captions are not read")
    guard !secrets.isEmpty else {
      return (.notLookedFor("give --watermark-key to look for the invisible mark"), unlooked)
    }
    let media = MediaClient()
    if medium == .audio { return (await soundMark(in: file, secrets, media), unlooked) }
    guard medium == .image || medium == .video else {
      return (.notLookedFor("no invisible mark of such files is known here"), unlooked)
    }
    do {
      let finding = try await WatermarkSearch(secrets: secrets).find(in: file, media: media)
      let invisible: ComplianceEvidence.Layer =
        switch finding.verdict {
        case .readable: .found("invisible watermark \(finding.id.map(WatermarkID.text) ?? "")")
        case .present: .missing("an invisible watermark is there, but its id cannot be read")
        case .none: .missing("no invisible watermark of these keys")
        }
      guard let visible = try await visibleMark.look(at: file, finding, secrets, media: media)
      else {
        return (
          invisible,
          .notLookedFor(
            "look at the picture: nothing says whose visible mark to look for; name an --asset")
        )
      }
      let sentence = "visible mark \(visible.finding.sentence)"
      return switch visible.finding.verdict {
      case .seen: (invisible, .found(sentence))
      case .notSeen: (invisible, .missing(sentence))
      case .cannotSay: (invisible, .notLookedFor(sentence))
      }
    } catch {
      let sentence = (error as? MediaFailure)?.sentence ?? "\(error)"
      let unread = ComplianceEvidence.Layer.notLookedFor(
        "the picture could not be decoded: \(sentence)")
      return (unread, unread)
    }
  }
}

extension AssetFormat {
  fileprivate var medium: ComplianceEvidence.Medium {
    switch mediaType?.split(separator: "/").first {
    case "image": .image
    case "video": .video
    case "audio": .audio
    default: .other
    }
  }
}
