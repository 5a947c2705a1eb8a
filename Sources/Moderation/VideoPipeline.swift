public import Evidence

/// What screening says of a request.
public enum ScreeningAnswer: Sendable {
  /// Persist this job; it may go on.
  case accepted(Job)
  /// Persist this job as it is: it waits for a person.
  case held(Job)
  /// Refuse the request. No core was called, and the decision is in the log.
  case refused(Refusal)
}

/// A refusal as the caller may see it: no rule ids, thresholds or scores.
public struct Refusal: Equatable, Sendable {
  public let stage: Stage
  /// Coarse categories, such as `sexual`.
  public let categories: [String]
  /// The policy's sentence for callers, if it has one.
  public let message: String?
  /// The request field at fault: `prompt` or `input_reference`.
  public let parameter: String

  public init(stage: Stage, categories: [String], message: String?, parameter: String) {
    self.stage = stage
    self.categories = categories
    self.message = message
    self.parameter = parameter
  }
}

/// A request that cannot be screened because it is not what it must be (not a policy refusal).
public struct UnusableUpload: Error, Equatable, Sendable {
  /// Stable code such as `invalid_image_file`.
  public let code: String
  public let message: String

  public init(code: String, message: String) {
    self.code = code
    self.message = message
  }
}

/// The way of a clip through the stages. Whoever drives it persists the job between calls.
public protocol VideoPipeline: Sendable {
  /// Stage 1. The decision is durable in the log before this returns.
  ///
  /// - Throws: `UnusableUpload` for a reference that is no decodable image; other errors are ours
  ///   (log, disk): answer 500 and persist nothing.
  func screen(id: String, _ request: VideoRequest, subject: Subject) async throws -> ScreeningAnswer

  /// Performs the one next stage of a job that is not terminal, and returns the job changed.
  /// Harmless to repeat after a crash at any point: the caller persists the result.
  ///
  /// - Throws: only what is worth another attempt (log or disk unavailable, core unreachable).
  func advance(
    _ job: Job, save: @escaping @Sendable (Job) async throws -> Void
  ) async throws -> Job

  /// Ends a job that cannot be finished. The end is durable in the log before this returns.
  func abandon(_ job: Job, because error: JobError) async throws -> Job
}
