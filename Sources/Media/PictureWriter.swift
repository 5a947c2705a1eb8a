import CFFmpeg
import MediaJobs
import Pixels

/// A picture as a PNG, JPEG or WebP file, without metadata.
enum PictureWriter {
  static func write(
    _ picture: RGBImage, format: StillRequest.Format, quality: Int, _ context: JobContext
  ) throws(MediaRefusal) -> Int {
    guard format != .webp else {
      return try context.writeOutput(try WebPFile.encode(picture, quality: quality))
    }
    let isPNG = format == .png
    let encoder = try CodecContext(encoder: isPNG ? "png" : "mjpeg")
    let settings = encoder.pointer
    settings.pointee.width = Int32(picture.width)
    settings.pointee.height = Int32(picture.height)
    // JPEG stores full-range BT.601 (JFIF).
    settings.pointee.pix_fmt = isPNG ? AV_PIX_FMT_RGB24 : AV_PIX_FMT_YUVJ444P
    settings.pointee.time_base = AVRational(num: 1, den: 1)
    settings.pointee.flags |= AV_CODEC_FLAG_BITEXACT
    let frame = try frame(of: picture, as: settings.pointee.pix_fmt)
    if !isPNG {
      // libav's quantiser runs from 2 (best) to 31; quality from 100 to 0.
      let quantiser = 2 + (100 - min(max(quality, 0), 100)) * 29 / 100
      settings.pointee.flags |= AV_CODEC_FLAG_QSCALE
      settings.pointee.global_quality = Int32(quantiser) * FF_QP2LAMBDA
      frame.pointer.pointee.quality = settings.pointee.global_quality
    }
    try encoder.open()
    let output = try context.openOutput("image2pipe")
    let stream = try output.addStream(for: encoder)
    try output.writeHeader()
    let packet = try Packet()
    try output.encode(frame, with: encoder, into: stream, using: packet)
    try output.encode(nil, with: encoder, into: stream, using: packet)
    return try output.finish()
  }

  private static func frame(
    of picture: RGBImage, as format: AVPixelFormat
  ) throws(MediaRefusal) -> Frame {
    let frame = try Frame()
    frame.pointer.pointee.width = Int32(picture.width)
    frame.pointer.pointee.height = Int32(picture.height)
    frame.pointer.pointee.format = format.rawValue
    frame.pointer.pointee.pts = 0
    try FFmpeg.check(av_frame_get_buffer(frame.pointer, 0), .tooLarge, "make room for the picture")
    let scaler = sws_getContext(
      Int32(picture.width), Int32(picture.height), AV_PIX_FMT_RGB24, Int32(picture.width),
      Int32(picture.height), format, Int32(SWS_BICUBIC | SWS_ACCURATE_RND), nil, nil, nil)
    guard let scaler else {
      throw MediaRefusal(.internal, "The picture cannot be converted.")
    }
    defer { sws_freeContext(scaler) }
    let rows = picture.pixels.withUnsafeBufferPointer {
      cffmpeg_scale_from_packed(scaler, $0.baseAddress, Int32(picture.width * 3), frame.pointer)
    }
    try FFmpeg.check(rows, .internal, "convert the picture")
    return frame
  }
}
