import ArgumentParser
import MediaClient
import OutputStore
import Provenance
import VerifyCommands
import Watermark

/// Whose visible mark is looked for: its path follows from the name of the delivered file.
struct VisibleMarkOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The delivered file that the visible mark is of, such as video_…; its keyed path is worked out "
        + "again. (default: the one that the invisible mark leads to, in the records)",
      valueName: "id"))
  var asset: String?

  @Option(
    help: ArgumentHelp(
      "The data folder of the gateway whose records of delivered files are looked up. (default: "
        + "$ASSAY_DATA, or .assay, if it has records)", valueName: "folder"))
  var store: String?

  /// What was looked for, and found.
  struct Answer {
    let asset: String
    let finding: VisibleMarkSearch.Finding
  }

  /// Nil where nothing says which mark to look for.
  func look(
    at file: String, _ invisible: WatermarkFinding?, _ secrets: [WatermarkSecret],
    media: MediaClient
  ) async throws -> Answer? {
    guard !secrets.isEmpty else { return nil }
    var options = RecoveryOptions()
    options.store = store
    let records = try options.records()
    var output: OutputStore.Output?
    if let asset {
      output = try await records?.output(asset: asset)
    } else if let id = invisible?.id {
      output = try await records?.output(mark: id)
    }
    guard let name = asset ?? output?.asset else { return nil }
    var subject = VisibleMarkFinder.Subject(asset: name, finding: invisible)
    if let output {
      subject.size = (output.width, output.height)
      if let invisible, output.isClip, let records {
        let content = try await media.contentPrint(of: file)
        if case .same(let seconds) = try await records.agreement(
          of: content, with: output, finding: invisible)
        {
          subject.start = seconds
        }
      }
    }
    let own = secrets.first { secret in
      invisible?.id.map { secret.id(of: name) == $0 } ?? false
    }
    let finding = try await VisibleMarkFinder(media: media).find(
      subject, in: file, secret: own ?? secrets[0])
    return Answer(asset: name, finding: finding)
  }
}

extension VisibleMarkSearch.Finding {
  /// For people: the verdict with what it rests on.
  var sentence: String {
    func percent(_ share: Double) -> Int { Int((share * 100).rounded()) }
    guard let first = sightings.first else { return "\(verdict.rawValue) (too little to see)" }
    let frames = sightings.count == 1 ? "the one frame" : "\(sightings.count) frames"
    let shift =
      abs(shiftX) < 0.005 && abs(shiftY) < 0.005
      ? "" : ", all moved by \(percent(shiftX)) %, \(percent(shiftY)) % of the frame"
    let place =
      "should be at \(percent(first.expectedX)) %, \(percent(first.expectedY)) % at "
      + "\((first.time * 10).rounded() / 10) s"
    return "\(verdict.rawValue): \(place), and is where its path says in \(percent(share)) % of "
      + "\(frames)\(shift), correlation \((score * 100).rounded() / 100)"
  }
}
