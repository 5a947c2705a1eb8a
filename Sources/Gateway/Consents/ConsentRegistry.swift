import Evidence
import HTTPTypes
import Moderation
import StrictJSON

/// The consents of each tenant. Giving and revoking are leaves of the log before they hold; what was
/// made with a consent is looked up again at every download.
struct ConsentRegistry: Sendable {
  static let kind = "consent"
  /// Consents that one request may rest on: a scene with a few people in it.
  static let maximumPerRequest = 16

  /// Why a consent does not carry any more what was built on it.
  struct Lapse: Equatable, Sendable {
    /// `consent_revoked`, `consent_expired` or `consent_not_found`.
    let code: String
    let message: String
    let consent: String
  }

  let records: RecordStore
  let reviewing: any Reviewing
  /// Seconds since 1970.
  var clock: @Sendable () -> Int64 = WallClock.seconds

  /// Registers a consent; its leaf holds what was attested in the erasable payload.
  func give(_ consent: Consent, tenant: String) async throws {
    try await reviewing.note(
      "consent.given", id: consent.id, asset: consent.id, subject: Subject(tenant: tenant),
      payload: [.init("consent", consent.document)])
    try await records.insert(
      ConsentRegistry.kind, consent.id, tenant: tenant, consent.document)
  }

  /// Ends a consent now and for good. Revoking what is revoked already changes nothing.
  ///
  /// - Returns: nil when the tenant has no such consent.
  func revoke(_ id: String, tenant: String, reason: String?) async throws -> Consent? {
    for _ in 0..<10 {
      guard let record = try await records.record(ConsentRegistry.kind, id, tenant: tenant),
        let consent = Consent(document: record.document)
      else { return nil }
      if consent.revokedAt != nil { return consent }
      try await reviewing.note(
        "consent.revoked", id: "\(id).revoked", asset: id, subject: Subject(tenant: tenant),
        payload: [.init("reason", reason.map(JSONValue.string) ?? .null)])
      let document = record.document.setting("revoked_at", .integer(Int(clock())))
      if try await records.update(record, to: document) { return Consent(document: document) }
    }
    throw APIError.internalFault
  }

  func consent(_ id: String, tenant: String) async throws -> Consent? {
    try await records.record(ConsentRegistry.kind, id, tenant: tenant).flatMap {
      Consent(document: $0.document)
    }
  }

  /// A tenant's consents, newest first.
  func list(tenant: String) async throws -> [Consent] {
    try await records.records(ConsentRegistry.kind, tenant: tenant, newestFirst: true)
      .compactMap { Consent(document: $0.document) }
  }

  /// The first of a subject's consents that does not hold now; nil when all hold.
  func lapse(of subject: Subject) async throws -> Lapse? {
    for id in subject.consentRecords.sorted() {
      if let lapse = try await lapse(of: id, tenant: subject.tenant) { return lapse }
    }
    return nil
  }

  func lapse(of id: String, tenant: String) async throws -> Lapse? {
    guard let consent = try await consent(id, tenant: tenant) else {
      return Lapse(
        code: "consent_not_found", message: "No consent with the id that this rests on was found.",
        consent: id)
    }
    switch consent.standing(at: clock()) {
    case .active: return nil
    case .revoked:
      return Lapse(
        code: "consent_revoked", message: "A consent that this rests on was revoked.", consent: id)
    case .expired:
      return Lapse(
        code: "consent_expired", message: "A consent that this rests on has expired.", consent: id)
    }
  }

  /// Refuses a download whose consents do not hold, and notes that once in the log.
  func check(_ subject: Subject, asset: String) async throws {
    guard let lapse = try await lapse(of: subject) else { return }
    try await reviewing.note(
      "consent.withheld", id: "\(asset).withheld.\(lapse.consent)", asset: asset, subject: subject,
      payload: [.init("consent", .string(lapse.consent)), .init("reason", .string(lapse.code))])
    throw APIError(.notFound, lapse.message, code: lapse.code)
  }
}
