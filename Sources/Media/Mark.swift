import CFFmpeg
import MediaJobs
import Watermark

/// Marks every frame of a clip, visibly, invisibly or both, in one pass, and looks for what it wrote.
///
/// Decoding, marking, encoding and looking at what comes of it go on beside each other, each on a thread
/// of its own, so that no processor waits. What is written does not depend on which is ahead.
enum Marker {
  /// Visually close to lossless; the clip was compressed once already.
  static let qualityFactor = 19

  /// What is to be put on the frames.
  struct Marks {
    var visible: MarkRequest?
    var invisible: InvisibleMark?
    var isLossless = false
  }

  static func run(
    _ request: MarkRequest, _ context: JobContext
  ) throws(MediaRefusal) -> MediaOutcome {
    let input = try context.openInput([.clip])
    return try run(Marks(visible: request, invisible: request.invisible), input, context)
  }

  static func run(
    _ request: EmbedRequest, _ context: JobContext
  ) throws(MediaRefusal) -> MediaOutcome {
    let input = try context.openInput([.clip, .picture])
    guard input.format.use == .clip else {
      return try PictureMarker.run(request.mark, input, context)
    }
    return try run(
      Marks(invisible: request.mark, isLossless: request.isLossless), input, context)
  }

  private static func run(
    _ marks: Marks, _ input: MediaInput, _ context: JobContext
  ) throws(MediaRefusal) -> MediaOutcome {
    guard let videoIndex = input.best(AVMEDIA_TYPE_VIDEO) else {
      throw MediaRefusal(.noPicture, "The file has no picture in it.")
    }
    let video = input.streams[videoIndex]
    let audioIndex = input.best(AVMEDIA_TYPE_AUDIO)
    let decoder = try input.decoder(for: videoIndex)
    let pictures = UprightPictures(of: video, for: marks.isLossless ? .ffv1 : .h264)
    var sound: SoundPassage?
    if let audioIndex { sound = try SoundPassage(of: input, at: audioIndex) }
    let marking = MarkingStep(marks, context, video: video, duration: input.durationSeconds)
    let encoding = EncodingStep(marks, context, video: video, sound: sound) { marking.geometry }

    let encoder = try SideStep<MarkedPiece> { piece throws(MediaRefusal) in
      try encoding.take(piece)
    }
    let marker = try SideStep<MarkedPiece> { piece throws(MediaRefusal) in
      if case .picture(let frame) = piece { try marking.mark(frame) }
      try encoder.push(piece)
    }
    let packet = try Packet()
    func drain() throws(MediaRefusal) {
      while true {
        let frame = try Frame()
        guard try decoder.receiveFrame(frame) == .got else { return }
        frame.pointer.pointee.pts = frame.pointer.pointee.best_effort_timestamp
        try marker.push(.picture(try pictures.turned(frame)))
      }
    }
    while try input.read(packet) {
      let index = Int(packet.pointer.pointee.stream_index)
      if index == videoIndex {
        // A damaged packet costs its frames, not the clip, as in any player.
        let answer = avcodec_send_packet(decoder.pointer, packet.pointer)
        if answer < 0, answer != cffmpeg_error_invalid() {
          try FFmpeg.check(answer, .malformed, "decode the clip")
        }
        try drain()
      } else if index == audioIndex {
        let kept = try Packet()
        av_packet_move_ref(kept.pointer, packet.pointer)
        try marker.push(.sound(kept))
      }
    }
    try FFmpeg.check(avcodec_send_packet(decoder.pointer, nil), .malformed, "decode the clip")
    try drain()
    try marker.finish()
    try encoder.finish()
    let size = try encoding.finish()
    guard let written = try encoding.check?.finish() else {
      return try marking.readBack(outputBytes: size)
    }
    return try marking.outcome(of: written, outputBytes: size)
  }
}

/// What goes from thread to thread, in the order of the file.
enum MarkedPiece {
  case picture(Frame)
  case sound(Packet)
}

/// Puts the marks on frames, made for the first one's size.
private final class MarkingStep {
  private let marks: Marker.Marks
  private let context: JobContext
  private let timeBase: Double
  private let duration: Double?
  /// Of the visible mark; set with the first frame.
  private(set) var geometry: MarkGeometry?
  private var mark: VisibleMark?
  private var embedder: WatermarkEmbedder?
  private var size = (width: 0, height: 0)
  private var firstTimestamp: Int64 = 0
  private var lastTimestamp: Int64 = .min
  private var frames = 0
  private var reported = 0.0

  init(
    _ marks: Marker.Marks, _ context: JobContext, video: UnsafeMutablePointer<AVStream>,
    duration: Double?
  ) {
    self.marks = marks
    self.context = context
    timeBase = av_q2d(video.pointee.time_base)
    self.duration = duration
  }

  func mark(_ frame: Frame) throws(MediaRefusal) {
    if frames == 0 { try start(frame) }
    guard (frame.width, frame.height) == size else {
      throw MediaRefusal(
        .unsupportedFormat, "The clip changes its picture size midway; encode it at one size.")
    }
    // Times must rise: a frame without its own, or with one that repeats, follows at the next tick.
    if frame.pointer.pointee.pts == FFmpeg.noTimestamp || frame.pointer.pointee.pts <= lastTimestamp
    {
      frame.pointer.pointee.pts = lastTimestamp + 1
    }
    lastTimestamp = frame.pointer.pointee.pts
    let seconds = Double(lastTimestamp - firstTimestamp) * timeBase
    guard seconds <= context.budget.maximumSeconds else {
      throw MediaRefusal(
        .tooLong,
        "The clip is longer than the \(context.budget.maximumSeconds) s that are accepted.")
    }
    try FFmpeg.check(av_frame_make_writable(frame.pointer), .tooLarge, "make room for a picture")
    // The invisible one first: nothing of it needs to be on the visible one's plate.
    if let embedder { frame.embed(embedder) }
    if var mark {
      frame.blend(&mark, at: seconds)
      self.mark = mark
    }
    frame.pointer.pointee.pict_type = AV_PICTURE_TYPE_NONE
    frames += 1
    if let duration, duration > 0, seconds / duration >= reported + 0.1 {
      reported = seconds / duration
      try context.answers.send(.progress(min(reported, 1) * 0.9))
    }
  }

  private func start(_ frame: Frame) throws(MediaRefusal) {
    let picture = frame.pointer.pointee
    firstTimestamp = picture.pts == FFmpeg.noTimestamp ? 0 : picture.pts
    lastTimestamp = firstTimestamp - 1
    size = (frame.width, frame.height)
    if let visible = marks.visible {
      let geometry = try MarkFactory.geometry(visible, width: frame.width, height: frame.height)
      mark = VisibleMark(geometry: geometry, range: .limited)
      self.geometry = geometry
    }
    if let invisible = marks.invisible {
      embedder = try MarkFactory.embedder(invisible, width: frame.width, height: frame.height)
      embedder?.openClip()
    }
  }

  /// Holds what was found as the clip was written against what was to be written.
  func outcome(
    of written: WrittenCheck.Finding, outputBytes size: Int
  ) throws(MediaRefusal) -> MediaOutcome {
    let visible = written.visible
    guard visible.frames == frames, visible.lowestScore >= VisibleMarkDetector.threshold else {
      throw MediaRefusal(
        .internal,
        "The mark was not found again in the frame at \(visible.lowestAt) s of the marked clip.")
    }
    if let sums = written.signer.sums { try context.answers.send(.signatureSums(sums)) }
    let percent = Int((visible.lowestScore * 100).rounded(.down))
    let found = "The mark was found in all \(frames) frames (lowest correlation 0.\(percent))."
    return MediaOutcome(
      frames: frames, seconds: written.seconds, outputBytes: size,
      notes: [found] + [written.signer.note].compactMap { $0 })
  }

  /// Reads the written file for what the invisible mark, which stands alone, is searched in.
  func readBack(outputBytes size: Int) throws(MediaRefusal) -> MediaOutcome {
    let check = try MarkCheck.run(context)
    guard check.frames == frames else {
      throw MediaRefusal(
        .internal, "Of \(frames) frames \(check.frames) can be decoded in the marked clip.")
    }
    if let residual = check.residual { try context.answers.send(.residual(residual)) }
    return MediaOutcome(frames: frames, seconds: check.seconds, outputBytes: size)
  }
}

/// Writes marked frames and the sound that goes with them, made for the first frame's size and colours.
private final class EncodingStep {
  private let marks: Marker.Marks
  private let context: JobContext
  private let video: UnsafeMutablePointer<AVStream>
  private let sound: SoundPassage?
  private let geometry: () -> MarkGeometry?
  private var writer: ClipWriter?
  /// Of a visible mark, from the first written picture on.
  private(set) var check: WrittenCheck?

  /// - Parameter geometry: of the visible mark; asked for after the first frame was marked.
  init(
    _ marks: Marker.Marks, _ context: JobContext, video: UnsafeMutablePointer<AVStream>,
    sound: SoundPassage?, geometry: @escaping () -> MarkGeometry?
  ) {
    self.marks = marks
    self.context = context
    self.video = video
    self.sound = sound
    self.geometry = geometry
  }

  func take(_ piece: MarkedPiece) throws(MediaRefusal) {
    switch piece {
    case .sound(let packet): try sound?.take(packet, writer: writer)
    case .picture(let frame):
      if writer == nil { writer = try begin(frame) }
      try writer?.write(video: frame)
    }
  }

  private func begin(_ frame: Frame) throws(MediaRefusal) -> ClipWriter {
    let picture = frame.pointer.pointee
    var settings = ClipWriter.Video(
      width: frame.width, height: frame.height, timeBase: video.pointee.time_base,
      frameRate: video.pointee.avg_frame_rate, quality: Marker.qualityFactor)
    if picture.sample_aspect_ratio.num > 0, picture.sample_aspect_ratio.den > 0 {
      settings.sampleAspectRatio = picture.sample_aspect_ratio
    }
    settings.primaries = picture.color_primaries
    settings.transfer = picture.color_trc
    settings.space = picture.colorspace
    if marks.isLossless {
      settings.isLossless = true
      settings.format = AVPixelFormat(rawValue: picture.format)
      settings.range = picture.color_range
    }
    var seen: ClipWriter.Seen?
    if let geometry = geometry() {
      seen = { [unowned self] (luma, decodeTime, stream) throws(MediaRefusal) in
        if check == nil { check = try WrittenCheck(of: stream, geometry) }
        try check?.take(luma, decodeTime: decodeTime)
      }
    }
    let writer = try ClipWriter(context, video: settings, seen: seen)
    try sound?.begin(writer)
    return writer
  }

  /// Returns the file's size.
  func finish() throws(MediaRefusal) -> Int {
    guard let writer else {
      throw MediaRefusal(.malformed, "No picture of the clip could be decoded; it may be damaged.")
    }
    try sound?.finish(writer: writer)
    return try writer.finish()
  }
}
