import ArgumentParser
import Bytes
import C2PA
import Containers
import Labels
import StrictJSON
import VerifyCommands

/// `assay label FILE`: read or write the machine-readable labels beside Content Credentials.
struct LabelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "label",
    abstract: "Read or write machine-readable labels: IPTC's digital source type, China's AIGC.",
    discussion: """
      Without --out the labels that were found are printed, one JSON line a file. With it the file is \
      written again with the labels in every place that its container has for them; all other \
      metadata stay as they are. A label that says something else is never written over unless \
      --replace-labels is given. A file that carries Content Credentials is refused: use sign \
      --label, which signs the labelled file anew and keeps the old credentials.
      Exit codes: 0 good, 1 labels contradict each other, 2 no label was found, 64 usage, 66 the file \
      cannot be read or labelled, 70 the file cannot be written.
      """)

  @Argument(help: "MP4, MOV, M4A, JPEG, PNG, WebP, GIF, TIFF, WAV, AVI, MP3 or FLAC.")
  var files: [String]
  @Option(name: .shortAndLong, help: "Where the labelled file goes.") var out: String?
  @OptionGroup var label: LabelOptions

  func validate() throws {
    if out != nil, files.count != 1 { throw ValidationError("--out goes with one file") }
    if out != nil, label.isEmpty { throw ValidationError("say which label: --label or --aigc-…") }
    if out == nil, !label.isEmpty { throw ValidationError("say where to with --out") }
  }

  func run() throws {
    do {
      if let out { try write(files[0], to: out) } else { try list() }
    } catch let error as LabelError {
      SigningFiles.complain("\(files[0]): \(error)")
      throw ExitCode(error.exitStatus)
    } catch let error as ContainerError {
      SigningFiles.complain("\(files[0]): \(error)")
      throw ExitCode(66)
    } catch let error as FileError {
      SigningFiles.complain(error.description)
      throw ExitCode(error.isWriting ? 70 : 66)
    } catch let error as CommandFailure {
      SigningFiles.complain(error.description)
      throw ExitCode(error.status)
    }
  }

  private func list() throws {
    var outcome = ExitStatus.nothingFound
    for file in files {
      let source = try FileByteSource(path: file)
      let reading = LabelReading(source, format: try AssetFormat.detect(in: source))
      print(DisplayText.escapedJSON(Self.json(reading, file: file).compact))
      if reading.isContradictory {
        outcome = ExitStatus.refused
      } else if outcome == ExitStatus.nothingFound,
        !reading.sourceTypes.isEmpty || !reading.aigc.isEmpty
      {
        outcome = ExitStatus.good
      }
    }
    if outcome != ExitStatus.good { throw ExitCode(outcome) }
  }

  private func write(_ file: String, to out: String) throws {
    let source = try FileByteSource(path: file)
    let format = try AssetFormat.detect(in: source)
    guard try EmbeddedStore.locate(in: source, format: format) == nil else {
      throw LabelError.signed
    }
    let labels = try label.labels(continuing: LabelReading(source, format: format).validLabel)
    let labelled = try LabelWriter.labelled(
      source, format: format, labels: labels, replacing: label.replaceLabels)
    let sink = try FileByteSink(path: out)
    while sink.count < labelled.asset.count {
      let end = min(sink.count + Self.pieceLength, labelled.asset.count)
      let piece = try labelled.asset.read(sink.count..<end)
      guard !piece.isEmpty else { throw FileError(path: file, errorNumber: Self.inputEnded) }
      try sink.write(piece)
    }
    try sink.commit()
    print("labelled \(out) (\(format.name)): \(labelled.places.joined(separator: ", "))")
    for note in labelled.notes { print("note: \(note)") }
  }

  private static let pieceLength = 1 << 20
  /// EIO: the input became shorter while it was read.
  private static let inputEnded: Int32 = 5

  private static func json(_ reading: LabelReading, file: String) -> JSONValue {
    .object([
      .init("file", .string(file)),
      .init(
        "digital_source_types",
        .array(
          reading.sourceTypes.map {
            ["place": .string($0.place), "uri": .string($0.uri)]
          })),
      .init(
        "aigc",
        .array(
          reading.aigc.map { found in
            switch found.label {
            case .success(let label): ["place": .string(found.place), "label": label.json]
            case .failure(let error):
              [
                "place": .string(found.place), "text": .string(found.text),
                "problem": .string(error.description),
              ]
            }
          })),
      .init("contradictory", .bool(reading.isContradictory)),
      .init("problems", .array(reading.problems.map { .string($0.description) })),
    ])
  }
}

extension LabelError {
  /// All of them are about the file; a conflict may be overruled by another call.
  var exitStatus: Int32 { 66 }
}
