import StrictJSON

/// Somebody agreed to be shown or heard: who, to what, until when, and who says so.
struct Consent: Equatable, Sendable {
  enum Standing: String, Sendable { case active, revoked, expired }

  /// `consent_` and 32 hexadecimal digits.
  let id: String
  /// The caller's own name or id for the person; opaque here.
  let person: String
  /// Names as policies know them: `covers_likeness` …
  let covers: [String]
  /// What it was given for, in words; empty when nothing was said.
  let purpose: String
  /// The caller's statement of how it knows, such as where the signed paper lies.
  let attestation: String
  /// The only end user who may rest a request on it; nil for all of the tenant's.
  let endUser: String?
  /// Seconds since 1970.
  let createdAt: Int64
  let expiresAt: Int64
  let revokedAt: Int64?

  func standing(at time: Int64) -> Standing {
    if revokedAt != nil { return .revoked }
    return expiresAt <= time ? .expired : .active
  }

  /// As it is stored.
  var document: JSONValue {
    [
      "id": .string(id), "object": "consent", "created_at": .integer(Int(createdAt)),
      "person": .string(person), "covers": .array(covers.map(JSONValue.string)),
      "purpose": .string(purpose), "attestation": .string(attestation),
      "end_user": endUser.map(JSONValue.string) ?? .null,
      "expires_at": .integer(Int(expiresAt)),
      "revoked_at": revokedAt.map { .integer(Int($0)) } ?? .null,
    ]
  }

  /// As its owner reads it.
  func shown(at time: Int64) -> JSONValue {
    document.setting("status", .string(standing(at: time).rawValue))
  }

  /// - Returns: nil for a document that is none.
  init?(document: JSONValue) {
    guard let id = document["id"]?.string, let person = document["person"]?.string,
      let covers = document["covers"]?.array, let attestation = document["attestation"]?.string,
      let createdAt = document["created_at"]?.integer,
      let expiresAt = document["expires_at"]?.integer
    else { return nil }
    self.init(
      id: id, person: person, covers: covers.compactMap(\.string),
      purpose: document["purpose"]?.string ?? "", attestation: attestation,
      endUser: document["end_user"]?.string, createdAt: Int64(createdAt),
      expiresAt: Int64(expiresAt), revokedAt: document["revoked_at"]?.integer.map(Int64.init))
  }

  init(
    id: String, person: String, covers: [String], purpose: String, attestation: String,
    endUser: String?, createdAt: Int64, expiresAt: Int64, revokedAt: Int64? = nil
  ) {
    self.id = id
    self.person = person
    self.covers = covers
    self.purpose = purpose
    self.attestation = attestation
    self.endUser = endUser
    self.createdAt = createdAt
    self.expiresAt = expiresAt
    self.revokedAt = revokedAt
  }
}
