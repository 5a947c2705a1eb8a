public import MediaJobs
public import Pixels

/// What a clip is judged by.
public struct MediaSample: Equatable, Sendable {
  public let info: MediaInfo
  /// In order of time; the first and the last frame are among them as the plan asked.
  public let frames: [SampledFrame]
  /// 16 kHz, mono, -1 to 1; nil where the clip has no sound or the plan asked for none.
  public let audio: [Float]?
  /// Length as decoded, frames looked at, and anything that could not be.
  public let outcome: MediaOutcome

  public init(info: MediaInfo, frames: [SampledFrame], audio: [Float]?, outcome: MediaOutcome) {
    self.info = info
    self.frames = frames
    self.audio = audio
    self.outcome = outcome
  }
}

/// A file that was written with a mark, and what reading it back showed.
public struct MarkedMedia: Equatable, Sendable {
  public let outcome: MediaOutcome
  /// Of the written file, where it carries an invisible mark: to be searched by whoever has the key.
  public let residuals: [FloatPlane]

  /// The MPEG-7 signatures of the written clip's frames, summed up (`MediaAnswer.signatureSums`); nil
  /// where there is none.
  public let signatureSums: [UInt32]?

  public init(
    outcome: MediaOutcome, residuals: [FloatPlane] = [], signatureSums: [UInt32]? = nil
  ) {
    self.outcome = outcome
    self.residuals = residuals
    self.signatureSums = signatureSums
  }

  init(_ collector: AnswerCollector) {
    self.init(
      outcome: collector.outcome, residuals: collector.residuals,
      signatureSums: collector.signatureSums)
  }
}

/// A picture somebody sent.
public struct DecodedImage: Equatable, Sendable {
  /// Size as in the file, turned as it asks.
  public let info: MediaInfo
  public let image: RGBImage

  public init(info: MediaInfo, image: RGBImage) {
    self.info = info
    self.image = image
  }
}
