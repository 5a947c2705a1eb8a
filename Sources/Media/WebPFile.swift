import CFFmpeg
import MediaJobs
import Pixels

/// Pictures as WebP files, lossy.
enum WebPFile {
  /// How hard libwebp tries, from 0 to 6. Its own default, and one that takes half of the time for a
  /// file that is some hundredths larger.
  static let usualEffort = 4
  static let quickEffort = 2

  static func encode(
    _ picture: RGBImage, quality: Int, effort: Int = usualEffort
  ) throws(MediaRefusal) -> [UInt8] {
    let encoder = try CodecContext(encoder: "libwebp")
    encoder.pointer.pointee.width = Int32(picture.width)
    encoder.pointer.pointee.height = Int32(picture.height)
    encoder.pointer.pointee.pix_fmt = AV_PIX_FMT_YUV420P
    encoder.pointer.pointee.time_base = AVRational(num: 1, den: 1)
    try encoder.open(["quality": String(quality), "compression_level": String(effort)])
    let frame = try yuvFrame(picture)
    let packet = try Packet()
    try FFmpeg.check(
      avcodec_send_frame(encoder.pointer, frame.pointer), .internal, "write the picture")
    // libwebp's packet is the whole file, header included.
    try FFmpeg.check(
      avcodec_receive_packet(encoder.pointer, packet.pointer), .internal, "write the picture")
    return Array(
      UnsafeBufferPointer(
        start: packet.pointer.pointee.data, count: Int(packet.pointer.pointee.size)))
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
