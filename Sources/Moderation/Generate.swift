import Evidence
import Policy
import StrictJSON

/// Stage 2: one core, and a raw clip in quarantine.
extension StagedPipeline {
  func generate(
    _ job: Job, save: @escaping @Sendable (Job) async throws -> Void
  ) async throws -> Job {
    var job = job
    try workspace.prepare(job.id)
    let progress = ProgressSaver(job: job, save: save)
    let request = GenerationRequest(
      id: job.id, request: job.request, resumeToken: job.resumeToken,
      saveResumeToken: { try await progress.save(resumeToken: $0) },
      reportProgress: { await progress.save(percent: $0) })
    let partial = workspace.rawClip(job.id) + ".part"

    let clip: GeneratedClip
    do {
      clip = try await core.generate(request, to: partial)
    } catch let failure {
      job = await progress.job
      return try await ended(job, by: failure)
    }
    job = await progress.job
    try workspace.move(partial, to: workspace.rawClip(job.id))
    job.scene = clip.scene
    job.hashes["raw"] = try await sha256(of: workspace.rawClip(job.id))

    let decision = Decision(stage: .generate, outcome: .allow, policies: policy.identities)
    _ = try await log(
      id: stepID(job, .generate), asset: job.id, subject: job.subject,
      decision: decision, hashes: job.hashes,
      payload: [
        .init("core", .string(core.identity.name)),
        .init("core_version", .string(core.identity.version)),
        .init("model", clip.model.map { .string($0) } ?? .null),
        .init("scene", clip.scene.map { .string($0) } ?? .null),
      ])
    job.state = .generated
    job.progress = max(job.progress, 60)
    return job
  }

  /// A core's failure as the caller sees it. Its own words stay in the log's payload.
  private func ended(_ job: Job, by failure: GenerationFailure) async throws -> Job {
    var job = job
    let outcome: Outcome
    let detail: String
    switch failure {
    case .unavailable: throw failure
    case .refused(let text):
      outcome = .block
      detail = text
      job.state = .blocked
      job.error = JobError(
        code: "moderation_blocked", message: "Your request was blocked by our moderation system.")
    case .unsupported(let text):
      outcome = .allow
      detail = text
      job.state = .failed
      job.error = JobError(
        code: "unsupported_request",
        message: "The generation core cannot make a clip of this size, length or reference.")
    case .deadlineExceeded(let text):
      outcome = .allow
      detail = text
      job.state = .failed
      job.error = JobError(
        code: "deadline_exceeded", message: "The generation core did not finish in time. Try again."
      )
    }
    let fired =
      outcome == .block
      ? [
        FiredRule(
          rule: "upstream.refused", policy: core.identity.name, outcome: .block,
          category: "upstream", evidence: .prompt)
      ] : []
    _ = try await log(
      id: stepID(job, .generate), asset: job.id, subject: job.subject,
      decision: Decision(
        stage: .generate, outcome: outcome, fired: fired, policies: policy.identities),
      payload: [.init("core", .string(core.identity.name)), .init("detail", .string(detail))])
    return job
  }
}

/// Keeps the one copy of a job that a running core may still change.
private actor ProgressSaver {
  private(set) var job: Job
  private let persist: @Sendable (Job) async throws -> Void

  init(job: Job, save: @escaping @Sendable (Job) async throws -> Void) {
    self.job = job
    persist = save
  }

  func save(resumeToken: String) async throws {
    job.resumeToken = resumeToken
    try await persist(job)
  }

  /// Progress is a courtesy: what cannot be written now is written with the next state.
  func save(percent: Int) async {
    let scaled = min(max(percent, 0), 100) * 60 / 100
    guard scaled > job.progress else { return }
    job.progress = scaled
    try? await persist(job)
  }
}
