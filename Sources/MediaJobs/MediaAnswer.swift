public import Pixels

/// What the sandboxed process says, in the order in which it says it. The last answer is `done` or
/// `failure`; a process that ends without either has crashed.
public enum MediaAnswer: Equatable, Sendable {
  /// 0 to 1.
  case progress(Double)
  case info(MediaInfo)
  case frame(SampledFrame)
  /// The next block of the soundtrack: 16 kHz, mono, -1 to 1.
  case audio([Float])
  /// The acoustic fingerprint: chromaprint's words, about eight a second.
  case soundPrint([UInt32])
  /// The mean residual that an invisible mark is looked for in.
  case residual(FloatPlane)
  /// The MPEG-7 signatures of the written clip's frames, five a second: of all that differ, the sum of
  /// each of the 380 numbers.
  case signatureSums([UInt32])
  /// The least correlation of the visible mark with any frame, and that frame's second.
  case visibleMark(score: Double, at: Double)
  /// A WebP file.
  case thumbnail([UInt8])
  /// Stills side by side, a WebP file.
  case sheet([UInt8])
  case done(MediaOutcome)
  case failure(MediaRefusal)
}

/// A picture of a clip and when it is shown.
public struct SampledFrame: Equatable, Sendable {
  /// Seconds from the first frame.
  public let time: Double
  /// Whether it is the first frame after a hard cut.
  public let isSceneCut: Bool
  public let image: RGBImage

  public init(time: Double, isSceneCut: Bool, image: RGBImage) {
    self.time = time
    self.isSceneCut = isSceneCut
    self.image = image
  }
}

/// What was done, for the log and for tests.
public struct MediaOutcome: Equatable, Sendable {
  /// Video frames written, or looked at when nothing was written.
  public var frames: Int
  /// Length of the clip that was written or read.
  public var seconds: Double
  /// Bytes of the output file.
  public var outputBytes: Int
  /// Things a person should know: "a frame at 3.2 s could not be decoded".
  public var notes: [String]

  public init(frames: Int = 0, seconds: Double = 0, outputBytes: Int = 0, notes: [String] = []) {
    self.frames = frames
    self.seconds = seconds
    self.outputBytes = outputBytes
    self.notes = notes
  }
}

/// Why a job was not done. `code` is stable; `sentence` is for a person and says what to do.
public struct MediaRefusal: Error, Equatable, Sendable {
  public enum Code: String, CaseIterable, Sendable {
    /// The bytes are no format that this verb reads.
    case unsupportedFormat = "unsupported_format"
    /// A known format, but damaged or cut short.
    case malformed
    case tooManyPixels = "too_many_pixels"
    case tooManyStreams = "too_many_streams"
    case tooLong = "too_long"
    case tooLarge = "too_large"
    /// Nothing to look at in the file.
    case noPicture = "no_picture"
    /// Nothing to hear in the file.
    case noSound = "no_sound"
    /// The request itself cannot be carried out: odd sizes, a seed of the wrong length.
    case badRequest = "bad_request"
    /// A codec, filter or font that this machine lacks.
    case missingComponent = "missing_component"
    case outputFailed = "output_failed"
    case deadline
    /// The kernel offers no Landlock or seccomp: nothing is read.
    case sandboxUnavailable = "sandbox_unavailable"
    case `internal`
  }

  public let code: Code
  public let sentence: String

  public init(_ code: Code, _ sentence: String) {
    self.code = code
    self.sentence = sentence
  }
}
