import CFFmpeg
import MediaJobs

/// Frame signatures where they can be made: a clip without them is delivered all the same, and its
/// outcome says why.
struct FrameSigner {
  private let timeBase: AVRational
  private var signatures: FrameSignatures?
  /// Of all frames; nil where they could not be made.
  private(set) var sums: [UInt32]?
  /// Why not.
  private(set) var problem: String?

  init(timeBase: AVRational) { self.timeBase = timeBase }

  mutating func add(_ frame: Frame) {
    guard problem == nil else { return }
    do throws(MediaRefusal) {
      if signatures == nil { signatures = try FrameSignatures(of: frame, timeBase: timeBase) }
      frame.pointer.pointee.pts = frame.pointer.pointee.best_effort_timestamp
      try signatures?.add(frame)
    } catch {
      problem = error.sentence
    }
  }

  mutating func finish() {
    guard problem == nil else { return }
    do throws(MediaRefusal) { sums = try signatures?.finish() } catch { problem = error.sentence }
  }

  /// For the outcome's notes.
  var note: String? { problem.map { "The clip has no frame signatures. \($0)" } }
}
