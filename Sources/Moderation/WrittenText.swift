public import Classifiers
import Evidence
import MediaClient
import MediaJobs
public import Pixels
import Policy

/// Reads what is written in a picture.
public protocol PictureReading: Sendable {
  func read(_ image: RGBImage) async -> PictureReader.Answer
}

extension PictureReader: PictureReading {}

/// A text as it stands in the frames of a clip.
struct WrittenText: Equatable, Sendable {
  let text: String
  /// From the first to the last frame that shows it.
  var time: ClosedRange<Double>
}

extension Examining {
  /// What is written in the frames, each text judged once however often it is seen.
  func writtenItems(_ samples: [SampledFrame]) async -> (items: [EvidenceItem], texts: [String]) {
    guard let reader else { return ([], []) }
    let limit = policy.timeout(of: "text_in_frame")
    let answers = await inOrder(samples, width: 2) { sample in
      let answer = await bounded(by: limit) { await reader.read(sample.image) }
      return (sample.time, answer ?? .unknown(.timedOut))
    }
    var written: [WrittenText] = []
    var unread: [String: EvidenceItem] = [:]
    for (time, answer) in answers {
      switch answer {
      case .lines(let lines):
        let text = lines.joined(separator: " ")
        if text.isEmpty { continue }
        if let index = written.firstIndex(where: { $0.text == text }) {
          written[index].time = written[index].time.lowerBound...time
        } else {
          written.append(WrittenText(text: text, time: time...time))
        }
      case .unknown(let reason):
        unread[reason.code] =
          unread[reason.code]
          ?? EvidenceItem(
            kind: .textInFrame, time: time...time,
            signals: [.unknown("text_in_frame", check: "text_in_frame", reason)])
      }
    }
    let items = await inOrder(written, width: 2) { written in
      await textItem(.textInFrame, written.text, time: written.time)
    }
    return (items + unread.sorted { $0.key < $1.key }.map(\.value), written.map(\.text))
  }
}
