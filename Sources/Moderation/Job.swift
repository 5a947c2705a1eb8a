public import Evidence

/// How far a job has come. Bytes leave only from `.released`.
public enum JobState: String, CaseIterable, Sendable {
  /// Screened and accepted; nothing generated yet.
  case queued
  /// The raw clip lies in quarantine.
  case generated
  /// The raw clip was judged and may be sealed.
  case inspected
  /// Marked, signed and read back; still in quarantine.
  case sealed
  /// The only state with a door to bytes.
  case released
  /// Waits for a person. Nothing is released meanwhile.
  case held
  /// Refused by policy.
  case blocked
  /// Could not be finished; not a judgement of the content.
  case failed

  public var isTerminal: Bool {
    switch self {
    case .queued, .generated, .inspected, .sealed: false
    case .released, .held, .blocked, .failed: true
    }
  }
}

/// Width and height in pixels, written `1280x720`.
public struct FrameSize: Equatable, Sendable, CustomStringConvertible {
  public let width: Int
  public let height: Int

  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// Parses `WxH`; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false)
    guard parts.count == 2, let width = Int(parts[0]), let height = Int(parts[1]),
      width > 0, height > 0
    else { return nil }
    self.init(width: width, height: height)
  }

  public var description: String { "\(width)x\(height)" }
}

/// What is asked of a core: a new clip, or one made from another.
public enum VideoOperation: String, CaseIterable, Sendable {
  case create, remix, edit, extend
}

/// What the caller asked for, after the wire format was checked.
public struct VideoRequest: Equatable, Sendable {
  public let prompt: String
  public let model: String
  public let seconds: Int
  public let size: FrameSize
  /// A file the caller sent along, spooled into the job's quarantine folder before screening.
  public let reference: ReferenceFile?
  /// Fields that Assay does not know and passes on: `caption`, `style`, `metadata[...]` …
  /// Every value is screened like the prompt.
  public var extras: [String: String]
  /// For anything but `.create`, `reference` is the clip to start from.
  public let operation: VideoOperation
  /// The caller's own video that `reference` is a copy of; nil for an uploaded clip.
  public let source: String?
  /// More files that came along, such as a mask; judged like `reference`.
  public let further: [ReferenceFile]

  public init(
    prompt: String, model: String, seconds: Int, size: FrameSize,
    reference: ReferenceFile? = nil, extras: [String: String] = [:],
    operation: VideoOperation = .create, source: String? = nil, further: [ReferenceFile] = []
  ) {
    self.prompt = prompt
    self.model = model
    self.seconds = seconds
    self.size = size
    self.reference = reference
    self.extras = extras
    self.operation = operation
    self.source = source
    self.further = further
  }
}

/// An uploaded file in quarantine: an image to start from, or what claims to be one.
public struct ReferenceFile: Equatable, Sendable {
  public let path: String
  /// As the client named it; never trusted.
  public let declaredMediaType: String

  public init(path: String, declaredMediaType: String) {
    self.path = path
    self.declaredMediaType = declaredMediaType
  }
}

/// Why a job ended without a clip, in words for the caller.
public struct JobError: Equatable, Sendable {
  /// `moderation_blocked`, `moderation_held`, `upstream_error`, `deadline_exceeded` …
  public let code: String
  public let message: String

  public init(code: String, message: String) {
    self.code = code
    self.message = message
  }
}

/// One clip on its way through the five stages. A value: whoever persists it owns its truth.
public struct Job: Equatable, Sendable {
  /// `video_` and 32 hexadecimal digits of randomness.
  public let id: String
  public let subject: Subject
  public let request: VideoRequest
  /// Seconds since 1970.
  public let createdAt: Int64
  public var state: JobState
  /// Runs begun, counted before each run so that a job that kills its worker is seen.
  public var attempts: Int
  /// 0 to 100.
  public var progress: Int
  public var error: JobError?
  public var completedAt: Int64?
  public var expiresAt: Int64?
  /// The upstream's own id of this job, so that a restart polls instead of paying twice.
  public var resumeToken: String?
  /// What the core says it made of the prompt.
  public var scene: String?
  /// Lower-case hexadecimal SHA-256 by role: `raw`, `sealed`, `manifest`.
  public var hashes: [String: String]
  /// The id in the sealed clip's invisible mark, 16 hexadecimal digits: what a copy without its
  /// manifest is recognised by.
  public var watermark: String?
  /// Decision log index of the inspection that allowed the clip.
  public var inspectionEntry: UInt64?
  /// The stage whose decision held or blocked the job.
  public var stoppedAt: Stage?

  public init(
    id: String, subject: Subject, request: VideoRequest, createdAt: Int64,
    state: JobState = .queued
  ) {
    self.id = id
    self.subject = subject
    self.request = request
    self.createdAt = createdAt
    self.state = state
    attempts = 0
    progress = 0
    hashes = [:]
  }
}
