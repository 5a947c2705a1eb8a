import CFFmpeg
import MediaJobs

/// One frame of a clip as a WebP file.
enum Thumbnailer {
  static func run(
    _ request: ThumbnailRequest, _ context: JobContext
  ) throws(MediaRefusal) -> MediaOutcome {
    let input = try context.openInput([.clip])
    let frame = try frame(of: input, at: request.time ?? (input.durationSeconds ?? 0) / 3)
    let rotation = input.best(AVMEDIA_TYPE_VIDEO).map { Rotation(of: input.streams[$0]) }
    let picture = try PixelScaler().picture(
      frame, maximumSide: request.maximumSide, rotation: rotation ?? Rotation(degrees: 0))
    let size = try context.writeOutput(try WebPFile.encode(picture, quality: request.quality))
    return MediaOutcome(frames: 1, outputBytes: size)
  }

  /// The first frame at or after `time`, or the last one there is.
  private static func frame(of input: MediaInput, at time: Double) throws(MediaRefusal) -> Frame {
    let index = try input.pictureStream()
    let stream = input.streams[index]
    let decoder = try input.decoder(for: index)
    let base = av_q2d(stream.pointee.time_base)
    let start = stream.pointee.start_time == FFmpeg.noTimestamp ? 0 : stream.pointee.start_time
    let wanted = base > 0 ? start &+ Int64(clamping: Int(min(max(time, 0), 1e9) / base)) : start
    // A file that cannot seek is read from its start.
    _ = av_seek_frame(input.pointer, Int32(index), wanted, AVSEEK_FLAG_BACKWARD)
    let packet = try Packet()
    let frame = try Frame()
    let latest = try Frame()
    var hasFrame = false
    var hasMore = true
    while hasMore {
      hasMore = try input.read(packet)
      if hasMore, Int(packet.pointer.pointee.stream_index) != index { continue }
      try FFmpeg.check(
        avcodec_send_packet(decoder.pointer, hasMore ? packet.pointer : nil), .malformed,
        "decode the clip")
      while try decoder.receiveFrame(frame) == .got {
        try latest.hold(frame)
        hasFrame = true
        let stamp = frame.pointer.pointee.best_effort_timestamp
        if stamp == FFmpeg.noTimestamp || stamp >= wanted { return latest }
      }
    }
    guard hasFrame else {
      throw MediaRefusal(.malformed, "Not one frame of the clip could be decoded.")
    }
    return latest
  }
}
