import CFFmpeg
import MediaJobs
import Pixels
import Watermark

/// Decodes a clip that is about to be delivered once, for everything that is read from it and made of it.
///
/// This thread decodes, a second one looks at every frame, and a third one makes the pictures.
enum ReadBacker {
  static func run(
    _ request: ReadBackRequest, _ context: JobContext
  ) throws(MediaRefusal) -> MediaOutcome {
    let input = try context.openInput([.clip])
    let reader = try FrameReader(input)
    let reading = FrameReading(request, reader)
    let stills = StillMaking(request, reader)
    let readingStep = try SideStep<TimedFrame> { item throws(MediaRefusal) in
      try reading.take(item)
    }
    let stillStep = try SideStep<TimedFrame> { item throws(MediaRefusal) in
      try stills.take(item)
    }
    try reader.forEach(blaming: .malformed, "decode the clip") {
      (frame, seconds) throws(MediaRefusal) in
      guard seconds <= context.budget.maximumSeconds else { throw input.tooLong }
      if stills.wants(seconds) {
        // A second reference to pixels that both only look at.
        let same = try Frame()
        try same.hold(frame)
        try stillStep.push(TimedFrame(frame: same, seconds: seconds))
      }
      try readingStep.push(TimedFrame(frame: frame, seconds: seconds))
    }
    try readingStep.finish()
    try stillStep.finish()
    let outcome = try reading.finish(context.answers, duration: input.durationSeconds)
    try stills.finish(context.answers)
    return outcome
  }
}

struct TimedFrame {
  let frame: Frame
  /// From the first frame.
  let seconds: Double
}

/// What is read from every frame.
private final class FrameReading {
  private let request: ReadBackRequest
  private let scaler = PixelScaler()
  private let accumulator: ResidualAccumulator?
  private var signer: FrameSigner?
  private var visible: VisibleReading?
  private var frames = 0
  private var seconds = 0.0

  init(_ request: ReadBackRequest, _ reader: FrameReader) {
    self.request = request
    accumulator = request.residual ? ResidualAccumulator() : nil
    if request.signatures { signer = FrameSigner(timeBase: reader.stream.pointee.time_base) }
  }

  func take(_ item: TimedFrame) throws(MediaRefusal) {
    let frame = item.frame
    if frames == 0 {
      visible = VisibleReading(
        try MarkFactory.geometry(request.mark, width: frame.width, height: frame.height))
    }
    frames += 1
    seconds = item.seconds
    visible?.add(frame, at: seconds)
    if let accumulator { try frame.add(to: accumulator, scaler) }
    signer?.add(frame)
  }

  func finish(
    _ answers: AnswerWriter, duration: Double?
  ) throws(MediaRefusal) -> MediaOutcome {
    guard let visible else {
      throw MediaRefusal(.malformed, "Not one frame of the clip could be decoded.")
    }
    try answers.send(.visibleMark(score: visible.lowestScore, at: visible.lowestAt))
    if let residual = accumulator?.mean { try answers.send(.residual(residual)) }
    signer?.finish()
    if let sums = signer?.sums { try answers.send(.signatureSums(sums)) }
    return MediaOutcome(
      frames: frames, seconds: duration ?? seconds, notes: [signer?.note].compactMap { $0 })
  }
}

/// The thumbnail and the stills of the preview sheet.
private final class StillMaking {
  private let request: ReadBackRequest
  private let rotation: Rotation
  private let scaler = PixelScaler()
  /// Asked by the thread that decodes, and by no other.
  private var wanted: SheetTiles.Schedule
  private var isThumbnailSeen = false
  private let thumbnailTime: Double
  /// Only of the thread that makes the pictures.
  private var tiles: SheetTiles
  private var thumbnail: [UInt8]?
  private var latest: Frame?

  init(_ request: ReadBackRequest, _ reader: FrameReader) {
    self.request = request
    let duration = reader.input.durationSeconds ?? 0
    rotation = Rotation(of: reader.stream)
    thumbnailTime = request.thumbnail.time ?? duration / 3
    wanted = SheetTiles.Schedule(request.sheet, duration: duration)
    tiles = SheetTiles(request.sheet, duration: duration)
  }

  /// The thumbnail is the first frame at or after its time, or the last one that is looked at.
  func wants(_ seconds: Double) -> Bool {
    let isTile = wanted.takes(seconds)
    let isThumbnail = !isThumbnailSeen && seconds >= thumbnailTime
    if isThumbnail { isThumbnailSeen = true }
    return isTile || isThumbnail
  }

  func take(_ item: TimedFrame) throws(MediaRefusal) {
    latest = item.frame
    if thumbnail == nil, item.seconds >= thumbnailTime { thumbnail = try small(item.frame) }
    if tiles.takes(item.seconds) {
      tiles.add(
        try scaler.picture(item.frame, maximumSide: request.sheet.tileSide, rotation: rotation))
    }
  }

  private func small(_ frame: Frame) throws(MediaRefusal) -> [UInt8] {
    let picture = try PixelScaler().picture(
      frame, maximumSide: request.thumbnail.maximumSide, rotation: rotation)
    return try WebPFile.encode(picture, quality: request.thumbnail.quality)
  }

  func finish(_ answers: AnswerWriter) throws(MediaRefusal) {
    guard let latest else {
      throw MediaRefusal(.malformed, "Not one frame of the clip could be decoded.")
    }
    if thumbnail == nil { thumbnail = try small(latest) }
    try answers.send(.thumbnail(thumbnail ?? []))
    try answers.send(
      .sheet(
        try WebPFile.encode(
          try tiles.sheet(), quality: request.sheet.quality, effort: WebPFile.quickEffort)))
  }
}
