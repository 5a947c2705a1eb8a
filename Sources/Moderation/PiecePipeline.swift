public import Evidence
public import MediaJobs

/// A picture to draw in one call.
public struct StillOrder: Equatable, Sendable {
  /// What is asked for; `seconds` means nothing here.
  public let request: VideoRequest
  public let format: StillRequest.Format
  /// 0 to 100; PNG has none.
  public let quality: Int
  /// How many pictures of the one request.
  public let count: Int

  public init(request: VideoRequest, format: StillRequest.Format, quality: Int, count: Int) {
    self.request = request
    self.format = format
    self.quality = quality
    self.count = count
  }
}

/// A text to read aloud in one call.
public struct SpeechOrder: Equatable, Sendable {
  public let model: String
  public let speech: SpeechRequest
  /// The voice by the caller's name for it.
  public let voice: String
  /// Fields that Assay does not know; judged like the text.
  public let extras: [String: String]

  public init(
    model: String, speech: SpeechRequest, voice: String, extras: [String: String] = [:]
  ) {
    self.model = model
    self.speech = speech
    self.voice = voice
    self.extras = extras
  }

  /// The same order for a file of another format.
  func written(as format: SpeechRequest.Format) -> SpeechOrder {
    var speech = speech
    speech.format = format
    return SpeechOrder(model: model, speech: speech, voice: voice, extras: extras)
  }
}

/// A sealed file behind its release.
public struct ReleasedPiece: Equatable, Sendable {
  public let path: String
  /// Lower-case hexadecimal SHA-256 of the file.
  public let sha256: String
  /// What the core says it made of the prompt, if it says so.
  public let scene: String?

  public init(path: String, sha256: String, scene: String?) {
    self.path = path
    self.sha256 = sha256
    self.scene = scene
  }
}

/// What came of an order that is answered at once.
public enum PieceAnswer: Equatable, Sendable {
  case released([ReleasedPiece])
  case refused(Refusal)
  /// Waits for a person; nothing is released.
  case held
}

/// What was heard in a recording, or why it may not be told.
public enum HeardAnswer: Equatable, Sendable {
  case heard(Heard)
  case refused(Refusal)
  case held
}

/// A transcript as callers get it.
public struct Heard: Equatable, Sendable {
  public struct Segment: Equatable, Sendable {
    public let start: Double
    public let end: Double
    public let text: String

    public init(start: Double, end: Double, text: String) {
      self.start = start
      self.end = end
      self.text = text
    }
  }

  public let seconds: Double
  public let segments: [Segment]

  public init(seconds: Double, segments: [Segment]) {
    self.seconds = seconds
    self.segments = segments
  }

  public var text: String { segments.map(\.text).joined(separator: " ") }
}

/// The way of pictures and recordings, which are answered in the call that asks for them: the same
/// five stages and leaves as a clip's, without a job that outlives the call.
public protocol PiecePipeline: Sendable {
  /// - Throws: `UnusableUpload`, `GenerationFailure`, or errors of ours (log, disk).
  func draw(id: String, _ order: StillOrder, subject: Subject) async throws -> PieceAnswer
  func speak(id: String, _ order: SpeechOrder, subject: Subject) async throws -> PieceAnswer
  /// - Parameter path: the recording, in the quarantine of `id`.
  func hear(id: String, _ path: String, subject: Subject) async throws -> HeardAnswer
}
