import Evidence
import StrictJSON

/// Who asks, from all that is known: what the key's profile says, what the request may claim, and the
/// registered consents that the request names, itself or through a character.
struct SubjectResolver: Sendable {
  /// The request field that names registered consents: `consents[]` in a form, a list in JSON.
  static let consentsField = "consents"

  var profiles = TenantProfiles()
  /// Nil where no consents are kept.
  var consents: ConsentRegistry?

  /// - Parameters:
  ///   - fields: of the request, by their form names, as far as no route knows them.
  ///   - inherited: consents that what the request starts from rests on already.
  /// - Returns: the subject, and the fields that are not about it: those are judged and passed on.
  /// - Throws: 400 for a claim that is none of the known words, or a consent that does not hold.
  func subject(
    tenant: String, endUser: String?, fields: [String: String], inherited: Set<String> = []
  ) async throws -> (subject: Subject, fields: [String: String]) {
    let claimed = try profiles.subject(tenant: tenant, endUser: endUser, fields: fields)
    var rest = fields
    for field in profiles.claims(of: tenant) { rest[field] = nil }
    guard let consents else { return (claimed, rest) }
    var ids = inherited
    for name in fields.keys where SubjectResolver.isElement(name, of: Self.consentsField) {
      ids.insert(rest.removeValue(forKey: name) ?? "")
    }
    for (name, value) in fields
    where SubjectResolver.isElement(name, of: "characters") && value.hasPrefix("char_") {
      ids.formUnion(try await consents.behind(character: value, tenant: tenant))
    }
    guard !ids.isEmpty else { return (claimed, rest) }
    guard ids.count <= ConsentRegistry.maximumPerRequest else {
      throw APIError.invalid(
        Self.consentsField,
        "A request may rest on \(ConsentRegistry.maximumPerRequest) consents at most.")
    }
    var covers = claimed.consents
    for id in ids.sorted() { covers.formUnion(try await consents.covers(id, of: claimed)) }
    let subject = Subject(
      tenant: tenant, endUser: claimed.endUser, ageBand: claimed.ageBand, consents: covers,
      consentRecords: ids)
    return (subject, rest)
  }

  /// `name`, `name[0]`, `name[0][id]`.
  private static func isElement(_ name: String, of list: String) -> Bool {
    guard name.hasPrefix(list) else { return false }
    let rest = name.dropFirst(list.count)
    guard rest.first == "[" else { return rest.isEmpty }
    let index = rest.dropFirst().prefix { $0 != "]" }
    let tail = rest.dropFirst(index.count + 2)
    return index.allSatisfy(\.isWholeNumber) && (tail.isEmpty || tail == "[id]")
  }
}

extension ConsentRegistry {
  /// What a consent covers for this subject.
  ///
  /// - Throws: 400 when it does not hold, or was given for another end user.
  fileprivate func covers(_ id: String, of subject: Subject) async throws -> Set<String> {
    if let lapse = try await lapse(of: id, tenant: subject.tenant) {
      throw APIError.invalid(SubjectResolver.consentsField, lapse.message, code: lapse.code)
    }
    guard let consent = try await consent(id, tenant: subject.tenant),
      consent.endUser == nil || consent.endUser == subject.endUser
    else {
      throw APIError.invalid(
        SubjectResolver.consentsField, "A consent was given for another end user.",
        code: "consent_not_yours")
    }
    return Set(consent.covers)
  }

  /// The consents with which a character was made.
  fileprivate func behind(character id: String, tenant: String) async throws -> Set<String> {
    guard
      let record = try await records.record(CharacterRoutes.kind, id, tenant: tenant)
    else {
      throw APIError.invalid(
        "characters", "No character with that id was found.", code: "character_not_found")
    }
    return Set((record.document["consents"]?.array ?? []).compactMap(\.string))
  }
}
