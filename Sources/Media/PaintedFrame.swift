import CFFmpeg
import MediaJobs

extension Canvas {
  /// The canvas as a frame of another size and format.
  func frame(width: Int, height: Int, format: AVPixelFormat) throws(MediaRefusal) -> Frame {
    let source = try Frame()
    source.pointer.pointee.width = Int32(self.width)
    source.pointer.pointee.height = Int32(self.height)
    source.pointer.pointee.format = AV_PIX_FMT_RGBA.rawValue
    source.pointer.pointee.color_range = AVCOL_RANGE_JPEG
    try FFmpeg.check(av_frame_get_buffer(source.pointer, 0), .tooLarge, "make room for a picture")
    let stride = Int(cffmpeg_stride(source.pointer, 0))
    guard let plane = cffmpeg_plane(source.pointer, 0) else {
      throw MediaRefusal(.internal, "A picture has no memory.")
    }
    pixels.withUnsafeBytes { bytes in
      for y in 0..<self.height {
        UnsafeMutableRawPointer(plane + y * stride).copyMemory(
          from: bytes.baseAddress! + y * self.width * 4, byteCount: self.width * 4)
      }
    }
    return try PictureScaler(width: width, height: height, format: format).convert(source)
  }
}
