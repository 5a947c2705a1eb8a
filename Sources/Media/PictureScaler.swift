import CFFmpeg
import MediaJobs

/// Converts pictures to one size and pixel format, with BT.709 colours: what players assume of
/// everything from 720 lines up, and what the encoder is told.
final class PictureScaler {
  private var context: OpaquePointer?
  private let width: Int
  private let height: Int
  private let format: AVPixelFormat

  init(width: Int, height: Int, format: AVPixelFormat) {
    self.width = width
    self.height = height
    self.format = format
  }

  deinit { sws_freeContext(context) }

  func convert(_ source: Frame) throws(MediaRefusal) -> Frame {
    let picture = source.pointer.pointee
    context = sws_getCachedContext(
      context, picture.width, picture.height, AVPixelFormat(rawValue: picture.format),
      Int32(width), Int32(height), format, Int32(SWS_BICUBIC | SWS_ACCURATE_RND), nil, nil, nil)
    let scaler = try FFmpeg.allocated(context)
    let colours = sws_getCoefficients(SWS_CS_ITU709)
    // -1 where neither side is YUV or RGB: then there is nothing to set.
    _ = sws_setColorspaceDetails(
      scaler, colours, picture.color_range == AVCOL_RANGE_JPEG ? 1 : 0, colours, 0, 0, 1 << 16,
      1 << 16)
    let target = try Frame()
    target.pointer.pointee.width = Int32(width)
    target.pointer.pointee.height = Int32(height)
    target.pointer.pointee.format = format.rawValue
    try FFmpeg.check(av_frame_get_buffer(target.pointer, 0), .tooLarge, "make room for a picture")
    try FFmpeg.check(
      sws_scale_frame(scaler, target.pointer, source.pointer), .internal, "convert a picture")
    target.pointer.pointee.pts = picture.pts
    target.pointer.pointee.color_range = AVCOL_RANGE_MPEG
    target.pointer.pointee.colorspace = AVCOL_SPC_BT709
    return target
  }
}
