public import Evidence
import GRDB
import StrictJSON

/// A key that an installation works with; nothing of the key itself.
public struct KeyInUse: Hashable, Sendable {
  /// What it is for, such as `log`, `payload`, `claim` or `api[create+read]`.
  public let role: String
  /// Tells keys of one role apart: the fingerprint of a public half, or a keyed pseudonym. Never a
  /// digest that guesses of a secret could be tried against.
  public let name: String
  /// Keyed pseudonym of whom it belongs to; empty for the installation's own.
  public let owner: String

  public init(role: String, name: String, owner: String = "") {
    self.role = role
    self.name = name
    self.owner = owner
  }
}

/// The policies that judge for everybody, or for one tenant.
public struct PoliciesInUse: Equatable, Sendable {
  /// Keyed pseudonym of the tenant; empty for all who have none of their own.
  public let tenant: String
  /// Empty when a tenant has none of its own any more.
  public let policies: [PolicyIdentity]
  /// SHA-256 over the names and hashes of their word lists, lower-case hexadecimal.
  public let lexicons: String

  public init(tenant: String = "", policies: [PolicyIdentity], lexicons: String) {
    self.tenant = tenant
    self.policies = policies
    self.lexicons = lexicons
  }
}

/// What an installation works with, as its log was told: the sum of all `policy.changed` and
/// `key.changed` entries.
public struct InstallationRecord: Equatable, Sendable {
  /// By tenant.
  public private(set) var policies: [String: PoliciesInUse] = [:]
  public private(set) var keys: Set<KeyInUse> = []

  /// Keys that one entry names at most, so that it stays small.
  private static let keysInOneEntry = 20

  init() {}

  /// Reads one more entry; those of other kinds change nothing.
  mutating func apply(_ leaf: JSONValue) {
    switch leaf["kind"]?.string {
    case AuditEvent.Kind.policyChanged.rawValue:
      let tenant = leaf["of"]?.string ?? ""
      let identities = (leaf["policies"]?.array ?? []).compactMap(PolicyIdentity.init(leaf:))
      policies[tenant] =
        identities.isEmpty
        ? nil
        : PoliciesInUse(
          tenant: tenant, policies: identities, lexicons: leaf["lexicons"]?.string ?? "")
    case AuditEvent.Kind.keyChanged.rawValue:
      keys.formUnion((leaf["added"]?.array ?? []).compactMap(KeyInUse.init(leaf:)))
      keys.subtract((leaf["removed"]?.array ?? []).compactMap(KeyInUse.init(leaf:)))
    default: break
    }
  }

  /// The entries that make this record say `policies`; none when it does.
  func events(declaring declared: [PoliciesInUse], time: Int64, actor: String) -> [AuditEvent] {
    let gone = policies.keys.filter { tenant in !declared.contains { $0.tenant == tenant } }
    let all =
      declared + gone.sorted().map { PoliciesInUse(tenant: $0, policies: [], lexicons: "") }
    return all.filter { policies[$0.tenant] != $0 }.map { policies in
      var members: [JSONValue.Member] = [
        .init("lexicons", .string(policies.lexicons)),
        .init("policies", .array(policies.policies.map(LogLeaf.policy))),
      ]
      if !policies.tenant.isEmpty { members.append(.init("of", .string(policies.tenant))) }
      return AuditEvent(
        id: "policy.changed.\(time).\(policies.tenant.isEmpty ? "all" : policies.tenant)",
        kind: .policyChanged, time: time, actor: actor, members: members)
    }
  }

  /// The entries that make this record say `keys`; none when it does.
  func events(declaring declared: Set<KeyInUse>, time: Int64, actor: String) -> [AuditEvent] {
    func sorted(_ keys: Set<KeyInUse>) -> [KeyInUse] {
      keys.sorted { ($0.role, $0.name, $0.owner) < ($1.role, $1.name, $1.owner) }
    }
    let changes =
      sorted(declared.subtracting(keys)).map { (key: $0, member: "added") }
      + sorted(keys.subtracting(declared)).map { (key: $0, member: "removed") }
    return stride(from: 0, to: changes.count, by: Self.keysInOneEntry).map { start in
      let part = changes[start..<min(start + Self.keysInOneEntry, changes.count)]
      let members = ["added", "removed"].map { name in
        JSONValue.Member(
          name, .array(part.filter { $0.member == name }.map { $0.key.leaf }))
      }
      return AuditEvent(
        id: "key.changed.\(time).\(start / Self.keysInOneEntry)", kind: .keyChanged, time: time,
        actor: actor, members: members)
    }
  }
}

extension KeyInUse {
  fileprivate var leaf: JSONValue {
    var members: [JSONValue.Member] = [.init("name", .string(name))]
    if !owner.isEmpty { members.append(.init("owner", .string(owner))) }
    return .object(members + [.init("role", .string(role))])
  }

  fileprivate init?(leaf: JSONValue) {
    guard let role = leaf["role"]?.string, let name = leaf["name"]?.string else { return nil }
    self.init(role: role, name: name, owner: leaf["owner"]?.string ?? "")
  }
}

extension PolicyIdentity {
  init?(leaf: JSONValue) {
    guard let name = leaf["name"]?.string, let version = leaf["version"]?.string,
      let sha256 = leaf["sha256"]?.string
    else { return nil }
    self.init(name: name, version: version, sha256: sha256)
  }
}

extension AuditReader {
  /// What the log was last told.
  public func installation() async throws(AuditError) -> InstallationRecord {
    try await read { database in
      var record = InstallationRecord()
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT entry FROM entries WHERE kind IN ('policy.changed', 'key.changed')
            AND kind <> 'moderation.decision' ORDER BY idx
          """)
      while let row = try rows.next() { record.apply(try JSONValue.parse(row.bytes(at: 0))) }
      return record
    }
  }
}

extension AuditLog {
  /// Logs which policies judge from now on, where the log does not say so yet. Call it before they
  /// do.
  public func declare(
    policies: [PoliciesInUse], time: Int64, actor: String
  ) async throws(AuditError) {
    let known = try await AuditReader.open(directory: directory).installation()
    for event in known.events(declaring: policies, time: time, actor: actor) {
      _ = try await append(event)
    }
  }

  /// Logs which keys came into use and which went, where the log does not say so yet.
  public func declare(keys: Set<KeyInUse>, time: Int64, actor: String) async throws(AuditError) {
    let known = try await AuditReader.open(directory: directory).installation()
    for event in known.events(declaring: keys, time: time, actor: actor) {
      _ = try await append(event)
    }
  }
}
