import Evidence
import Policy
import StrictJSON

/// The end of a job that no stage has judged: its time is over, or it failed too often.
extension StagedPipeline {
  public func abandon(_ job: Job, because error: JobError) async throws -> Job {
    var job = job
    let fired = FiredRule(
      rule: "job.\(error.code)", policy: "assay", outcome: .flag, category: "unfinished",
      evidence: .prompt)
    // A job ends once, so the id is fixed: a crash after the leaf does not make a second one.
    _ = try await log(
      id: "\(job.id).abandon", asset: job.id, subject: job.subject,
      decision: Decision(
        stage: job.state.nextStage, outcome: .flag, fired: [fired], policies: policy.identities),
      hashes: job.hashes, payload: [.init("detail", .string(error.message))])
    job.state = .failed
    job.error = error
    job.completedAt = now() / 1000
    return job
  }
}

extension JobState {
  /// The stage that would have come next.
  var nextStage: Stage {
    switch self {
    case .queued: .generate
    case .generated: .inspect
    case .inspected: .seal
    case .sealed, .released, .held, .blocked, .failed: .release
    }
  }
}
