import CFFmpeg
import MediaJobs
import Pixels

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
    let size = try write(picture, quality: request.quality, context)
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

  /// `picture` as the output file, lossy WebP.
  static func write(
    _ picture: RGBImage, quality: Int, _ context: JobContext
  ) throws(MediaRefusal) -> Int {
    let encoder = try CodecContext(encoder: "libwebp")
    encoder.pointer.pointee.width = Int32(picture.width)
    encoder.pointer.pointee.height = Int32(picture.height)
    encoder.pointer.pointee.pix_fmt = AV_PIX_FMT_YUV420P
    encoder.pointer.pointee.time_base = AVRational(num: 1, den: 1)
    try encoder.open(["quality": String(quality)])
    let output = try context.openOutput("webp")
    let stream = try output.addStream(for: encoder)
    try output.writeHeader()
    let frame = try yuvFrame(picture)
    let packet = try Packet()
    try output.encode(frame, with: encoder, into: stream, using: packet)
    try output.encode(nil, with: encoder, into: stream, using: packet)
    return try output.finish()
  }

  /// BT.601, limited range: what WebP's lossy format is defined with.
  private static func yuvFrame(_ picture: RGBImage) throws(MediaRefusal) -> Frame {
    let frame = try Frame()
    frame.pointer.pointee.width = Int32(picture.width)
    frame.pointer.pointee.height = Int32(picture.height)
    frame.pointer.pointee.format = AV_PIX_FMT_YUV420P.rawValue
    frame.pointer.pointee.pts = 0
    try FFmpeg.check(av_frame_get_buffer(frame.pointer, 0), .tooLarge, "make room for the picture")
    let scaler = sws_getContext(
      Int32(picture.width), Int32(picture.height), AV_PIX_FMT_RGB24, Int32(picture.width),
      Int32(picture.height), AV_PIX_FMT_YUV420P, Int32(SWS_BICUBIC), nil, nil, nil)
    guard let scaler else {
      throw MediaRefusal(.internal, "The picture cannot be converted for WebP.")
    }
    defer { sws_freeContext(scaler) }
    let rows = picture.pixels.withUnsafeBufferPointer {
      cffmpeg_scale_from_packed(scaler, $0.baseAddress, Int32(picture.width * 3), frame.pointer)
    }
    try FFmpeg.check(rows, .internal, "convert the picture")
    return frame
  }
}
