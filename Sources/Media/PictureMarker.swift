import CFFmpeg
import MediaJobs
import Watermark

/// Embeds an invisible mark into a still picture, which keeps its format. Metadata is left behind, and
/// the picture is turned as its Exif tag asks.
enum PictureMarker {
  /// How a format is written again.
  private struct Encoding {
    let encoder: String
    let muxer: String
    let formats: [String]
    var options: [String: String] = [:]
    /// libav's quantiser for the whole picture, where the encoder takes one.
    var quantiser: Int32?
  }

  static func run(
    _ mark: InvisibleMark, _ input: MediaInput, _ context: JobContext
  ) throws(MediaRefusal) -> MediaOutcome {
    let decoded = try ImageDecoder.firstFrame(of: input)
    guard try !Animation.hasMorePictures(input) else {
      throw MediaRefusal(
        .unsupportedFormat, "The picture is animated; send it as a clip, such as MP4.")
    }
    let encoding = try encoding(of: input.format, decoded)
    let frame = try UprightPictures(
      turning: ExifOrientation.rotation(of: decoded), for: .init(formats: encoding.formats)
    ).turned(decoded)
    try FFmpeg.check(av_frame_make_writable(frame.pointer), .tooLarge, "make room for a picture")
    let embedder = try MarkFactory.embedder(mark, width: frame.width, height: frame.height)
    frame.embed(embedder)
    let size = try write(frame, encoding, context)
    let residual = ResidualAccumulator()
    var budget = context.budget
    budget.maximumInputBytes = budget.outputBytes
    let written = try MediaInput(
      descriptor: JobContext.outputDescriptor, uses: [.picture], budget: budget,
      deadline: context.deadline)
    try ImageDecoder.firstFrame(of: written).add(to: residual, PixelScaler())
    if let mean = residual.mean { try context.answers.send(.residual(mean)) }
    return MediaOutcome(frames: 1, outputBytes: size)
  }

  private static func encoding(
    of format: MediaFormat, _ frame: Frame
  ) throws(MediaRefusal) -> Encoding {
    let picture = frame.pointer.pointee.format
    let hasLuma = PixelFormats.hasByteLuma(picture)
    let hasAlpha = PixelFormats.hasAlpha(picture)
    switch format {
    case .png:
      let isGrey = hasLuma && !hasAlpha
      return Encoding(
        encoder: "png", muxer: "image2pipe",
        formats: [isGrey ? "gray" : hasAlpha ? "rgba" : "rgb24"])
    case .jpeg:
      // The finest quantiser: the mark, not a second compression, is what may change the picture.
      return Encoding(
        encoder: "mjpeg", muxer: "image2pipe", formats: ["yuvj420p", "yuvj422p", "yuvj444p"],
        options: ["qmin": "1", "huffman": "optimal"], quantiser: 1)
    case .webp where hasLuma:
      return Encoding(
        encoder: "libwebp", muxer: "webp", formats: hasAlpha ? ["yuva420p"] : ["yuv420p"],
        options: ["quality": "95"])
    case .webp:
      return Encoding(
        encoder: "libwebp", muxer: "webp", formats: ["bgra"], options: ["lossless": "1"])
    default:
      throw MediaRefusal(
        .unsupportedFormat,
        "This format cannot carry an invisible mark; send PNG, JPEG or WebP.")
    }
  }

  private static func write(
    _ frame: Frame, _ encoding: Encoding, _ context: JobContext
  ) throws(MediaRefusal) -> Int {
    let picture = frame.pointer.pointee
    let encoder = try CodecContext(encoder: encoding.encoder)
    let settings = encoder.pointer
    settings.pointee.width = picture.width
    settings.pointee.height = picture.height
    settings.pointee.pix_fmt = AVPixelFormat(rawValue: picture.format)
    settings.pointee.color_range = picture.color_range
    settings.pointee.colorspace = picture.colorspace
    settings.pointee.time_base = AVRational(num: 1, den: 1)
    settings.pointee.thread_count = 1
    if let quantiser = encoding.quantiser {
      settings.pointee.flags |= Int32(AV_CODEC_FLAG_QSCALE)
      settings.pointee.global_quality = quantiser * FF_QP2LAMBDA
      frame.pointer.pointee.quality = quantiser * FF_QP2LAMBDA
    }
    try encoder.open(encoding.options)
    let output = try context.openOutput(encoding.muxer)
    output.pointer.pointee.flags |= AVFMT_FLAG_BITEXACT
    let stream = try output.addStream(for: encoder)
    try output.writeHeader()
    frame.pointer.pointee.pts = 0
    frame.pointer.pointee.pict_type = AV_PICTURE_TYPE_NONE
    let packet = try Packet()
    try output.encode(frame, with: encoder, into: stream, using: packet)
    try output.encode(nil, with: encoder, into: stream, using: packet)
    return try output.finish()
  }
}
