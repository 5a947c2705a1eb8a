import CFFmpeg
import MediaJobs

/// Moves painted layers over each other with libavfilter and hands out 4:2:0 frames.
final class SceneRenderer {
  private let graph: FilterGraph
  private let source: UnsafeMutablePointer<AVFilterContext>
  private let sink: UnsafeMutablePointer<AVFilterContext>
  private let backdrop: Frame
  private let held: Frame

  /// How a still picture moves when there are no layers to move.
  struct Glide {
    /// Expressions of `on`, the frame's number, for the part of the picture that is shown: its
    /// inset from the frame's edges and its shift, in pixels.
    let insetX: String
    let insetY: String
    let shiftX: String
    let shiftY: String
  }

  /// - Parameters:
  ///   - backdrop: 4:4:4, of the frame's size.
  ///   - finish: what lies over everything: darkened corners, the caption.
  init(
    backdrop: Frame, layers: [SceneLayer], glide: Glide? = nil, finish: [SceneLayer],
    frameRate: Int, grainSeed: Int
  ) throws(MediaRefusal) {
    let graph = try FilterGraph()
    let source = try graph.add(
      "buffer", named: "in",
      options: [
        "video_size": "\(backdrop.width)x\(backdrop.height)", "pix_fmt": "yuv444p",
        "time_base": "1/\(frameRate)", "pixel_aspect": "1/1", "frame_rate": "\(frameRate)/1",
      ])
    var last = source
    if let glide {
      let (left, right) = (
        "(\(glide.insetX))+(\(glide.shiftX))", "W-(\(glide.insetX))+(\(glide.shiftX))"
      )
      let (top, bottom) = (
        "(\(glide.insetY))+(\(glide.shiftY))", "H-(\(glide.insetY))+(\(glide.shiftY))"
      )
      let camera = try graph.add(
        "perspective", named: "camera",
        options: [
          "x0": left, "y0": top, "x1": right, "y1": top, "x2": left, "y2": bottom, "x3": right,
          "y3": bottom, "interpolation": "linear", "sense": "source", "eval": "frame",
        ])
      try graph.link(last, camera)
      last = camera
    }
    var feeds: [(UnsafeMutablePointer<AVFilterContext>, Frame)] = []
    for (index, layer) in (layers + finish).enumerated() {
      let picture = try layer.canvas.frame(
        width: layer.width, height: layer.height, format: AV_PIX_FMT_YUVA444P)
      picture.pointer.pointee.pts = 0
      let feed = try graph.add(
        "buffer", named: "layer\(index)",
        options: [
          "video_size": "\(layer.width)x\(layer.height)", "pix_fmt": "yuva444p",
          "time_base": "1/\(frameRate)", "pixel_aspect": "1/1",
        ])
      let overlay = try graph.add(
        "overlay", named: "over\(index)",
        options: [
          "x": layer.x, "y": layer.y, "format": "yuv444", "eval": "frame",
          "eof_action": "repeat",
        ])
      try graph.link(last, overlay)
      try graph.link(feed, overlay, targetPad: 1)
      feeds.append((feed, picture))
      last = overlay
    }
    // Film grain: keeps the encoder from turning smooth skies into steps.
    let grain = try graph.add(
      "noise", named: "grain",
      options: ["c0_strength": "4", "c0_flags": "t", "c0_seed": String(grainSeed)])
    let format = try graph.add("format", named: "format", options: ["pix_fmts": "yuv420p"])
    let sink = try graph.add("buffersink", named: "out", options: [:])
    try graph.link(last, grain)
    try graph.chain(grain, format, sink)
    try graph.configure()
    for (feed, picture) in feeds {
      try FFmpeg.check(av_buffersrc_add_frame(feed, picture.pointer), .internal, "place a layer")
      try FFmpeg.check(av_buffersrc_add_frame(feed, nil), .internal, "place a layer")
    }
    self.graph = graph
    self.source = source
    self.sink = sink
    self.backdrop = backdrop
    held = try Frame()
  }

  /// The next frame, number `index` of the shot.
  func render(_ index: Int, into frame: Frame) throws(MediaRefusal) {
    try held.hold(backdrop)
    held.pointer.pointee.pts = Int64(index)
    try FFmpeg.check(av_buffersrc_add_frame(source, held.pointer), .internal, "draw a frame")
    guard try FilterGraph.pull(frame, from: sink) else {
      throw MediaRefusal(.internal, "The renderer gave no picture for frame \(index).")
    }
  }
}
