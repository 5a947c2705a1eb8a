public import Evidence
import Policy
public import StrictJSON

/// What a person says of a held job.
public struct HumanVerdict: Equatable, Sendable {
  public enum Answer: String, CaseIterable, Sendable { case release, block }

  public let answer: Answer
  /// Names of the keys that decided, in order; never a person's.
  public let reviewers: [String]
  public let reason: String

  public init(answer: Answer, reviewers: [String], reason: String) {
    self.answer = answer
    self.reviewers = reviewers
    self.reason = reason
  }
}

/// A verdict that cannot be carried out.
public struct NotReviewable: Error, Equatable, Sendable {
  public let message: String

  public init(_ message: String) { self.message = message }
}

/// Acts of people on a job: each is a leaf before its effect is visible.
public protocol Reviewing: Sendable {
  /// Carries out a verdict on a held job, or on a blocked one that was appealed.
  ///
  /// - Throws: `NotReviewable` when the job's state or files do not allow it.
  func reviewed(_ job: Job, _ verdict: HumanVerdict) async throws -> Job

  /// Writes down an act that changes no job: a claim, a first of two votes, an appeal, a report, a
  /// notice.
  ///
  /// - Parameter id: of the act; the same act twice is one leaf.
  func note(
    _ act: String, id: String, asset: String, subject: Subject, payload: [JSONValue.Member]
  ) async throws
}

extension StagedPipeline: Reviewing {
  public func reviewed(_ job: Job, _ verdict: HumanVerdict) async throws -> Job {
    guard job.state == .held || job.state == .blocked, let stage = job.stoppedAt else {
      throw NotReviewable("Only held videos, and blocked ones that were appealed, are reviewed.")
    }
    // Broken seals are no matter of judgement: such a clip is made anew or not at all.
    guard verdict.answer == .block || stage == .screen || stage == .inspect else {
      throw NotReviewable(
        "This video was stopped at the stage '\(stage.rawValue)', where its integrity is checked; it "
          + "can only be blocked.")
    }
    let isRelease = verdict.answer == .release
    let fired = FiredRule(
      rule: "review.\(verdict.answer.rawValue)", policy: "reviewers",
      outcome: isRelease ? .allow : .block, category: "review",
      evidence: stage == .screen ? .prompt : .frame)
    let entry = try await log(
      id: "\(job.id).review.\(stage.rawValue).\(job.attempts)", asset: job.id,
      subject: job.subject,
      decision: Decision(
        stage: stage, outcome: fired.outcome, fired: [fired], policies: policy.identities),
      hashes: job.hashes,
      payload: [
        .init("reviewers", .array(verdict.reviewers.map { .string($0) })),
        .init("reason", .string(verdict.reason)),
      ])
    var job = job
    if isRelease {
      job.state = stage == .screen ? .queued : .inspected
      // The clip's receipt is the entry that let it pass: the person's.
      if stage == .inspect { job.inspectionEntry = entry }
      job.error = nil
      job.stoppedAt = nil
      job.completedAt = nil
    } else {
      job.state = .blocked
      job.error = JobError(
        code: "moderation_blocked", message: "Your request was blocked by our moderation system.")
    }
    return job
  }

  public func note(
    _ act: String, id: String, asset: String, subject: Subject, payload: [JSONValue.Member]
  ) async throws {
    let fired = FiredRule(
      rule: act, policy: "assay", outcome: .flag, category: "review", evidence: .prompt)
    _ = try await log(
      id: id, asset: asset, subject: subject,
      decision: Decision(
        stage: .release, outcome: .flag, fired: [fired], policies: policy.identities),
      payload: payload)
  }
}
