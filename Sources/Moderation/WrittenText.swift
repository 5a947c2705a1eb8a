public import Classifiers
public import Evidence
import MediaClient
import MediaJobs
public import Pixels
import Policy

/// Reads what is written in a picture.
public protocol PictureReading: Sendable {
  /// What reads, for the log; nil while it is not installed.
  var model: ModelIdentity? { get }
  func read(_ image: RGBImage) async -> PictureReader.Answer
}

extension PictureReader: PictureReading {}

/// What is written in some pictures.
struct WrittenText {
  static let check = "text_in_frame"

  /// For each picture, that it was read, and whether anything stands in it; none where nothing reads.
  var signals: [Signal] = []
  /// Each text, judged once however often it is seen, and what could not be read.
  var items: [EvidenceItem] = []
  /// What was read, disclosures too, each text once.
  var texts: [String] = []
}

extension PictureExamining {
  func writtenText(in samples: [SampledFrame]) async -> WrittenText {
    guard let reader else { return WrittenText() }
    let limit = policy.timeout(of: WrittenText.check)
    let answers = await inOrder(samples, width: 2) { sample in
      let answer = await bounded(by: limit) { await reader.read(sample.image) }
      return (sample.time, answer ?? .unknown(.timedOut))
    }
    var result = WrittenText()
    var judged: [(text: String, time: ClosedRange<Double>)] = []
    var unread: [String: EvidenceItem] = [:]
    for (time, answer) in answers {
      switch answer {
      case .lines(let lines):
        let read = lines.joined(separator: " ")
        result.signals.append(
          Signal(
            name: WrittenText.check, value: .score(read.isEmpty ? 0 : 1), check: WrittenText.check,
            model: reader.model))
        if !read.isEmpty, !result.texts.contains(read) { result.texts.append(read) }
        let text = lines.filter { !DisclosureText.isAll(of: $0) }.joined(separator: " ")
        if text.isEmpty { continue }
        if let index = judged.firstIndex(where: { $0.text == text }) {
          judged[index].time = judged[index].time.lowerBound...time
        } else {
          judged.append((text, time...time))
        }
      case .unknown(let reason):
        let signal = Signal.unknown(WrittenText.check, check: WrittenText.check, reason)
        result.signals.append(signal)
        unread[reason.code] =
          unread[reason.code]
          ?? EvidenceItem(kind: .textInFrame, time: time...time, signals: [signal])
      }
    }
    result.items = await inOrder(judged, width: 2) { text, time in
      await textItem(.textInFrame, text, time: time)
    }
    result.items += unread.sorted { $0.key < $1.key }.map(\.value)
    return result
  }
}
