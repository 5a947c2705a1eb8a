import Evidence
import Glibc
import Policy

/// Stage 5: the only door to bytes.
extension StagedPipeline {
  /// Moves exactly the file that was sealed and read back. The leaf comes first, so a crash leaves
  /// a release in the log that the next run completes, and never a reachable clip without a leaf.
  func release(_ job: Job) async throws -> Job {
    var job = job
    let sealed = workspace.sealedClip(job.id)
    let released = workspace.releasedClip(job.id)
    let alreadyMoved = access(sealed, F_OK) != 0 && access(released, F_OK) == 0
    let found = try await sha256(of: alreadyMoved ? released : sealed)
    guard found == job.hashes["sealed"] else {
      let tampered = FiredRule(
        rule: "release.changed", policy: "assay", outcome: .review, category: "integrity",
        evidence: .frame)
      let decision = Decision(
        stage: .release, outcome: .review, fired: [tampered], policies: policy.identities)
      _ = try await log(
        id: "\(job.id).release.changed.\(job.attempts)", asset: job.id, subject: job.subject,
        decision: decision, hashes: job.hashes)
      return job.ended(by: decision)
    }
    let decision = Decision(stage: .release, outcome: .allow, policies: policy.identities)
    _ = try await log(
      id: "\(job.id).release", asset: job.id, subject: job.subject, decision: decision,
      hashes: job.hashes)
    try await record(job, at: alreadyMoved ? released : sealed)
    if !alreadyMoved {
      // An earlier run may have ended between the moves.
      for (from, to) in [
        (workspace.sealedThumbnail(job.id), workspace.releasedThumbnail(job.id)),
        (workspace.sealedSheet(job.id), workspace.releasedSheet(job.id)),
      ] where access(from, F_OK) == 0 {
        try workspace.move(from, to: to)
      }
      try workspace.move(sealed, to: released)
    }
    workspace.sweepQuarantine(job.id)
    let seconds = now() / 1000
    job.state = .released
    job.progress = 100
    job.completedAt = seconds
    job.expiresAt = seconds + Self.retentionSeconds
    return job
  }
}
