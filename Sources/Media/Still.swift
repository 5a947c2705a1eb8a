import CFFmpeg
import MediaJobs
import Pixels
import Watermark

/// One picture of a clip or picture file as a file of its own, with the visible mark where asked;
/// the mark is looked for again in what was written.
enum Still {
  static func run(
    _ request: StillRequest, _ context: JobContext
  ) throws(MediaRefusal) -> MediaOutcome {
    let input = try context.openInput([.clip, .picture])
    var picture = try picture(of: input)
    var geometry: MarkGeometry?
    if let mark = request.mark {
      let shape = try MarkFactory.geometry(mark, width: picture.width, height: picture.height)
      var painter = VisibleMark(geometry: shape, range: .full)
      picture = painter.blended(onto: picture, at: 0)
      geometry = shape
    }
    let size = try PictureWriter.write(
      picture, format: request.format, quality: request.quality, context)
    var notes: [String] = []
    if let geometry {
      let score = try score(of: geometry, context)
      guard score >= VisibleMarkDetector.threshold else {
        throw MediaRefusal(.internal, "The mark was not found again in the written picture.")
      }
      notes = ["The mark was found (correlation 0.\(Int((score * 100).rounded(.down))))."]
    }
    return MediaOutcome(frames: 1, outputBytes: size, notes: notes)
  }

  private static func picture(of input: MediaInput) throws(MediaRefusal) -> RGBImage {
    let frame = try ImageDecoder.firstFrame(of: input)
    let rotation =
      input.format.use == .picture
      ? ExifOrientation.rotation(of: frame)
      : Rotation(of: input.streams[try input.pictureStream()])
    // Whatever passed the budget keeps its size.
    return try PixelScaler().picture(frame, maximumSide: Int(Int32.max), rotation: rotation)
  }

  /// Reads the job's output as a receiver would.
  private static func score(
    of geometry: MarkGeometry, _ context: JobContext
  ) throws(MediaRefusal) -> Double {
    var budget = context.budget
    budget.maximumInputBytes = budget.outputBytes
    let written = try MediaInput(
      descriptor: JobContext.outputDescriptor, uses: [.picture], budget: budget,
      deadline: context.deadline)
    let frame = try ImageDecoder.firstFrame(of: written)
    guard frame.width == geometry.frameWidth, frame.height == geometry.frameHeight else { return 0 }
    let luma = try PixelScaler().luma(frame, width: frame.width, height: frame.height)
    return VisibleMarkDetector(geometry: geometry).score(
      luma: luma.span, stride: frame.width, at: 0)
  }
}
