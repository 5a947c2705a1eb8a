import CFFmpeg
import MediaJobs

/// Decoded frames as they are to be shown and as an encoder takes them: turned upright, in one of the
/// formats that it knows.
final class UprightPictures {
  /// What an encoder takes.
  struct Target {
    /// libav's names; the nearest to the source's own is chosen.
    var formats: [String]
    /// 4:2:0 in H.264 cannot hold half a chroma sample: an odd column or row at the end is cut.
    var hasEvenSides = false
    /// Luma from 16 to 235, or the range that the source has.
    var hasLimitedRange = false

    /// 4:2:0 with 8 bits in limited range: what players expect of H.264.
    static let h264 = Target(formats: ["yuv420p"], hasEvenSides: true, hasLimitedRange: true)
    /// FFV1 keeps every 8-bit layout as it is.
    static let ffv1 = Target(
      formats: ["yuv420p", "yuv422p", "yuv444p", "yuv440p", "yuv411p", "yuv410p", "gray"])
  }

  private let rotation: Rotation
  private let timeBase: AVRational
  private let target: Target
  private var graph: FilterGraph?
  private var source: UnsafeMutablePointer<AVFilterContext>?
  private var sink: UnsafeMutablePointer<AVFilterContext>?
  private var shape: Shape?

  private struct Shape: Equatable {
    let width: Int
    let height: Int
    let format: Int32
  }

  init(of stream: UnsafeMutablePointer<AVStream>, for target: Target = .h264) {
    rotation = Rotation(of: stream)
    timeBase = stream.pointee.time_base
    self.target = target
  }

  init(turning rotation: Rotation, for target: Target) {
    self.rotation = rotation
    timeBase = AVRational(num: 1, den: 1)
    self.target = target
  }

  /// The frame itself where nothing is to be done.
  func turned(_ frame: Frame) throws(MediaRefusal) -> Frame {
    let picture = frame.pointer.pointee
    let isEven = frame.width % 2 == 0 && frame.height % 2 == 0
    if rotation.filter == nil, target.formats.contains(PixelFormats.name(picture.format)),
      isEven || !target.hasEvenSides,
      picture.color_range != AVCOL_RANGE_JPEG || !target.hasLimitedRange
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
    if target.hasEvenSides {
      turns.append(("crop", ["w": "trunc(iw/2)*2", "h": "trunc(ih/2)*2", "x": "0", "y": "0"]))
    }
    var scale = ["flags": "bicubic+accurate_rnd"]
    if target.hasLimitedRange {
      scale["out_range"] = "tv"
    } else if picture.color_range == AVCOL_RANGE_JPEG {
      scale["out_range"] = "pc"
    }
    turns.append(("scale", scale))
    turns.append(("format", ["pix_fmts": target.formats.joined(separator: "|")]))
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
