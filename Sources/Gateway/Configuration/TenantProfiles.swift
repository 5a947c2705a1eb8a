public import Evidence
import StrictJSON

/// What the operator says of single tenants: their policies, and what is known or may be claimed of
/// the people behind them. `tenants` in `assay.json`:
///
///     { "school": { "policies": ["minors"], "age_band": "13_17" },
///       "studio": { "consents": ["covers_likeness"], "may_claim": ["age_band", "consents"] } }
///
/// `end_user` names the one person behind a key, whatever its requests say.
/// A key named `studio.trailers` has what `studio` has, unless it says otherwise.
public struct TenantProfiles: Equatable, Sendable {
  /// Facts that a request may state, in `metadata`.
  public enum Claim: String, CaseIterable, Sendable {
    case ageBand = "age_band"
    case consents

    /// The request field that states it.
    public var field: String { "metadata[\(rawValue)]" }
  }

  public struct Profile: Equatable, Sendable {
    /// Layers below everybody's, in order.
    public var policies: [String] = []
    public var ageBand: Subject.AgeBand?
    public var consents: Set<String> = []
    public var mayClaim: Set<Claim>?
    /// The one end user behind the key; what requests say of theirs is not heard then.
    public var endUser: String?
  }

  /// Why profiles cannot be used; a sentence.
  struct Failure: Error, Equatable, Sendable { let sentence: String }

  private let profiles: [String: Profile]

  /// Nobody is special.
  public init() { profiles = [:] }

  init(json: JSONValue) throws(Failure) {
    guard let members = json.members else {
      throw Failure(sentence: "tenants must be an object: a tenant's name and what is said of it")
    }
    var profiles: [String: Profile] = [:]
    for member in members {
      guard profiles[member.name] == nil else {
        throw Failure(sentence: "the tenant '\(member.name)' is described twice")
      }
      profiles[member.name] = try Self.profile(member.value, of: member.name)
    }
    self.profiles = profiles
  }

  /// The layers of each tenant that has some.
  public var layers: [String: [String]] {
    profiles.compactMapValues { $0.policies.isEmpty ? nil : $0.policies }
  }

  /// Who asks: what the key says, and of what the request states as much as the key may claim.
  ///
  /// - Parameter fields: of the request, by their form names.
  /// - Throws: 400 for a claim that is none of the known words.
  func subject(
    tenant: String, endUser: String?, fields: [String: String]
  ) throws(APIError) -> Subject {
    let (own, parent) = (profiles[tenant], parent(of: tenant))
    let mayClaim = own?.mayClaim ?? parent?.mayClaim ?? []
    let known = own?.ageBand ?? parent?.ageBand
    var ageBand = known ?? .unknown
    var consents = (own?.consents ?? []).union(parent?.consents ?? [])
    if mayClaim.contains(.ageBand), let claim = fields[Claim.ageBand.field] {
      guard let band = Subject.AgeBand(rawValue: claim) else {
        let bands = Subject.AgeBand.allCases.map(\.rawValue).joined(separator: ", ")
        throw .invalid(Claim.ageBand.field, "Invalid age band. Use one of \(bands).")
      }
      // A claim makes nobody older than the key says.
      if known == nil || band.isYounger(than: ageBand) { ageBand = band }
    }
    if mayClaim.contains(.consents), let claim = fields[Claim.consents.field] {
      let names = claim.split(separator: ",").map { $0.drop { $0 == " " } }.map(String.init)
      guard names.allSatisfy(Self.isName) else {
        throw .invalid(
          Claim.consents.field,
          "Invalid consents. Give names of letters, digits, '_' and '-', comma-separated.")
      }
      consents.formUnion(names)
    }
    return Subject(
      tenant: tenant, endUser: own?.endUser ?? parent?.endUser ?? endUser, ageBand: ageBand,
      consents: consents)
  }

  /// Whether requests of a tenant may state this.
  func mayClaim(_ claim: Claim, tenant: String) -> Bool {
    (profiles[tenant]?.mayClaim ?? parent(of: tenant)?.mayClaim ?? []).contains(claim)
  }

  private func parent(of tenant: String) -> Profile? {
    tenant.firstIndex(of: ".").flatMap { profiles[String(tenant[..<$0])] }
  }

  /// The fields that speak of the subject for this tenant: they are no part of the clip, so they
  /// are neither judged as text nor passed on.
  func claims(of tenant: String) -> Set<String> {
    Set((profiles[tenant]?.mayClaim ?? parent(of: tenant)?.mayClaim ?? []).map(\.field))
  }

  private static func profile(
    _ json: JSONValue, of tenant: String
  ) throws(Failure) -> Profile {
    guard let members = json.members else {
      throw Failure(sentence: "what is said of the tenant '\(tenant)' must be an object")
    }
    var profile = Profile()
    for member in members {
      switch member.name {
      case "policies": profile.policies = try strings(member, of: tenant)
      case "age_band":
        guard let band = member.value.string.flatMap(Subject.AgeBand.init(rawValue:)) else {
          let known = Subject.AgeBand.allCases.map(\.rawValue).joined(separator: ", ")
          throw Failure(sentence: "the age_band of the tenant '\(tenant)' is none of \(known)")
        }
        profile.ageBand = band
      case "consents":
        profile.consents = Set(try strings(member, of: tenant))
        guard profile.consents.allSatisfy(isName) else {
          throw Failure(
            sentence: "a consent of the tenant '\(tenant)' is no name of letters, digits, _ and -")
        }
      case "may_claim":
        let names = try strings(member, of: tenant)
        let claims = names.compactMap(Claim.init(rawValue:))
        guard claims.count == names.count else {
          let known = Claim.allCases.map(\.rawValue).joined(separator: ", ")
          throw Failure(sentence: "what the tenant '\(tenant)' may claim is none of \(known)")
        }
        profile.mayClaim = Set(claims)
      case "end_user":
        guard let name = member.value.string, (1...512).contains(name.utf8.count) else {
          throw Failure(
            sentence: "the end_user of the tenant '\(tenant)' must be a text of 1 to 512 bytes")
        }
        profile.endUser = name
      default:
        throw Failure(
          sentence: "'\(member.name)' is nothing that can be said of the tenant '\(tenant)'; use "
            + "policies, age_band, consents, may_claim, end_user")
      }
    }
    return profile
  }

  private static func strings(
    _ member: JSONValue.Member, of tenant: String
  ) throws(Failure) -> [String] {
    guard let items = member.value.array, items.allSatisfy({ $0.string != nil }) else {
      throw Failure(
        sentence: "the \(member.name) of the tenant '\(tenant)' must be a list of names")
    }
    return items.compactMap(\.string)
  }

  static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
        default: false
        }
      }
  }
}

extension Subject.AgeBand {
  fileprivate func isYounger(than other: Self) -> Bool {
    let order: [Self] = [.under13, .from13To17, .adult]
    guard let own = order.firstIndex(of: self), let others = order.firstIndex(of: other) else {
      return self == .unknown && other == .adult
    }
    return own < others
  }
}
