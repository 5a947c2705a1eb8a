import MediaJobs
import Watermark

/// Looks for the visible mark in every frame of a clip, where its path says it stands.
struct VisibleReading {
  private(set) var frames = 0
  private(set) var lowestScore = 1.0
  /// Where the lowest score was.
  private(set) var lowestAt = 0.0
  private let detector: VisibleMarkDetector

  init(_ geometry: MarkGeometry) { detector = VisibleMarkDetector(geometry: geometry) }

  mutating func add(_ frame: Frame, at seconds: Double) {
    let geometry = detector.geometry
    let fits = frame.width == geometry.frameWidth && frame.height == geometry.frameHeight
    let score = fits ? frame.score(detector, at: seconds) : 0
    frames += 1
    if score < lowestScore {
      lowestScore = score
      lowestAt = seconds
    }
  }
}
