import CFFmpeg
import MediaJobs
import Pixels
import Watermark

/// Decodes a written clip and adds up what its invisible mark is searched in.
enum MarkCheck {
  struct Finding {
    var frames = 0
    var seconds = 0.0
    var residual: FloatPlane?
  }

  /// Reads the job's output; a frame that cannot be decoded is simply missing from the count.
  static func run(_ context: JobContext) throws(MediaRefusal) -> Finding {
    var budget = context.budget
    budget.maximumInputBytes = budget.outputBytes
    let input = try MediaInput(
      descriptor: JobContext.outputDescriptor, uses: [.clip], budget: budget,
      deadline: context.deadline)
    let accumulator = ResidualAccumulator()
    let scaler = PixelScaler()
    var finding = Finding()
    try FrameReader(input).forEach(blaming: .internal, "read the marked clip back") {
      (frame, seconds) throws(MediaRefusal) in
      finding.frames += 1
      finding.seconds = seconds
      try frame.add(to: accumulator, scaler)
    }
    finding.seconds = input.durationSeconds ?? finding.seconds
    finding.residual = accumulator.mean
    return finding
  }
}
