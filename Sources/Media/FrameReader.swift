import CFFmpeg
import MediaJobs

/// The pictures of one stream, decoded one after another.
struct FrameReader {
  let input: MediaInput
  let streamIndex: Int

  /// - Throws: `noPicture`, `malformed`.
  init(_ input: MediaInput) throws(MediaRefusal) {
    self.input = input
    streamIndex = try input.pictureStream()
  }

  var stream: UnsafeMutablePointer<AVStream> { input.streams[streamIndex] }

  /// Calls `body` with each picture and its second, counted from the first one. The frame is the
  /// caller's to keep.
  ///
  /// - Parameter code: what a packet that cannot be decoded is refused with.
  func forEach(
    blaming code: MediaRefusal.Code, _ doing: String,
    _ body: (Frame, Double) throws(MediaRefusal) -> Void
  ) throws(MediaRefusal) {
    let decoder = try input.decoder(for: streamIndex)
    let timeBase = av_q2d(stream.pointee.time_base)
    let packet = try Packet()
    var first: Int64?
    var hasMore = true
    while hasMore {
      hasMore = try input.read(packet)
      if hasMore, Int(packet.pointer.pointee.stream_index) != streamIndex { continue }
      try FFmpeg.check(
        avcodec_send_packet(decoder.pointer, hasMore ? packet.pointer : nil), code, doing)
      while true {
        let frame = try Frame()
        guard try decoder.receiveFrame(frame) == .got else { break }
        let timestamp = frame.pointer.pointee.best_effort_timestamp
        let start = first ?? timestamp
        first = start
        try body(frame, Double(timestamp &- start) * timeBase)
      }
    }
  }
}
