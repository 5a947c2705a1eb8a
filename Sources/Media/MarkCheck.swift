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
    var visible: VisibleReading?
    var residual: FloatPlane?
    /// Of the frames' MPEG-7 signatures, where they were asked for.
    var signer: FrameSigner?
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
    let reader = try FrameReader(input)
    let accumulator = residual ? ResidualAccumulator() : nil
    let scaler = PixelScaler()
    var finding = Finding(visible: geometry.map { VisibleReading($0) })
    if signatures { finding.signer = FrameSigner(timeBase: reader.stream.pointee.time_base) }
    try reader.forEach(blaming: .internal, "read the marked clip back") {
      (frame, seconds) throws(MediaRefusal) in
      finding.frames += 1
      finding.seconds = seconds
      finding.visible?.add(frame, at: seconds)
      if let accumulator { try frame.add(to: accumulator, scaler) }
      finding.signer?.add(frame)
    }
    finding.seconds = input.durationSeconds ?? finding.seconds
    finding.residual = accumulator?.mean
    finding.signer?.finish()
    return finding
  }
}
