import AuditStore
import Bytes
import C2PA
import Evidence
import MerkleLog
import Moderation
import PKI
import Policy

/// Tells the log which policies judge and which keys are in use, before they are.
struct InstallationLog: Sendable {
  /// Who changes files and starts servers.
  private static let actor = "operator"

  let log: AuditLog
  let pseudonym: Pseudonym
  /// Milliseconds since 1970.
  let now: @Sendable () -> Int64

  func declare(_ sets: [(tenant: String?, set: PolicySet)]) async throws(AuditError) {
    let policies = sets.map { tenant, set in
      PoliciesInUse(
        tenant: tenant.map(pseudonym.text(ofTenant:)) ?? "", policies: set.identities,
        lexicons: Self.digest(of: set.lexicons))
    }
    try await log.declare(policies: policies, time: now(), actor: Self.actor)
  }

  func declare(
    _ keys: KeyFolder.Contents, callers: APIKeys, auditors: AuditorKeys
  ) async throws(AuditError) {
    var used: Set<KeyInUse> = [
      KeyInUse(role: "log", name: log.verifierKey.text),
      KeyInUse(role: "pseudonym", name: Self.name(ofSecret: keys.subjectKey)),
      KeyInUse(role: "mark", name: Self.name(ofSecret: keys.markKey)),
    ]
    if let certificate = keys.signer.certificateChain.first {
      used.insert(
        KeyInUse(role: "claim", name: Hex.encode(HashAlgorithm.sha256.digest(certificate))))
    }
    used.formUnion(keys.payloadKeys.names.map { KeyInUse(role: "payload", name: $0) })
    used.formUnion(callers.inUse(pseudonym))
    used.formUnion(auditors.inUse(pseudonym))
    try await log.declare(keys: used, time: now(), actor: Self.actor)
  }

  private static func digest(of lexicons: [PolicyLexicon]) -> String {
    let lines = lexicons.map { "\($0.list) \($0.sha256)\n" }.sorted()
    return Hex.encode(HashAlgorithm.sha256.digest(Array(lines.joined().utf8)))
  }

  /// Of 32 random bytes: nothing can be guessed from it.
  private static func name(ofSecret secret: [UInt8]) -> String {
    Hex.encode(
      Array(HMAC.sha256(key: secret, message: Array("key-name/v1".utf8)).prefix(16)))
  }
}

extension Pseudonym {
  /// Of a key that opens an API, by its digest: callers choose keys, and weak ones could be guessed
  /// from a digest.
  func text(ofKey digest: [UInt8]) -> String {
    text(ofTenant: "key/v1\0\(Hex.encode(digest))")
  }
}
