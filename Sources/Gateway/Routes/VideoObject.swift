import Moderation
import StrictJSON

/// A job as OpenAI's clients read it. All keys are always there; `status` is one of four words,
/// because a client's poll loop takes any other word for "done".
enum VideoObject {
  static func json(_ job: Job) -> JSONValue {
    .object([
      .init("id", .string(job.id)),
      .init("object", "video"),
      .init("model", .string(job.request.model)),
      .init("status", .string(status(job.state))),
      .init("progress", .integer(progress(job))),
      .init("created_at", .integer(Int(job.createdAt))),
      .init("completed_at", job.completedAt.map { .integer(Int($0)) } ?? .null),
      .init("expires_at", job.expiresAt.map { .integer(Int($0)) } ?? .null),
      .init("prompt", .string(job.request.prompt)),
      .init("size", .string(job.request.size.description)),
      .init("seconds", .string(String(job.request.seconds))),
      .init(
        "remixed_from_video_id",
        job.request.operation == .remix
          ? job.request.source.map(JSONValue.string) ?? .null : .null),
      .init("error", error(job)),
    ])
  }

  static func status(_ state: JobState) -> String {
    switch state {
    case .queued: "queued"
    case .generated, .inspected, .sealed: "in_progress"
    case .released: "completed"
    case .held, .blocked, .failed: "failed"
    }
  }

  private static func progress(_ job: Job) -> Int {
    job.state == .released ? 100 : min(max(job.progress, 0), job.state.isTerminal ? 100 : 99)
  }

  private static func error(_ job: Job) -> JSONValue {
    switch job.state {
    case .queued, .generated, .inspected, .sealed, .released: .null
    case .held:
      describe(
        job.error,
        orElse: JobError(
          code: "moderation_held",
          message: "Your request waits for a person to review it. Nothing was released."))
    case .blocked:
      describe(
        job.error,
        orElse: JobError(
          code: "moderation_blocked",
          message: "Your request was blocked by our moderation system."))
    case .failed:
      describe(
        job.error,
        orElse: JobError(code: "server_error", message: "The video could not be made."))
    }
  }

  private static func describe(_ error: JobError?, orElse general: JobError) -> JSONValue {
    let error = error ?? general
    return ["code": .string(error.code), "message": .string(error.message)]
  }
}
