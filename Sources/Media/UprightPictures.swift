import CFFmpeg
import MediaJobs

/// Decoded frames as they are to be shown and as the encoder takes them: turned upright, sides
/// even, 4:2:0 with 8 bits in limited range.
final class UprightPictures {
  private let rotation: Rotation
  private let timeBase: AVRational
  private var graph: FilterGraph?
  private var source: UnsafeMutablePointer<AVFilterContext>?
  private var sink: UnsafeMutablePointer<AVFilterContext>?
  private var shape: Shape?

  private struct Shape: Equatable {
    let width: Int
    let height: Int
    let format: Int32
  }

  init(of stream: UnsafeMutablePointer<AVStream>) {
    rotation = Rotation(of: stream)
    timeBase = stream.pointee.time_base
  }

  /// The frame itself where nothing is to be done.
  func turned(_ frame: Frame) throws(MediaRefusal) -> Frame {
    let picture = frame.pointer.pointee
    if rotation.filter == nil, picture.format == AV_PIX_FMT_YUV420P.rawValue,
      frame.width % 2 == 0, frame.height % 2 == 0, picture.color_range != AVCOL_RANGE_JPEG
    {
      return frame
    }
    let shape = Shape(width: frame.width, height: frame.height, format: picture.format)
    if shape != self.shape { try build(shape, frame) }
    guard let source, let sink else {
      throw MediaRefusal(.internal, "The picture could not be converted.")
    }
    try FFmpeg.check(
      av_buffersrc_add_frame_flags(source, frame.pointer, Int32(AV_BUFFERSRC_FLAG_KEEP_REF)),
      .internal, "convert a picture")
    let result = try Frame()
    guard try FilterGraph.pull(result, from: sink) else {
      throw MediaRefusal(.internal, "The picture could not be converted.")
    }
    return result
  }

  private func build(_ shape: Shape, _ frame: Frame) throws(MediaRefusal) {
    let picture = frame.pointer.pointee
    guard shape.width >= 2, shape.height >= 2 else {
      throw MediaRefusal(.unsupportedFormat, "The clip's picture is too small to be encoded.")
    }
    let graph = try FilterGraph()
    let aspect = picture.sample_aspect_ratio
    let source = try graph.add(
      "buffer", named: "in",
      options: [
        "video_size": "\(shape.width)x\(shape.height)", "pix_fmt": String(shape.format),
        "time_base": "\(timeBase.num)/\(timeBase.den)",
        "pixel_aspect": "\(max(aspect.num, 0))/\(max(aspect.den, 1))",
      ])
    var last = source
    var turns: [(String, [String: String])] = []
    switch rotation.degrees {
    case 90: turns = [("transpose", ["dir": "clock"])]
    case 180: turns = [("hflip", [:]), ("vflip", [:])]
    case 270: turns = [("transpose", ["dir": "cclock"])]
    default: break
    }
    turns.append(("crop", ["w": "trunc(iw/2)*2", "h": "trunc(ih/2)*2", "x": "0", "y": "0"]))
    turns.append(("scale", ["out_range": "tv", "flags": "bicubic+accurate_rnd"]))
    turns.append(("format", ["pix_fmts": "yuv420p"]))
    for (index, turn) in turns.enumerated() {
      let filter = try graph.add(turn.0, named: "step\(index)", options: turn.1)
      try graph.link(last, filter)
      last = filter
    }
    let sink = try graph.add("buffersink", named: "out", options: [:])
    try graph.link(last, sink)
    try graph.configure()
    self.graph = graph
    self.source = source
    self.sink = sink
    self.shape = shape
  }
}
