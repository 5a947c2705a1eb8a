import CFFmpeg
import MediaJobs

/// The built-in core: draws a clip without any model, and says so.
enum Synthesizer {
  /// libx264's veryfast at 20: clean gradients at about 2 Mbit/s for 720p.
  private static let quality = 20
  private static let sides = 64...4096
  private static let frameRates = 1...60

  static func run(
    _ request: SynthesisRequest, _ context: JobContext
  ) throws(MediaRefusal) -> MediaOutcome {
    try check(request, context)
    let frames = max(1, Int((request.seconds * Double(request.frameRate)).rounded()))
    let reference = request.referenceImage ? try ReferencePicture.read(context) : nil
    let seed = ScenePlan.seed(of: request)
    let plan = reference == nil ? ScenePlan(request, frames: frames) : nil
    let caption = try request.caption.flatMap { text throws(MediaRefusal) in
      try Caption(text, width: request.width, height: request.height)
    }
    let sound = try Soundtrack(
      dialogue: request.dialogue, seconds: Double(frames) / Double(request.frameRate), seed: seed)
    let writer = try ClipWriter(
      context,
      video: ClipWriter.Video(
        width: request.width, height: request.height,
        timeBase: AVRational(num: 1, den: Int32(request.frameRate)),
        frameRate: AVRational(num: Int32(request.frameRate), den: 1), quality: quality))
    try writer.addSound()

    let finish =
      [Finish.corners(request, hasCaption: caption != nil)] + (caption.map { [$0.layer] } ?? [])
    let frame = try Frame()
    var written = 0
    func roll(_ renderer: SceneRenderer, _ count: Int) throws(MediaRefusal) {
      for index in 0..<count {
        try renderer.render(index, into: frame)
        frame.pointer.pointee.pts = Int64(written)
        frame.pointer.pointee.pict_type = AV_PICTURE_TYPE_NONE
        try writer.write(video: frame)
        written += 1
        try sound.write(until: Double(written) / Double(request.frameRate), to: writer)
        if written % request.frameRate == 0 {
          try context.answers.send(.progress(Double(written) / Double(frames)))
        }
      }
    }
    let grain = Int(seed & 0xFFFF)
    if let reference {
      let still = try reference.covering(width: request.width, height: request.height)
      let renderer = try SceneRenderer(
        backdrop: still, layers: [], glide: ReferencePicture.glide(seed: seed, frames: frames),
        finish: finish, frameRate: request.frameRate, grainSeed: grain)
      try roll(renderer, frames)
    }
    for shot in plan?.shots ?? [] {
      let backdrop = try shot.layers[0].canvas.frame(
        width: request.width, height: request.height, format: AV_PIX_FMT_YUV444P)
      let renderer = try SceneRenderer(
        backdrop: backdrop, layers: Array(shot.layers.dropFirst()), finish: finish,
        frameRate: request.frameRate, grainSeed: grain)
      try roll(renderer, shot.frames)
    }
    try sound.write(until: nil, to: writer)
    let size = try writer.finish()
    return MediaOutcome(
      frames: frames, seconds: Double(frames) / Double(request.frameRate), outputBytes: size,
      notes: [describe(request, plan: plan, caption: caption?.shown, fit: sound.fit)])
  }

  private static func check(
    _ request: SynthesisRequest, _ context: JobContext
  ) throws(MediaRefusal) {
    guard sides.contains(request.width), sides.contains(request.height),
      request.width % 2 == 0, request.height % 2 == 0
    else {
      throw MediaRefusal(
        .badRequest,
        "A clip of \(request.width)x\(request.height) cannot be drawn; both sides must be even and "
          + "from \(sides.lowerBound) to \(sides.upperBound).")
    }
    guard request.width * request.height <= context.budget.maximumPixels else {
      throw MediaRefusal.tooManyPixels
    }
    guard frameRates.contains(request.frameRate) else {
      throw MediaRefusal(
        .badRequest, "\(request.frameRate) frames a second cannot be drawn; ask for 1 to 60.")
    }
    guard request.seconds > 0, request.seconds <= min(context.budget.maximumSeconds, 120) else {
      throw MediaRefusal(
        .badRequest, "A clip of \(request.seconds) s cannot be drawn; ask for at most 120 s.")
    }
  }

  /// What was drawn, in words that can themselves be checked against a policy.
  private static func describe(
    _ request: SynthesisRequest, plan: ScenePlan?, caption: String?, fit: Soundtrack.Fit
  ) -> String {
    var parts = [
      "Built-in renderer (no model): "
        + (plan?.phrase ?? "a slow camera move over the reference picture")
    ]
    if let caption {
      parts.append("caption: “\(caption)”")
    } else if request.caption != nil {
      parts.append("no caption, since the font lacks its letters")
    }
    let spoken = request.dialogue.filter(Soundtrack.canSpeak)
    if !spoken.isEmpty {
      let lines = spoken.map { "“\($0)”" }.joined(separator: " ")
      parts.append("spoken\(fit.isCut ? " (cut off by the end of the clip)" : ""): \(lines)")
    }
    if spoken.count < request.dialogue.count {
      parts.append("dialogue without Latin letters is not spoken")
    }
    return parts.joined(separator: "; ") + "."
  }
}
