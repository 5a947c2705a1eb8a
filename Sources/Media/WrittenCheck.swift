import CFFmpeg
import MediaJobs
import Watermark

/// Looks at a clip's pictures as players will show them while they are written, beside the encoder, for
/// the visible mark and for the frames' signatures.
///
/// Whoever delivers the clip decodes it once more, from the file: this is what must be known before that.
final class WrittenCheck {
  struct Finding {
    var visible: VisibleReading
    var signer: FrameSigner
    /// Seconds from the first frame to the last.
    var seconds = 0.0
  }

  private let look: Look
  private let step: SideStep<Frame>
  /// Pictures that another one may still be shown before, the earliest last.
  private var waiting: [Frame] = []

  /// - Parameter stream: the output's, once its header is written.
  init(
    of stream: UnsafeMutablePointer<AVStream>, _ geometry: MarkGeometry
  ) throws(MediaRefusal) {
    let look = Look(stream, geometry)
    self.look = look
    step = try SideStep { frame throws(MediaRefusal) in look.take(frame) }
  }

  /// Takes a picture in the order of the packets; it changes hands.
  ///
  /// - Parameter decodeTime: its packet's. Packets come in the order of these times and none is shown
  ///   before its own, so that no later picture can be shown before this one's.
  func take(_ frame: Frame, decodeTime: Int64) throws(MediaRefusal) {
    let time = frame.pointer.pointee.pts
    let place = waiting.firstIndex { $0.pointer.pointee.pts < time } ?? waiting.count
    waiting.insert(frame, at: place)
    while let next = waiting.last, next.pointer.pointee.pts <= decodeTime {
      try step.push(waiting.removeLast())
    }
  }

  /// Waits until everything has been looked at.
  func finish() throws(MediaRefusal) -> Finding {
    while let next = waiting.popLast() { try step.push(next) }
    try step.finish()
    look.finding.signer.finish()
    return look.finding
  }

  private final class Look {
    var finding: Finding
    private let timeBase: Double
    private var first: Int64?

    init(_ stream: UnsafeMutablePointer<AVStream>, _ geometry: MarkGeometry) {
      timeBase = av_q2d(stream.pointee.time_base)
      finding = Finding(
        visible: VisibleReading(geometry),
        signer: FrameSigner(timeBase: stream.pointee.time_base))
    }

    func take(_ frame: Frame) {
      let time = frame.pointer.pointee.pts
      let start = first ?? time
      first = start
      finding.seconds = Double(time &- start) * timeBase
      finding.visible.add(frame, at: finding.seconds)
      frame.pointer.pointee.best_effort_timestamp = time
      finding.signer.add(frame)
    }
  }
}
