import CFFmpeg
import MediaJobs
import Pixels
import Watermark

/// Reduces a clip or picture to what an invisible mark is searched in. The search itself needs the key
/// and takes place outside.
enum ResidualReader {
  static func run(_ context: JobContext) throws(MediaRefusal) -> MediaOutcome {
    var borders = FlatBorders()
    let whole = ResidualAccumulator()
    try forEachFrame(context) { luma, width, height, stride in
      borders.add(luma: luma, width: width, height: height, stride: stride)
      if whole.wantsFrame() { whole.add(luma: luma, width: width, height: height, stride: stride) }
    }
    guard let residual = whole.mean else {
      throw MediaRefusal(
        .malformed,
        "No picture of the file could be used: it may be damaged, or more than "
          + "\(ResidualAccumulator.maximumAspect) times as long as wide.")
    }
    try context.answers.send(.residual(residual))
    var notes: [String] = []
    if let box = borders.inside {
      // The mark's scale follows from the picture's short side, which bars change.
      let inside = ResidualAccumulator()
      try forEachFrame(context) { luma, width, height, stride in
        guard inside.wantsFrame(), width >= box.x + box.width, height >= box.y + box.height else {
          return
        }
        let start = box.y * stride + box.x
        let end = start + (box.height - 1) * stride + box.width
        inside.add(
          luma: luma.extracting(start..<end), width: box.width, height: box.height, stride: stride)
      }
      if let mean = inside.mean { try context.answers.send(.residual(mean)) }
      notes.append("bars around \(box.width)x\(box.height) at \(box.x),\(box.y)")
    }
    return MediaOutcome(frames: whole.frames, notes: notes)
  }

  /// Calls `body` with luma, width, height and stride of every frame that decodes. Frames are looked
  /// at as they are stored: a search tries all quarter turns anyway.
  private static func forEachFrame(
    _ context: JobContext, _ body: (Span<UInt8>, Int, Int, Int) -> Void
  ) throws(MediaRefusal) {
    let input = try context.openInput([.clip, .picture])
    let index = try input.pictureStream()
    let decoder = try input.decoder(for: index)
    let scaler = PixelScaler()
    let packet = try Packet()
    let frame = try Frame()
    var hasMore = true
    var seconds = 0.0
    let timeBase = av_q2d(input.streams[index].pointee.time_base)
    while hasMore {
      hasMore = try input.read(packet)
      if hasMore, Int(packet.pointer.pointee.stream_index) != index { continue }
      let answer = avcodec_send_packet(decoder.pointer, hasMore ? packet.pointer : nil)
      // A damaged packet costs its frames, not the clip.
      if answer < 0, answer != cffmpeg_error_invalid() {
        try FFmpeg.check(answer, .malformed, "decode the file")
      }
      while try decoder.receiveFrame(frame) == .got {
        let stamp = frame.pointer.pointee.best_effort_timestamp
        if stamp != FFmpeg.noTimestamp { seconds = max(seconds, Double(stamp) * timeBase) }
        guard seconds <= context.budget.maximumSeconds * 2 else { throw input.tooLong }
        let (width, height) = (frame.width, frame.height)
        try frame.withLuma(scaler) { luma, stride in body(luma, width, height, stride) }
        frame.clear()
      }
    }
  }
}
