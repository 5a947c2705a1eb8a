import Classifiers
public import Evidence
import MediaClient
import MediaJobs
public import Pixels
import Policy

/// Says in words what a picture shows, so that the rules for text can judge it.
public protocol PictureDescribing: Sendable {
  /// As the policy's `checks` names it.
  var check: String { get }
  /// Never throws: a picture that nobody described is unknown, with the reason.
  func describe(_ image: RGBImage) async -> PictureDescription
}

public enum PictureDescription: Equatable, Sendable {
  case text(String)
  case unknown(UnknownReason)
}

/// What some pictures show, in words.
struct SceneDescription {
  /// A describer is a model on another machine and takes seconds a picture; a clip of a minute is
  /// known well enough by these.
  static let pictureLimit = 6

  /// Each description, judged once however often it is given, and what could not be described.
  var items: [EvidenceItem] = []
  /// The descriptions, each once.
  var texts: [String] = []

  /// Which of the pictures are described: the first, those behind a cut, and between them the ones
  /// furthest from any other.
  static func chosen(_ samples: [SampledFrame]) -> [Int] {
    guard samples.count > pictureLimit else { return Array(samples.indices) }
    var chosen = [0]
    let cuts = samples.indices.dropFirst().filter { samples[$0].isSceneCut }
    let room = pictureLimit - 1
    chosen +=
      cuts.count <= room ? cuts : (0..<room).map { cuts[$0 * cuts.count / room] }
    while chosen.count < pictureLimit {
      func distance(_ index: Int) -> Int { chosen.map { abs($0 - index) }.min() ?? 0 }
      guard let next = samples.indices.max(by: { distance($0) < distance($1) }) else { break }
      chosen.append(next)
    }
    return chosen.sorted()
  }
}

extension PictureExamining {
  func sceneDescription(of samples: [SampledFrame]) async -> SceneDescription {
    guard let describer else { return SceneDescription() }
    let answers = await inOrder(SceneDescription.chosen(samples), width: 2) { index in
      (samples[index].time, await describer.describe(samples[index].image))
    }
    var result = SceneDescription()
    for (time, answer) in answers {
      switch answer {
      case .text(let text):
        guard !result.texts.contains(text) else { continue }
        result.texts.append(text)
        result.items.append(await textItem(.scene, text, time: time...time))
      case .unknown(let reason):
        result.items.append(
          EvidenceItem(
            kind: .scene, time: time...time,
            signals: [.unknown("scene", check: describer.check, reason)]))
      }
    }
    return result
  }

  /// What is written and what is said, read as one text: a caption can turn harmless words, and
  /// each alone says nothing. Nil where one of them is missing.
  ///
  /// By the rules for speech. With a harmless sign beside each of 342 harmless spoken rows, they hold
  /// 1.5 % more than by the words alone; the rules for scenes would hold 4.4 % more.
  func wordsTogether(written: [String], said: String?) async -> EvidenceItem? {
    let written = written.filter { !DisclosureText.isAll(of: $0) }
    guard !written.isEmpty, let said, !said.isEmpty else { return nil }
    return await textItem(.transcript, (written + [said]).joined(separator: ". "))
  }
}
