import CFFmpeg
import MediaJobs
import Pixels
import Watermark

/// Decodes a clip that is about to be delivered once, for everything that is read from it and made of it.
enum ReadBacker {
  static func run(
    _ request: ReadBackRequest, _ context: JobContext
  ) throws(MediaRefusal) -> MediaOutcome {
    let input = try context.openInput([.clip])
    let reader = try FrameReader(input)
    let pass = try ReadBackPass(request, reader)
    try reader.forEach(blaming: .malformed, "decode the clip") {
      (frame, seconds) throws(MediaRefusal) in
      guard seconds <= context.budget.maximumSeconds else { throw input.tooLong }
      try pass.take(frame, at: seconds)
    }
    return try pass.finish(context.answers, seconds: input.durationSeconds)
  }
}

private final class ReadBackPass {
  private let request: ReadBackRequest
  private let rotation: Rotation
  private let scaler = PixelScaler()
  private let lumaScaler = PixelScaler()
  private let accumulator: ResidualAccumulator?
  private var signer: FrameSigner?
  private var visible: VisibleReading?
  private var still: StillChoice
  private var tiles: SheetTiles
  private var frames = 0
  private var seconds = 0.0

  init(_ request: ReadBackRequest, _ reader: FrameReader) throws(MediaRefusal) {
    self.request = request
    let duration = reader.input.durationSeconds ?? 0
    rotation = Rotation(of: reader.stream)
    accumulator = request.residual ? ResidualAccumulator() : nil
    if request.signatures { signer = FrameSigner(timeBase: reader.stream.pointee.time_base) }
    still = StillChoice(at: request.thumbnail.time ?? duration / 3)
    tiles = SheetTiles(request.sheet, duration: duration)
  }

  func take(_ frame: Frame, at time: Double) throws(MediaRefusal) {
    if frames == 0 {
      visible = VisibleReading(
        try MarkFactory.geometry(request.mark, width: frame.width, height: frame.height))
    }
    frames += 1
    seconds = time
    visible?.add(frame, at: time)
    if let accumulator { try frame.add(to: accumulator, lumaScaler) }
    signer?.add(frame)
    try still.look(at: frame, time)
    if tiles.wants(time) {
      tiles.add(
        try scaler.picture(frame, maximumSide: request.sheet.tileSide, rotation: rotation))
    }
  }

  func finish(_ answers: AnswerWriter, seconds duration: Double?) throws(MediaRefusal)
    -> MediaOutcome
  {
    guard let chosen = still.frame, let visible else {
      throw MediaRefusal(.malformed, "Not one frame of the clip could be decoded.")
    }
    try answers.send(.visibleMark(score: visible.lowestScore, at: visible.lowestAt))
    if let residual = accumulator?.mean { try answers.send(.residual(residual)) }
    signer?.finish()
    if let sums = signer?.sums { try answers.send(.signatureSums(sums)) }
    let picture = try PixelScaler().picture(
      chosen, maximumSide: request.thumbnail.maximumSide, rotation: rotation)
    try answers.send(
      .thumbnail(try WebPFile.encode(picture, quality: request.thumbnail.quality)))
    try answers.send(
      .sheet(try WebPFile.encode(try tiles.sheet(), quality: request.sheet.quality)))
    return MediaOutcome(
      frames: frames, seconds: duration ?? seconds, notes: [signer?.note].compactMap { $0 })
  }
}

/// The first frame at or after a time, or the last one there is.
private struct StillChoice {
  private let time: Double
  private(set) var frame: Frame?
  private var isFound = false

  init(at time: Double) { self.time = time }

  mutating func look(at candidate: Frame, _ seconds: Double) throws(MediaRefusal) {
    guard !isFound else { return }
    let kept = try Frame()
    try kept.hold(candidate)
    frame = kept
    isFound = seconds >= time
  }
}
