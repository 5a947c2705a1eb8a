import CFFmpeg
import MediaJobs
import Pixels

/// Decoded pictures into packed planes of another size. Transparency is dropped and the colours behind
/// it shown, which is what models that are given the file do too. Keeps libswscale's tables while the source's
/// shape stays the same.
final class PixelScaler {
  private var context: OpaquePointer?

  deinit { sws_freeContext(context) }

  /// `frame` as it is shown, longest side at most `maximumSide`, never enlarged.
  func picture(
    _ frame: Frame, maximumSide: Int, rotation: Rotation
  ) throws(MediaRefusal) -> RGBImage {
    let (width, height) = Self.fit(frame.width, frame.height, maximumSide: maximumSide)
    let pixels = try packed(
      frame, width: width, height: height, format: AV_PIX_FMT_RGB24, channels: 3)
    let turned = rotation.apply(pixels, width: width, height: height)
    let (shownWidth, shownHeight) = rotation.size(width, height)
    return try FFmpeg.allocated(
      RGBImage(width: shownWidth, height: shownHeight, pixels: turned))
  }

  /// Brightness alone, squeezed to exactly this size.
  func luma(_ frame: Frame, width: Int, height: Int) throws(MediaRefusal) -> [UInt8] {
    try packed(frame, width: width, height: height, format: AV_PIX_FMT_GRAY8, channels: 1)
  }

  static func fit(_ width: Int, _ height: Int, maximumSide: Int) -> (width: Int, height: Int) {
    let longest = max(width, height)
    guard longest > maximumSide else { return (width, height) }
    return (max(width * maximumSide / longest, 1), max(height * maximumSide / longest, 1))
  }

  private func packed(
    _ frame: Frame, width: Int, height: Int, format: AVPixelFormat, channels: Int
  ) throws(MediaRefusal) -> [UInt8] {
    let source = frame.pointer.pointee
    context = sws_getCachedContext(
      context, source.width, source.height, AVPixelFormat(rawValue: source.format), Int32(width),
      Int32(height), format, Int32(SWS_AREA), nil, nil, nil)
    guard let context else {
      throw MediaRefusal(.unsupportedFormat, "The picture's pixel format cannot be converted.")
    }
    applyColorSpace(of: source, to: context)
    // libswscale writes whole vectors: rows padded, then copied without the padding.
    let row = width * channels
    let stride = (row + 63) / 64 * 64
    var padded = [UInt8](repeating: 0, count: stride * height + 64)
    let rows = padded.withUnsafeMutableBufferPointer {
      cffmpeg_scale_packed(context, frame.pointer, $0.baseAddress, Int32(stride))
    }
    try FFmpeg.check(rows, .malformed, "convert the picture")
    if stride == row {
      padded.removeLast(64)
      return padded
    }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(row * height)
    for y in 0..<height { pixels.append(contentsOf: padded[y * stride..<y * stride + row]) }
    return pixels
  }

  /// ITU-R BT.709 for high definition, BT.601 below, unless the stream says.
  private func applyColorSpace(of frame: AVFrame, to context: OpaquePointer) {
    let isHighDefinition =
      frame.colorspace == AVCOL_SPC_BT709
      || (frame.colorspace == AVCOL_SPC_UNSPECIFIED && frame.height >= 720)
    let coefficients = sws_getCoefficients(isHighDefinition ? SWS_CS_ITU709 : SWS_CS_ITU601)
    let isFullRange: Int32 = frame.color_range == AVCOL_RANGE_JPEG ? 1 : 0
    let unity: Int32 = 1 << 16
    // Answers -1 for sources that are no YUV; those need none of it.
    sws_setColorspaceDetails(context, coefficients, isFullRange, coefficients, 1, 0, unity, unity)
  }
}
