import Bytes
import Evidence
import HTTPTypes
import Moderation
import PKI
import StrictJSON

/// The queue of what waits for a person: claim, decide, appeal. Each act is a leaf of the log.
struct ReviewService: Sendable {
  static let kind = "review"
  /// A claim that is not followed by a decision falls back to the queue.
  static let claimSeconds: Int64 = 30 * 60
  static let maximumReasonCharacters = 2000

  let store: JobStore
  let records: RecordStore
  let reviewing: any Reviewing
  /// Whether a release needs two different reviewers.
  let needsTwo: Bool
  let notify: @Sendable () -> Void
  var clock: @Sendable () -> Int64 = WallClock.seconds

  /// A job in the queue, with what people did about it.
  struct Item: Sendable {
    let stored: StoredJob
    let review: JSONValue
  }

  /// Held jobs and blocked ones that were appealed, oldest first.
  func queue(limit: Int) async throws -> [Item] {
    var items: [Item] = []
    for stored in try await store.jobs(in: [.held, .blocked], limit: limit) {
      let review = try await records.record(ReviewService.kind, stored.job.id)?.document ?? [:]
      guard stored.job.state == .held || review["appeal"] != nil else { continue }
      items.append(Item(stored: stored, review: review))
    }
    return items
  }

  func item(_ id: String) async throws -> Item {
    guard let stored = try await store.job(id) else { throw APIError.noSuchVideo(id) }
    let review = try await records.record(ReviewService.kind, id)?.document ?? [:]
    return Item(stored: stored, review: review)
  }

  func claim(_ id: String, reviewer: String) async throws -> Item {
    let item = try await item(id)
    guard item.stored.job.state == .held || item.review["appeal"] != nil else {
      throw ReviewService.notWaiting
    }
    if let holder = claimant(item.review), holder != reviewer {
      throw APIError(
        .conflict, "Another reviewer has claimed this video.", parameter: "id",
        code: "already_claimed", headers: [.shouldRetry: "false"])
    }
    let now = clock()
    try await reviewing.note(
      "review.claimed", id: "\(id).claim.\(now)", asset: id, subject: item.stored.job.subject,
      payload: [.init("reviewer", .string(reviewer))])
    try await change(id, tenant: item.stored.job.subject.tenant) {
      $0.setting("claim", ["by": .string(reviewer), "at": .integer(Int(now))])
    }
    return try await self.item(id)
  }

  func decide(
    _ id: String, _ answer: HumanVerdict.Answer, reason: String, reviewer: String
  ) async throws -> Item {
    let item = try await item(id)
    let job = item.stored.job
    guard job.state == .held || (job.state == .blocked && item.review["appeal"] != nil) else {
      throw ReviewService.notWaiting
    }
    if let holder = claimant(item.review), holder != reviewer {
      throw APIError(
        .conflict, "Another reviewer has claimed this video.", parameter: "id",
        code: "already_claimed", headers: [.shouldRetry: "false"])
    }
    var reviewers = (item.review["votes"]?.array ?? []).compactMap(\.string)
    if answer == .release, needsTwo {
      guard !reviewers.contains(reviewer) else {
        throw APIError(
          .badRequest, "A release needs a second person; you have voted already.",
          parameter: "decision", code: "second_person_needed")
      }
      if reviewers.isEmpty {
        try await reviewing.note(
          "review.first-vote", id: "\(id).vote.\(job.attempts).\(reviewer)", asset: id,
          subject: job.subject,
          payload: [.init("reviewer", .string(reviewer)), .init("reason", .string(reason))])
        try await change(id, tenant: job.subject.tenant) {
          // The next person claims for themselves.
          $0.setting("votes", [.string(reviewer)]).setting("claim", nil)
        }
        return try await self.item(id)
      }
    }
    reviewers.append(reviewer)
    let verdict = HumanVerdict(answer: answer, reviewers: reviewers, reason: reason)
    let decided: Job
    do {
      decided = try await reviewing.reviewed(job, verdict)
    } catch let error as NotReviewable {
      throw APIError(.badRequest, error.message, parameter: "decision", code: "not_reviewable")
    }
    do {
      try await store.update(decided, from: item.stored.version)
    } catch is StaleJob {
      throw APIError(
        .conflict, "The video was changed by somebody else meanwhile; read it again.",
        parameter: "id", code: "stale", headers: [.shouldRetry: "false"])
    }
    let now = clock()
    try await change(id, tenant: job.subject.tenant) {
      $0.setting("votes", nil).setting("claim", nil).setting("appeal", nil)
        .setting(
          "decision",
          [
            "answer": .string(answer.rawValue), "by": .array(reviewers.map { .string($0) }),
            "reason": .string(reason), "at": .integer(Int(now)),
          ])
    }
    notify()
    return try await self.item(id)
  }

  /// A caller asks for a person to look at what was blocked or held.
  func appeal(_ id: String, of tenant: String, reason: String) async throws -> JSONValue {
    guard let stored = try await store.job(id, of: tenant) else { throw APIError.noSuchVideo(id) }
    let job = stored.job
    guard job.state == .blocked || job.state == .held else {
      throw APIError(
        .badRequest, "Only blocked and held videos can be appealed.", parameter: "video_id",
        code: "not_appealable")
    }
    let now = clock()
    try await reviewing.note(
      "review.appealed", id: "\(id).appeal.\(job.attempts)", asset: id, subject: job.subject,
      payload: [.init("reason", .string(reason))])
    try await change(id, tenant: tenant) {
      $0.setting("appeal", ["reason": .string(reason), "at": .integer(Int(now))])
    }
    return [
      "id": .string(id), "object": "video.appeal", "status": "open",
      "created_at": .integer(Int(now)),
    ]
  }

  private func claimant(_ review: JSONValue) -> String? {
    guard let claim = review["claim"], let at = claim["at"]?.integer,
      Int64(at) + ReviewService.claimSeconds > clock()
    else { return nil }
    return claim["by"]?.string
  }

  /// Changes a review as it stands now, however many hands are at it.
  private func change(
    _ id: String, tenant: String, _ edit: (JSONValue) -> JSONValue
  ) async throws {
    for _ in 0..<10 {
      guard let record = try await records.record(ReviewService.kind, id) else {
        if try await records.insert(ReviewService.kind, id, tenant: tenant, edit([:])) { return }
        continue
      }
      if try await records.update(record, to: edit(record.document)) { return }
    }
    throw APIError.internalFault
  }

  private static let notWaiting = APIError(
    .badRequest, "This video does not wait for a review.", parameter: "id", code: "not_in_review")
}
