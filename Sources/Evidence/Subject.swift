/// Who asks, as far as the authenticated key is allowed to say.
public struct Subject: Equatable, Sendable {
  public enum AgeBand: String, CaseIterable, Sendable {
    case unknown
    case under13 = "under_13"
    case from13To17 = "13_17"
    case adult
  }

  /// Name of the API key's owner; never the key itself.
  public let tenant: String
  /// The caller's opaque id of its own end user (`safety_identifier`), if it sent one.
  public let endUser: String?
  /// Unknown unless the key may claim it. Never silently adult.
  public let ageBand: AgeBand
  /// Names of consents on record that cover this request; empty when there are none.
  public let consents: Set<String>
  /// Ids of the registered consents that `consents` rests on, as far as it rests on such: what is
  /// made with them can be had as long as they hold.
  public let consentRecords: Set<String>

  public init(
    tenant: String, endUser: String? = nil, ageBand: AgeBand = .unknown,
    consents: Set<String> = [], consentRecords: Set<String> = []
  ) {
    self.tenant = tenant
    self.endUser = endUser
    self.ageBand = ageBand
    self.consents = consents
    self.consentRecords = consentRecords
  }
}
