import CFFmpeg
import MediaJobs
import Watermark

/// Decodes a clip's pictures as they are written, packet by packet and beside the encoder, and looks for
/// the visible mark and at what the frames' signatures are.
///
/// Whoever delivers the clip reads it once more, from the file: this is what must be known before that.
final class WrittenCheck {
  struct Finding {
    var visible: VisibleReading
    var signer: FrameSigner
    /// Seconds from the first frame to the last.
    var seconds = 0.0
  }

  private let look: Look
  private let step: SideStep<Packet>

  /// - Parameter stream: the output's, once its header is written.
  init(
    of stream: UnsafeMutablePointer<AVStream>, _ geometry: MarkGeometry
  ) throws(MediaRefusal) {
    let look = try Look(stream, geometry)
    self.look = look
    step = try SideStep { packet throws(MediaRefusal) in try look.take(packet) }
  }

  /// Takes a reference to what the packet holds.
  func take(_ packet: Packet) throws(MediaRefusal) {
    let kept = try Packet()
    try FFmpeg.check(av_packet_ref(kept.pointer, packet.pointer), .internal, "keep a packet")
    try step.push(kept)
  }

  /// Waits until everything has been looked at.
  func finish() throws(MediaRefusal) -> Finding {
    try step.finish()
    try look.take(nil)
    look.finding.signer.finish()
    return look.finding
  }

  private final class Look {
    var finding: Finding
    private let decoder: CodecContext
    private let timeBase: Double
    private var first: Int64?

    init(
      _ stream: UnsafeMutablePointer<AVStream>, _ geometry: MarkGeometry
    ) throws(MediaRefusal) {
      let parameters = stream.pointee.codecpar!
      decoder = try CodecContext(avcodec_find_decoder(parameters.pointee.codec_id))
      try FFmpeg.check(
        avcodec_parameters_to_context(decoder.pointer, parameters), .internal, "read the stream")
      decoder.pointer.pointee.pkt_timebase = stream.pointee.time_base
      decoder.pointer.pointee.thread_count = CodecContext.threadCount
      try decoder.open(blaming: .internal)
      timeBase = av_q2d(stream.pointee.time_base)
      finding = Finding(
        visible: VisibleReading(geometry),
        signer: FrameSigner(timeBase: stream.pointee.time_base))
    }

    /// Nil ends the stream.
    func take(_ packet: Packet?) throws(MediaRefusal) {
      try FFmpeg.check(
        avcodec_send_packet(decoder.pointer, packet?.pointer), .internal, "decode what was written")
      let frame = try Frame()
      while try decoder.receiveFrame(frame) == .got {
        let timestamp = frame.pointer.pointee.best_effort_timestamp
        let start = first ?? timestamp
        first = start
        finding.seconds = Double(timestamp &- start) * timeBase
        finding.visible.add(frame, at: finding.seconds)
        finding.signer.add(frame)
        frame.clear()
      }
    }
  }
}
