public import PKI

/// The profile of a claim-signing certificate, rule by rule (C2PA 2.5 section 13.5.1). Whoever
/// issues certificates can run it by itself to hear which rule a refused one breaks.
public enum CertificateProfile {
  public enum Rule: String, CaseIterable, Sendable {
    case version
    case uniqueIdentifiers
    case signatureAlgorithm
    case key
    case basicConstraints
    case keyUsage
    case extendedKeyUsage
    case extendedKeyUsageExclusivity
    case authorityKeyIdentifier
    case encoding
    case criticalExtensions
  }

  public struct Violation: Equatable, Sendable {
    public let rule: Rule
    public let explanation: String
  }

  private static let signatureAlgorithms: Set<String> = [
    // ecdsa-with-SHA256, 384, 512
    "1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4",
    // sha256, 384, 512WithRSAEncryption
    "1.2.840.113549.1.1.11", "1.2.840.113549.1.1.12", "1.2.840.113549.1.1.13",
    // Ed25519
    "1.3.101.112",
  ]
  /// RFC 5280 section 4.2: what is critical and not understood makes a certificate unusable.
  private static let understoodExtensions: Set<String> = [
    "2.5.29.14", "2.5.29.15", "2.5.29.17", "2.5.29.18", "2.5.29.19", "2.5.29.30", "2.5.29.31",
    "2.5.29.32", "2.5.29.33", "2.5.29.35", "2.5.29.36", "2.5.29.37", "2.5.29.46", "2.5.29.54",
    "1.3.6.1.5.5.7.1.1",
  ]
  private static let pss = "1.2.840.113549.1.1.10"

  /// Every rule that `leaf` breaks; empty for a good one.
  ///
  /// - Parameter purposes: the extended key usages that mark a claim signer for this user.
  public static func violations(
    of leaf: Certificate, purposes: Set<String> = ExtendedKeyUsage.claimSigners
  ) -> [Violation] {
    var found: [Violation] = []
    func check(_ rule: Rule, _ holds: Bool, _ explanation: @autoclosure () -> String) {
      if !holds { found.append(Violation(rule: rule, explanation: explanation())) }
    }
    check(.version, leaf.version == 3, "it is X.509 version \(leaf.version), not 3")
    check(
      .uniqueIdentifiers, !leaf.hasUniqueIdentifiers,
      "it carries an issuer or subject unique identifier")
    check(
      .signatureAlgorithm, hasAllowedSignatureAlgorithm(leaf),
      "it was signed with an algorithm that is not allowed (\(leaf.signatureAlgorithmOID))")
    check(
      .key, hasAllowedKey(leaf), "its key (\(leaf.publicKey.kind)) is not allowed for claims")
    check(
      .basicConstraints, !leaf.isCertificateAuthority,
      "it is a certification authority's certificate, and those may not sign claims")
    check(.encoding, !leaf.extensions.isMalformed, "one of its extensions cannot be read")
    let unknown = leaf.extensions.critical.filter { !understoodExtensions.contains($0) }
    check(
      .criticalExtensions, unknown.isEmpty,
      "it demands that its extension \(unknown.first ?? "") be understood, and it is not")
    check(
      .authorityKeyIdentifier, leaf.isSelfSigned || leaf.hasAuthorityKeyIdentifier,
      "it does not identify its issuer's key")
    if let usage = leaf.keyUsage {
      check(
        .keyUsage, usage.contains(.digitalSignature), "its key usage does not allow signatures")
      check(
        .keyUsage, !usage.contains(.keyCertSign), "its key usage allows signing certificates")
    } else {
      check(.keyUsage, false, "it does not say what its key may be used for")
    }
    found += purposeViolations(leaf, purposes)
    return found
  }

  private static func purposeViolations(
    _ leaf: Certificate, _ purposes: Set<String>
  ) -> [Violation] {
    guard let usages = leaf.extendedKeyUsages, !usages.isEmpty else {
      return [Violation(rule: .extendedKeyUsage, explanation: "it names no purpose")]
    }
    if usages.contains(ExtendedKeyUsage.any) {
      return [
        Violation(rule: .extendedKeyUsage, explanation: "it claims to be good for any purpose")
      ]
    }
    for (identifier, name) in [
      (ExtendedKeyUsage.timeStamping, "time stamps"),
      (ExtendedKeyUsage.ocspSigning, "OCSP answers"),
    ] where usages.contains(identifier) {
      return [
        Violation(
          rule: .extendedKeyUsageExclusivity,
          explanation: "it is meant for \(name), and such a certificate may not sign claims")
      ]
    }
    guard purposes.isDisjoint(with: usages) else { return [] }
    return [
      Violation(
        rule: .extendedKeyUsage,
        explanation: "none of its purposes (\(usages.joined(separator: ", "))) is claim signing")
    ]
  }

  private static func hasAllowedSignatureAlgorithm(_ leaf: Certificate) -> Bool {
    guard leaf.signatureAlgorithmOID == pss else {
      return signatureAlgorithms.contains(leaf.signatureAlgorithmOID)
    }
    guard let parameters = leaf.pssParameters, let hash = parameters.hash else { return false }
    return parameters.maskHash == hash
  }

  private static func hasAllowedKey(_ leaf: Certificate) -> Bool {
    switch leaf.publicKey.kind {
    case .p256, .p384, .p521, .ed25519: true
    case .rsa(let bits), .rsaPSS(let bits): bits >= 2048
    case .other: false
    }
  }
}
