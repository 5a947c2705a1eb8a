public import MediaJobs
public import Pixels

/// Where a clip's visible mark is hardest to find.
public struct VisibleMarkReading: Equatable, Sendable {
  /// The least correlation with any frame; 0 where no frame was decoded.
  public let lowestScore: Double
  /// That frame's second.
  public let at: Double

  public init(lowestScore: Double, at: Double) {
    self.lowestScore = lowestScore
    self.at = at
  }
}

/// What one decoding of a clip about to be delivered showed.
public struct ReadBack: Equatable, Sendable {
  /// Frames that could be decoded, and the clip's length.
  public let outcome: MediaOutcome
  public let visibleMark: VisibleMarkReading
  /// What the invisible mark is searched in by whoever has the key; none where it was not asked for.
  public let residuals: [FloatPlane]
  /// The MPEG-7 signatures of the frames, summed up; nil where they were not asked for or could not be
  /// made.
  public let signatureSums: [UInt32]?
  /// WebP files.
  public let thumbnail: [UInt8]
  public let sheet: [UInt8]

  public init(
    outcome: MediaOutcome, visibleMark: VisibleMarkReading, residuals: [FloatPlane],
    signatureSums: [UInt32]?, thumbnail: [UInt8], sheet: [UInt8]
  ) {
    self.outcome = outcome
    self.visibleMark = visibleMark
    self.residuals = residuals
    self.signatureSums = signatureSums
    self.thumbnail = thumbnail
    self.sheet = sheet
  }
}
