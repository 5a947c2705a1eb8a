import CFFmpeg
import MediaJobs

/// The picture that an image-to-video request moves over.
struct ReferencePicture {
  private let frame: Frame

  /// The first picture of the job's input.
  static func read(_ context: JobContext) throws(MediaRefusal) -> ReferencePicture {
    let input = try context.openInput([.picture])
    guard let index = input.best(AVMEDIA_TYPE_VIDEO) else {
      throw MediaRefusal(.noPicture, "The reference file has no picture in it.")
    }
    let decoder = try input.decoder(for: index)
    let packet = try Packet()
    let frame = try Frame()
    while try input.read(packet) {
      guard packet.pointer.pointee.stream_index == Int32(index) else { continue }
      try FFmpeg.check(
        avcodec_send_packet(decoder.pointer, packet.pointer), .malformed,
        "decode the reference picture")
      if try decoder.receiveFrame(frame) == .got { return ReferencePicture(frame: frame) }
    }
    try FFmpeg.check(
      avcodec_send_packet(decoder.pointer, nil), .malformed, "decode the reference picture")
    guard try decoder.receiveFrame(frame) == .got else {
      throw MediaRefusal(.malformed, "The reference picture is cut short; send it again whole.")
    }
    return ReferencePicture(frame: frame)
  }

  /// The picture filling the frame: enlarged or reduced to cover it, what hangs over cut off
  /// evenly.
  func covering(width: Int, height: Int) throws(MediaRefusal) -> Frame {
    let graph = try FilterGraph()
    let picture = frame.pointer.pointee
    let source = try graph.add(
      "buffer", named: "in",
      options: [
        "video_size": "\(picture.width)x\(picture.height)", "pix_fmt": String(picture.format),
        "time_base": "1/1", "pixel_aspect": "1/1",
      ])
    let scale = try graph.add(
      "scale", named: "scale",
      options: [
        "w": String(width), "h": String(height), "force_original_aspect_ratio": "increase",
        "out_color_matrix": "bt709", "out_range": "tv",
        "flags": "lanczos+accurate_rnd+full_chroma_int",
      ])
    let format = try graph.add("format", named: "format", options: ["pix_fmts": "yuv444p"])
    let crop = try graph.add(
      "crop", named: "crop", options: ["w": String(width), "h": String(height), "exact": "1"])
    let sink = try graph.add("buffersink", named: "out", options: [:])
    try graph.chain(source, scale, format, crop, sink)
    try graph.configure()
    try FFmpeg.check(
      av_buffersrc_add_frame_flags(source, frame.pointer, Int32(AV_BUFFERSRC_FLAG_KEEP_REF)),
      .malformed, "scale the reference picture")
    try FFmpeg.check(av_buffersrc_add_frame(source, nil), .internal, "scale the reference picture")
    let result = try Frame()
    guard try FilterGraph.pull(result, from: sink) else {
      throw MediaRefusal(.internal, "The reference picture could not be scaled.")
    }
    return result
  }

  /// A slow push in or pull out with a little sideways drift, chosen by the seed. `W` and `H` are
  /// the frame's sides, `on` the frame's number. The shown part always lies within the picture.
  static func glide(seed: UInt64, frames: Int) -> SceneRenderer.Glide {
    var noise = SceneNoise(seed: seed)
    // 0 to 1 over the clip, eased at both ends.
    let time = "(0.5-0.5*cos(PI*on/\(max(frames - 1, 1))))"
    let inset = noise.unit() < 0.6 ? "(0.015+0.065*\(time))" : "(0.08-0.065*\(time))"
    // Never more than the inset: 0.8 of it at most.
    let angle = noise.within(-0.8...0.8)
    return SceneRenderer.Glide(
      insetX: "W*\(inset)", insetY: "H*\(inset)", shiftX: "W*\(inset)*\(angle)*(2*\(time)-1)",
      shiftY: "H*\(inset)*\(noise.within(-0.5...0.5))*(2*\(time)-1)")
  }
}
