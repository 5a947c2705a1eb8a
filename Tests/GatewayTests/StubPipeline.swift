import Evidence
import Moderation
import Synchronization

/// A pipeline without media: a prompt with a certain word is refused, held or unusable, and each
/// step is what the test says.
final class StubPipeline: VideoPipeline {
  typealias Step = @Sendable (Job, @Sendable (Job) async throws -> Void) async throws -> Job

  struct LogUnavailable: Error {}

  private let step: Step
  private let state = Mutex<(screened: [VideoRequest], steps: [JobState])>(([], []))

  init(step: @escaping Step = StubPipeline.succeed) { self.step = step }

  /// A step that ends only when it is cancelled.
  static func untilCancelled() async throws {
    let (never, continuation) = AsyncStream<Void>.makeStream()
    for await _ in never {}
    continuation.finish()
    try Task.checkCancellation()
  }

  /// Requests that reached screening.
  var screened: [VideoRequest] { state.withLock(\.screened) }
  /// The state of each job that was stepped, in order.
  var steps: [JobState] { state.withLock(\.steps) }

  func screen(
    id: String, _ request: VideoRequest, subject: Subject
  ) async throws -> ScreeningAnswer {
    state.withLock { $0.screened.append(request) }
    let words = Set(request.prompt.split(separator: " "))
    if words.contains("forbidden") {
      return .refused(
        Refusal(stage: .screen, categories: ["sexual"], message: nil, parameter: "prompt"))
    }
    if words.contains("unusable") {
      throw UnusableUpload(code: "invalid_image_file", message: "The image cannot be decoded.")
    }
    if words.contains("nolog") { throw LogUnavailable() }
    var job = Job(id: id, subject: subject, request: request, createdAt: 1_767_225_600)
    if words.contains("doubtful") {
      job.state = .held
      return .held(job)
    }
    return .accepted(job)
  }

  func advance(
    _ job: Job, save: @escaping @Sendable (Job) async throws -> Void
  ) async throws -> Job {
    state.withLock { $0.steps.append(job.state) }
    return try await step(job, save)
  }

  /// The reasons for which jobs were given up.
  var abandoned: [String] { given.withLock { $0 } }
  private let given = Mutex<[String]>([])

  func abandon(_ job: Job, because error: JobError) async throws -> Job {
    given.withLock { $0.append(error.code) }
    var job = job
    job.state = .failed
    job.error = error
    return job
  }

  /// The way of a clip that nothing is wrong with.
  static let succeed: Step = { job, _ in
    var job = job
    switch job.state {
    case .queued: job.state = .generated
    case .generated: job.state = .inspected
    case .inspected: job.state = .sealed
    case .sealed:
      job.state = .released
      job.completedAt = job.createdAt + 9
      job.hashes["sealed"] = String(repeating: "ab", count: 32)
    case .released, .held, .blocked, .failed: break
    }
    return job
  }
}
