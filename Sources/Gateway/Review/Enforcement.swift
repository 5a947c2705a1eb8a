import Bytes
import Evidence
import HTTPTypes
import Moderation
import PKI
import StrictJSON

/// Strikes of one end user: refusals are counted for a month, a warning comes before the door is
/// closed, and each notice is a leaf of the log, a case that can be read, and an event.
///
/// It needs the caller's own id of its end user; without one nobody is counted.
struct Enforcement: Sendable {
  static let conductKind = "conduct"
  static let caseKind = "safety_case"
  static let windowSeconds: Int64 = 30 * 24 * 3600
  /// Refusals that say nothing of what the person wanted.
  static let harmlessCategories: Set<String> = ["upload", "upstream", "review", "integrity"]

  enum Notice: String, Sendable { case warning, deactivation }

  let records: RecordStore
  let reviewing: any Reviewing
  let webhooks: WebhookService
  /// Refusals within the window that bring a warning, and that close the door; 0 turns both off.
  let warningAt: Int
  let deactivationAt: Int
  var clock: @Sendable () -> Int64 = WallClock.seconds

  /// - Throws: 403 for an end user whose door is closed.
  func check(_ subject: Subject) async throws {
    guard let conduct = try await conduct(of: subject),
      conduct.document["notice"]?.string == Notice.deactivation.rawValue
    else { return }
    throw APIError(
      .forbidden,
      "This end user's access was deactivated after repeated refusals. The case "
        + "\(conduct.document["case"]?.string ?? "") says more.",
      type: "permission_error", parameter: "safety_identifier", code: "account_deactivated")
  }

  /// Counts one refusal.
  func strike(_ subject: Subject, asset: String, categories: [String]) async throws {
    guard warningAt > 0, subject.endUser != nil,
      !Enforcement.harmlessCategories.isSuperset(of: categories)
    else { return }
    let now = clock()
    for _ in 0..<10 {
      let record = try await conduct(of: subject)
      let recent = (record?.document["strikes"]?.array ?? []).filter {
        Int64($0["at"]?.integer ?? 0) + Enforcement.windowSeconds > now
      }
      // A job that is judged again after a crash is one refusal.
      if recent.contains(where: { $0["asset"]?.string == asset }) { return }
      let strikes: [JSONValue] =
        recent + [["at": .integer(Int(now)), "asset": .string(asset)]]
      let before = record?.document["notice"]?.string
      let notice: Notice? =
        strikes.count >= deactivationAt
        ? .deactivation : strikes.count >= warningAt ? .warning : nil
      let isNew = notice != nil && notice?.rawValue != before
      let id = "case_\(Hex.encode(SecureRandom.bytes(16)))"
      var document = (record?.document ?? [:]).setting("strikes", .array(strikes))
      if isNew, let notice {
        document = document.setting("notice", .string(notice.rawValue)).setting("case", .string(id))
      }
      let isStored =
        if let record {
          try await records.update(record, to: document)
        } else {
          try await records.insert(
            Enforcement.conductKind, Enforcement.key(subject), tenant: subject.tenant, document)
        }
      guard isStored else { continue }
      if isNew, let notice {
        try await issue(notice, id: id, subject, count: strikes.count, asset: asset)
      }
      return
    }
  }

  private func issue(
    _ notice: Notice, id: String, _ subject: Subject, count: Int, asset: String
  ) async throws {
    try await reviewing.note(
      "safety.\(notice.rawValue)", id: id, asset: asset, subject: subject,
      payload: [.init("strikes", .integer(count))])
    try await records.insert(
      Enforcement.caseKind, id, tenant: subject.tenant,
      [
        "id": .string(id), "object": "safety.case", "created_at": .integer(Int(clock())),
        "entity_identifier": .string(subject.endUser ?? ""),
        "notice": ["type": .string(notice.rawValue)],
        "reason": .string("\(count) requests were refused within 30 days."),
      ])
    try await webhooks.emit(
      notice == .warning ? "safety.warning_issued" : "safety.deactivation_issued",
      tenant: subject.tenant, data: ["id": .string(id)])
  }

  /// A person opens the door again.
  func lift(_ id: String, reason: String, reviewer: String) async throws -> JSONValue {
    guard let record = try await records.record(Enforcement.caseKind, id),
      let endUser = record.document["entity_identifier"]?.string
    else { throw Enforcement.noCase }
    let subject = Subject(tenant: record.tenant, endUser: endUser)
    try await reviewing.note(
      "safety.lifted", id: "\(id).lifted", asset: id, subject: subject,
      payload: [.init("reviewer", .string(reviewer)), .init("reason", .string(reason))])
    try await records.delete(Enforcement.conductKind, Enforcement.key(subject))
    let document = record.document.setting("lifted_at", .integer(Int(clock())))
    _ = try await records.update(record, to: document)
    return document
  }

  static let noCase = APIError(
    .notFound, "No case with that id was found.", parameter: "id", code: "not_found")

  private func conduct(of subject: Subject) async throws -> Record? {
    guard subject.endUser != nil else { return nil }
    return try await records.record(
      Enforcement.conductKind, Enforcement.key(subject), tenant: subject.tenant)
  }

  private static func key(_ subject: Subject) -> String {
    let name = "\(subject.tenant)\0\(subject.endUser ?? "")"
    return Hex.encode(HashAlgorithm.sha256.digest(Array(name.utf8)))
  }
}
