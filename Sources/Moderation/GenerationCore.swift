/// What a core says of itself; it stands in every manifest that Assay signs for it.
public struct CoreIdentity: Equatable, Sendable {
  public let name: String
  public let version: String
  /// IPTC digitalSourceType URI: `trainedAlgorithmicMedia` for a model, `algorithmicMedia` for the
  /// built-in renderer.
  public let digitalSourceType: String
  /// Whether a trained model makes the media (C2PA 2.4 `c2pa.ai-disclosure` applies).
  public let isModel: Bool

  public init(name: String, version: String, digitalSourceType: String, isModel: Bool) {
    self.name = name
    self.version = version
    self.digitalSourceType = digitalSourceType
    self.isModel = isModel
  }
}

/// An allowed request on its way to a core.
public struct GenerationRequest: Sendable {
  /// Assay's job id: the idempotency key towards an upstream.
  public let id: String
  public let request: VideoRequest
  /// Set when an earlier run got this far.
  public let resumeToken: String?
  /// Called once an upstream has taken the job; returns after the token is on disk.
  public let saveResumeToken: @Sendable (String) async throws -> Void
  /// Called now and then with 0 to 100.
  public let reportProgress: @Sendable (Int) async -> Void

  public init(
    id: String, request: VideoRequest, resumeToken: String? = nil,
    saveResumeToken: @escaping @Sendable (String) async throws -> Void = { _ in },
    reportProgress: @escaping @Sendable (Int) async -> Void = { _ in }
  ) {
    self.id = id
    self.request = request
    self.resumeToken = resumeToken
    self.saveResumeToken = saveResumeToken
    self.reportProgress = reportProgress
  }
}

/// A raw clip that now lies at the path the caller named.
public struct GeneratedClip: Equatable, Sendable {
  /// The prompt as the core rewrote it, or its description of what it drew; judged like a prompt.
  public let scene: String?
  /// The model that answered, when the core names one.
  public let model: String?

  public init(scene: String?, model: String? = nil) {
    self.scene = scene
    self.model = model
  }
}

/// Why a core gave no clip. Upstream text stays in `detail`, for the log only; callers get our own
/// words.
public enum GenerationFailure: Error, Equatable, Sendable {
  /// The core's own moderation said no, at its input or output.
  case refused(detail: String)
  /// The request is one this core cannot serve.
  case unsupported(detail: String)
  /// The core cannot be reached, broke, or answered nonsense. Worth another try.
  case unavailable(detail: String)
  /// The core did not finish in its time.
  case deadlineExceeded(detail: String)
}

/// Anything that turns an allowed request into a raw clip.
public protocol GenerationCore: Sendable {
  var identity: CoreIdentity { get }

  /// Writes the clip to `path`, in quarantine. Running it again after a crash must be harmless.
  func generate(
    _ request: GenerationRequest, to path: String
  ) async throws(GenerationFailure) -> GeneratedClip

  /// Writes one picture, PNG, JPEG or WebP.
  func drawStill(
    _ request: GenerationRequest, to path: String
  ) async throws(GenerationFailure) -> GeneratedClip

  /// Writes the text read aloud, in the format that is asked for.
  func speak(_ order: SpeechOrder, to path: String) async throws(GenerationFailure) -> GeneratedClip
}

extension GenerationCore {
  public func drawStill(
    _ request: GenerationRequest, to path: String
  ) async throws(GenerationFailure) -> GeneratedClip {
    throw .unsupported(detail: "\(identity.name) draws no pictures")
  }

  public func speak(
    _ order: SpeechOrder, to path: String
  ) async throws(GenerationFailure) -> GeneratedClip {
    throw .unsupported(detail: "\(identity.name) does not speak")
  }
}
