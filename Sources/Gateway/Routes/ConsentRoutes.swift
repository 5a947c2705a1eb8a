import Bytes
import Hummingbird
import PKI
import StrictJSON

/// `/v1/consents`: who agreed to be shown or heard, to what, and until when.
///
/// A request names consents in its field `consents`. Only keys that may claim consents (their
/// tenant's `may_claim`) may register them: a consent opens what policy keeps shut without one.
struct ConsentRoutes: Sendable {
  /// A consent that says nothing of its end ends after a year.
  static let defaultSeconds: Int64 = 365 * 24 * 3600
  static let maximumSeconds: Int64 = 5 * 365 * 24 * 3600
  static let maximumCovers = 16

  let registry: ConsentRegistry
  let profiles: TenantProfiles
  let repetitions: Repetitions

  func add(to group: RouterGroup<GatewayContext>) {
    group.serve("consents", [.get: list, .post: give])
    group.serve("consents/:id", [.get: retrieve])
    group.serve("consents/:id/revoke", [.post: revoke])
  }

  private func give(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let fields = try await SmallBody.fields(request)
    guard profiles.mayClaim(.consents, tenant: context.tenant) else {
      throw APIError(
        .forbidden,
        "This API key may not register consents. Its operator can allow it: \"may_claim\": "
          + "[\"consents\"] in the tenant's profile.", type: "permission_error",
        code: "consents_not_allowed")
    }
    let consent = try Self.consent(fields, now: registry.clock())
    return try await repetitions.answer(
      request, context, digest: BodyDigest.hex(fields)
    ) { [registry] in
      try await registry.give(consent, tenant: context.tenant)
      return Response(json: consent.shown(at: registry.clock()))
    }
  }

  private func list(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let now = registry.clock()
    return Response(
      listing: try await registry.list(tenant: context.tenant).map { $0.shown(at: now) })
  }

  private func retrieve(_ request: Request, _ context: GatewayContext) async throws -> Response {
    guard let consent = try await registry.consent(try id(context), tenant: context.tenant) else {
      throw Self.unknown
    }
    return Response(json: consent.shown(at: registry.clock()))
  }

  private func revoke(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let reason = try Self.optionalReason(try await SmallBody.fields(request))
    guard
      let consent = try await registry.revoke(
        try id(context), tenant: context.tenant, reason: reason)
    else { throw Self.unknown }
    return Response(json: consent.shown(at: registry.clock()))
  }

  private func id(_ context: GatewayContext) throws -> String {
    try context.parameters.require("id")
  }

  private static let unknown = APIError(
    .notFound, "No consent with that id was found.", parameter: "id", code: "not_found")

  // MARK: body

  private static func consent(_ fields: FormFields, now: Int64) throws(APIError) -> Consent {
    var fields = fields
    let person = try words("person", 200, &fields)
    let attestation = try words("attestation", 2000, &fields)
    guard let person, let attestation else {
      let missing = person == nil ? "person" : "attestation"
      throw .invalid(
        missing, "Missing required parameter: '\(missing)'.", code: "missing_required_parameter")
    }
    return Consent(
      id: "consent_\(Hex.encode(SecureRandom.bytes(16)))", person: person,
      covers: try covers(&fields), purpose: try words("purpose", 500, &fields) ?? "",
      attestation: attestation, endUser: try words("end_user", 512, &fields), createdAt: now,
      expiresAt: try expiry(&fields, now: now))
  }

  private static func covers(_ fields: inout FormFields) throws(APIError) -> [String] {
    var names: [String] = []
    for place in (fields.isNested("covers") ? [] : ["covers"])
      + (0..<maximumCovers).map({ "covers[\($0)]" })
    {
      guard let name = try CreateVideoBody.text(place, &fields) else { continue }
      guard TenantProfiles.isName(name) else {
        throw .invalid(
          "covers", "Invalid 'covers': names of letters, digits, '_' and '-', as policies use them."
        )
      }
      names.append(name)
    }
    guard !names.isEmpty, !fields.values.keys.contains(where: { $0.hasPrefix("covers") }) else {
      throw .invalid(
        "covers",
        "Give 'covers' as a list of 1 to \(maximumCovers) names, such as 'covers_likeness'.",
        code: names.isEmpty ? "missing_required_parameter" : "invalid_value")
    }
    return names
  }

  private static func expiry(_ fields: inout FormFields, now: Int64) throws(APIError) -> Int64 {
    guard let given = try fields.takeScalar("expires_at") else { return now + defaultSeconds }
    guard let time = Int64(given.spelling), time > now, time <= now + maximumSeconds else {
      throw .invalid(
        "expires_at",
        "Invalid 'expires_at': seconds since 1970, ahead of now and within five years.")
    }
    return time
  }

  private static func optionalReason(_ fields: FormFields) throws(APIError) -> String? {
    var fields = fields
    return try words("reason", 2000, &fields)
  }

  private static func words(
    _ name: String, _ limit: Int, _ fields: inout FormFields
  ) throws(APIError) -> String? {
    guard let text = try CreateVideoBody.text(name, &fields) else { return nil }
    guard (1...limit).contains(text.count), !text.unicodeScalars.contains("\0") else {
      throw .invalid(name, "Invalid '\(name)': give 1 to \(limit) characters.")
    }
    return text
  }
}
