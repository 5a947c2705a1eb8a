public import Evidence
import MediaJobs
public import Pixels
public import Policy

/// Judges texts and pictures by themselves, within the policy's time: without a job, a caller or a log.
public struct PictureModeration: PictureExamining {
  public let policy: PolicySet
  let text: any TextChecking
  let frames: any FrameChecking
  let reader: (any PictureReading)?
  /// Somebody waits for the answer, and a describer takes seconds.
  var describer: (any PictureDescribing)? { nil }

  /// - Parameter reader: reads what is written in pictures; nil reads nothing.
  public init(
    policy: PolicySet, text: any TextChecking, frames: any FrameChecking,
    reader: (any PictureReading)?
  ) {
    self.policy = policy
    self.text = text
    self.frames = frames
    self.reader = reader
  }

  public func item(for prompt: String) async -> EvidenceItem { await textItem(.prompt, prompt) }

  /// One for the picture, and one for what is written in it, if anything is.
  public func items(for picture: RGBImage) async -> [EvidenceItem] {
    await frameItems([SampledFrame(time: 0, isSceneCut: false, image: picture)]).items
  }
}
