import CFFmpeg
import MediaJobs
import Pixels
import Watermark

/// Decodes what was written, looks for the visible mark where its path says it stands, and adds up what
/// the invisible one is searched in.
enum MarkCheck {
  struct Finding {
    var frames = 0
    var seconds = 0.0
    var lowestScore = 1.0
    /// Where the lowest score was.
    var lowestAt = 0.0
    var residual: FloatPlane?
    /// The frames' MPEG-7 signatures, summed up; nil where they were not asked for or could not be made.
    var signatureSums: [UInt32]?
    /// Why not.
    var unsigned: String?
  }

  /// Reads the job's output; a frame that cannot be decoded is simply missing from the count.
  static func run(
    _ geometry: MarkGeometry?, residual: Bool, signatures: Bool, _ context: JobContext
  ) throws(MediaRefusal) -> Finding {
    var budget = context.budget
    budget.maximumInputBytes = budget.outputBytes
    let input = try MediaInput(
      descriptor: JobContext.outputDescriptor, uses: [.clip], budget: budget,
      deadline: context.deadline)
    guard let index = input.best(AVMEDIA_TYPE_VIDEO) else { return Finding(lowestScore: 0) }
    let timeBase = av_q2d(input.streams[index].pointee.time_base)
    let decoder = try input.decoder(for: index)
    let detector = geometry.map { VisibleMarkDetector(geometry: $0) }
    let accumulator = residual ? ResidualAccumulator() : nil
    var signer = signatures ? FrameSigner(timeBase: input.streams[index].pointee.time_base) : nil
    let scaler = PixelScaler()
    let packet = try Packet()
    let frame = try Frame()
    var finding = Finding()
    var first: Int64?
    func drain() throws(MediaRefusal) {
      while try decoder.receiveFrame(frame) == .got {
        let timestamp = frame.pointer.pointee.best_effort_timestamp
        let start = first ?? timestamp
        first = start
        let seconds = Double(timestamp - start) * timeBase
        finding.frames += 1
        finding.seconds = seconds
        if let detector {
          let geometry = detector.geometry
          let fits = frame.width == geometry.frameWidth && frame.height == geometry.frameHeight
          let score = fits ? frame.score(detector, at: seconds) : 0
          if score < finding.lowestScore {
            finding.lowestScore = score
            finding.lowestAt = seconds
          }
        }
        if let accumulator { try frame.add(to: accumulator, scaler) }
        signer?.add(frame)
        frame.clear()
      }
    }
    while try input.read(packet) {
      guard packet.pointer.pointee.stream_index == Int32(index) else { continue }
      try FFmpeg.check(
        avcodec_send_packet(decoder.pointer, packet.pointer), .internal, "read the marked clip back"
      )
      try drain()
    }
    try FFmpeg.check(
      avcodec_send_packet(decoder.pointer, nil), .internal, "read the marked clip back")
    try drain()
    finding.seconds = input.durationSeconds ?? finding.seconds
    finding.residual = accumulator?.mean
    signer?.finish()
    finding.signatureSums = signer?.sums
    finding.unsigned = signer?.problem
    return finding
  }
}

/// Frame signatures where they can be made: a clip without them is delivered all the same, and its
/// outcome says why.
private struct FrameSigner {
  let timeBase: AVRational
  private var signatures: FrameSignatures?
  private(set) var sums: [UInt32]?
  private(set) var problem: String?

  init(timeBase: AVRational) { self.timeBase = timeBase }

  mutating func add(_ frame: Frame) {
    guard problem == nil else { return }
    do throws(MediaRefusal) {
      if signatures == nil { signatures = try FrameSignatures(of: frame, timeBase: timeBase) }
      frame.pointer.pointee.pts = frame.pointer.pointee.best_effort_timestamp
      try signatures?.add(frame)
    } catch {
      problem = error.sentence
    }
  }

  mutating func finish() {
    guard problem == nil else { return }
    do throws(MediaRefusal) { sums = try signatures?.finish() } catch { problem = error.sentence }
  }
}
