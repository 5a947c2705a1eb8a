import Evidence
import GRDB
import StrictJSON

/// A decision under a policy that no earlier entry brought into force.
public struct UndeclaredPolicy: Equatable, Sendable {
  /// Of the first such decision.
  public let index: UInt64
  public let name: String
  public let version: String
  public let sha256: String
}

extension AuditReader {
  /// Policies that decided without having been declared, each once, from the first declaration on:
  /// versions before it declared none.
  public func undeclaredPolicies() async throws(AuditError) -> [UndeclaredPolicy] {
    let first = try await read { database in
      try Int64.fetchOne(
        database,
        sql: """
          SELECT min(idx) FROM entries
          WHERE kind = 'policy.changed' AND kind <> 'moderation.decision'
          """)
    }
    guard let first else { return [] }
    var scan = PolicyScan()
    do {
      for try await page in try await leaves(UInt64(bitPattern: first)..<UInt64.max) {
        for leaf in page { scan.read(leaf) }
      }
    } catch {
      throw AuditError(error, while: "cannot read the log")
    }
    return scan.undeclared
  }

  /// Names of keys that payloads were sealed under and that no entry brought into use; empty when
  /// the log declares no keys at all.
  public func undeclaredPayloadKeys() async throws(AuditError) -> [String] {
    let declared = try await declaredKeys()
    guard !declared.isEmpty else { return [] }
    do {
      return try await payloads.queue.read { database in
        try String.fetchAll(database, sql: "SELECT key_id FROM keys ORDER BY key_id")
      }.filter { !declared.contains($0) }
    } catch {
      throw AuditError(error, while: "cannot read the payloads")
    }
  }

  private func declaredKeys() async throws(AuditError) -> Set<String> {
    try await read { database in
      var names: Set<String> = []
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT entry FROM entries WHERE kind = 'key.changed' AND kind <> 'moderation.decision'
          """)
      while let row = try rows.next() {
        let leaf = try JSONValue.parse(row.bytes(at: 0))
        names.formUnion((leaf["added"]?.array ?? []).compactMap { $0["name"]?.string })
      }
      return names
    }
  }
}

/// A pass over leaves that parses each list of policies once: a million decisions share a few.
private struct PolicyScan {
  private(set) var undeclared: [UndeclaredPolicy] = []
  private var declared: Set<[String]> = []
  /// Lists as bytes that were found to be all declared, or were reported.
  private var settled: Set<[UInt8]> = []

  mutating func read(_ leaf: StreamedLeaf) {
    var kind = ""
    var list: [UInt8] = []
    var scanner = CanonicalScanner(leaf.bytes)
    // A leaf that is no canonical JSON is named by the verification.
    try? scanner.object { (scanner, name) throws(CanonicalScanner.Malformed) in
      switch name {
      case "kind": kind = try scanner.string()
      case "policies": list = try scanner.raw()
      default: try scanner.skip()
      }
    }
    guard !list.isEmpty, !settled.contains(list) else { return }
    let identities = ((try? JSONValue.parse(list))?.array ?? []).compactMap(
      PolicyIdentity.init(leaf:))
    if kind == AuditEvent.Kind.policyChanged.rawValue {
      for identity in identities { declared.insert(Self.key(identity)) }
    } else {
      for identity in identities where declared.insert(Self.key(identity)).inserted {
        undeclared.append(
          UndeclaredPolicy(
            index: leaf.index, name: identity.name, version: identity.version,
            sha256: identity.sha256))
      }
    }
    settled.insert(list)
  }

  private static func key(_ identity: PolicyIdentity) -> [String] {
    [identity.name, identity.version, identity.sha256]
  }
}
