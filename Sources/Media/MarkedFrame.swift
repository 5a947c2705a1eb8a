import CFFmpeg
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

  private func plane(_ index: Int32) -> UnsafeMutableBufferPointer<UInt8>? {
    let size = Int(cffmpeg_plane_size(pointer, index))
    guard let start = cffmpeg_plane(pointer, index), size > 0 else { return nil }
    return UnsafeMutableBufferPointer(start: start, count: size)
  }
}
