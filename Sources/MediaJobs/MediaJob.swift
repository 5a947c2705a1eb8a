/// One piece of work for the sandboxed process, which does it and exits.
///
/// Input bytes never travel in a job: they are an inherited descriptor, and so is the output file.
public enum MediaJob: Equatable, Sendable {
  /// Container, duration and streams. Answers: info, done.
  case probe
  /// Frames and sound to judge a clip by. Answers: info, frame…, audio…, done.
  case sample(SamplePlan)
  /// The first picture of an image file, longest side at most `maximumSide`. Answers: info, frame, done.
  case decodeImage(maximumSide: Int)
  /// One frame of a clip, written to the output as WebP. Answers: done.
  case thumbnail(ThumbnailRequest)
  /// One picture as PNG, JPEG or WebP, marked where asked. Answers: done.
  case still(StillRequest)
  /// The sound of a recording or clip. Answers: audio…, done.
  case hear
  /// The acoustic fingerprint of a recording's or clip's sound. Answers: sound print, done.
  case soundPrint
  /// A text read aloud, written to the output. Answers: progress…, done.
  case speak(SpeechRequest)
  /// A clip drawn from a prompt, written to the output as MP4. Answers: progress…, done.
  case synthesize(SynthesisRequest)
  /// The input with the visible mark burnt in, and the invisible one where asked, written to the output
  /// as MP4. Answers: progress…, signature sums, done. Whoever signs the result reads both back after
  /// that.
  case mark(MarkRequest)
  /// Everything that is read from, or made of, a clip that is about to be delivered, in one decoding.
  /// Answers: visible mark, residual, signature sums, thumbnail, sheet, done.
  case readBack(ReadBackRequest)
  /// The input with an invisible mark alone: a clip as MP4 or Matroska, a picture in its own format.
  /// Answers: progress…, residual, done.
  case embed(EmbedRequest)
  /// What a search for an invisible mark looks at: the mean residual of the whole picture, then that
  /// of the inside of bars where there are any. Answers: residual…, done.
  case residual
  /// The input with an invisible mark in its sound, pictures as they are, in its own container. Answers:
  /// done.
  case markSound(SoundMarkRequest)
  /// A recording with an audible disclosure in front of it. Answers: done.
  case disclose(DisclosureRequest)

  /// The word on the wire and in messages to people.
  public var name: String {
    switch self {
    case .probe: "probe"
    case .sample: "sample"
    case .decodeImage: "decode_image"
    case .thumbnail: "thumbnail"
    case .still: "still"
    case .hear: "hear"
    case .soundPrint: "sound_print"
    case .speak: "speak"
    case .synthesize: "synthesize"
    case .mark: "mark"
    case .readBack: "read_back"
    case .embed: "embed"
    case .residual: "residual"
    case .markSound: "mark_sound"
    case .disclose: "disclose"
    }
  }

  /// Whether descriptor 3 must carry the bytes to read.
  public var needsInput: Bool {
    switch self {
    case .probe, .sample, .decodeImage, .thumbnail, .still, .hear, .soundPrint, .mark, .readBack,
      .embed, .residual, .markSound, .disclose:
      true
    case .synthesize(let request): request.referenceImage
    case .speak: false
    }
  }

  /// Whether descriptor 4 must carry a file to write, opened for reading and writing.
  public var needsOutput: Bool {
    switch self {
    case .probe, .sample, .decodeImage, .hear, .soundPrint, .readBack, .residual: false
    case .thumbnail, .still, .speak, .synthesize, .mark, .embed, .markSound, .disclose: true
    }
  }
}

/// A job with what it may cost: the one message on the sandboxed process's standard input.
public struct MediaOrder: Equatable, Sendable {
  public let job: MediaJob
  public let budget: MediaBudget

  public init(job: MediaJob, budget: MediaBudget) {
    self.job = job
    self.budget = budget
  }
}
