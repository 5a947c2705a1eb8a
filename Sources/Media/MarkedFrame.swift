import CFFmpeg
import MediaJobs
import Pixels
import Watermark

extension Frame {
  /// Blends the mark into this frame, which must be writable and 4:2:0 with 8 bits.
  func blend(_ mark: inout VisibleMark, at seconds: Double) {
    guard let luma = plane(0), let blue = plane(1), let red = plane(2) else { return }
    let lumaStride = Int(cffmpeg_stride(pointer, 0))
    let chromaStride = Int(cffmpeg_stride(pointer, 1))
    var lumaSpan = luma.mutableSpan
    var blueSpan = blue.mutableSpan
    var redSpan = red.mutableSpan
    mark.blend(
      luma: &lumaSpan, lumaStride: lumaStride, blueChroma: &blueSpan, redChroma: &redSpan,
      chromaStride: chromaStride, at: seconds)
  }

  func score(_ detector: VisibleMarkDetector, at seconds: Double) -> Double {
    guard let luma = plane(0) else { return 0 }
    return detector.score(
      luma: luma.span, stride: Int(cffmpeg_stride(pointer, 0)), at: seconds)
  }

  /// Adds the invisible mark to this frame, which must be writable, with 8 bits and luma in its
  /// first plane, or packed RGB.
  func embed(_ embedder: WatermarkEmbedder) {
    guard let first = plane(0) else { return }
    var span = first.mutableSpan
    let stride = Int(cffmpeg_stride(pointer, 0))
    switch AVPixelFormat(rawValue: pointer.pointee.format) {
    case AV_PIX_FMT_RGB24: embedder.embed(packed: &span, stride: stride, channels: 3)
    case AV_PIX_FMT_RGBA, AV_PIX_FMT_BGRA:
      embedder.embed(packed: &span, stride: stride, channels: 4)
    default: embedder.embed(luma: &span, stride: stride)
    }
  }

  /// Calls `body` with luma in 8 bits and its stride: the frame's own where it has such a plane, or
  /// else converted.
  func withLuma(
    _ scaler: PixelScaler, _ body: (Span<UInt8>, Int) -> Void
  ) throws(MediaRefusal) {
    if PixelFormats.hasByteLuma(pointer.pointee.format), let luma = plane(0) {
      return body(luma.span, Int(cffmpeg_stride(pointer, 0)))
    }
    let converted = try scaler.luma(self, width: width, height: height)
    body(converted.span, width)
  }

  func add(to accumulator: ResidualAccumulator, _ scaler: PixelScaler) throws(MediaRefusal) {
    guard accumulator.wantsFrame() else { return }
    try withLuma(scaler) { luma, stride in
      accumulator.add(luma: luma, width: width, height: height, stride: stride)
    }
  }

  private func plane(_ index: Int32) -> UnsafeMutableBufferPointer<UInt8>? {
    let size = Int(cffmpeg_plane_size(pointer, index))
    guard let start = cffmpeg_plane(pointer, index), size > 0 else { return nil }
    return UnsafeMutableBufferPointer(start: start, count: size)
  }
}

/// Pixel formats by what they hold.
enum PixelFormats {
  /// Whether plane 0 is luma with 8 bits a pixel.
  static func hasByteLuma(_ format: Int32) -> Bool {
    guard let description = av_pix_fmt_desc_get(AVPixelFormat(rawValue: format)) else {
      return false
    }
    let other = UInt64(AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM)
    let luma = description.pointee.comp.0
    return description.pointee.flags & other == 0 && luma.plane == 0 && luma.step == 1
      && luma.depth == 8
  }

  static func name(_ format: Int32) -> String {
    av_get_pix_fmt_name(AVPixelFormat(rawValue: format)).map { String(cString: $0) } ?? ""
  }

  static func hasAlpha(_ format: Int32) -> Bool {
    guard let description = av_pix_fmt_desc_get(AVPixelFormat(rawValue: format)) else {
      return false
    }
    return description.pointee.flags & UInt64(AV_PIX_FMT_FLAG_ALPHA) != 0
  }
}
