/// The signature algorithms that C2PA 2.4 section 13.2.1 allows and libcrypto 3.0 implements.
public enum SignatureAlgorithm: String, CaseIterable, Sendable {
  case es256, es384, es512, ps256, ps384, ps512, ed25519

  /// The hash the message goes through; nil for Ed25519, which hashes by itself.
  public var hash: HashAlgorithm? {
    switch self {
    case .es256, .ps256: .sha256
    case .es384, .ps384: .sha384
    case .es512, .ps512: .sha512
    case .ed25519: nil
    }
  }

  /// Length of `r` and of `s` in a raw ECDSA signature (IEEE P1363); nil for the other families.
  var coordinateByteCount: Int? {
    switch self {
    case .es256: 32
    case .es384: 48
    case .es512: 66
    case .ps256, .ps384, .ps512, .ed25519: nil
    }
  }

  /// Whether a key of this kind may sign with it. ECDSA hashes are tied to one curve each, as C2PA
  /// asks of generators.
  public func fits(_ kind: KeyKind) -> Bool {
    switch (self, kind) {
    case (.es256, .p256), (.es384, .p384), (.es512, .p521), (.ed25519, .ed25519): true
    case (.ps256, .rsa(let bits)), (.ps384, .rsa(let bits)), (.ps512, .rsa(let bits)),
      (.ps256, .rsaPSS(let bits)), (.ps384, .rsaPSS(let bits)), (.ps512, .rsaPSS(let bits)):
      SignatureAlgorithm.rsaBits.contains(bits)
    default: false
    }
  }

  /// C2PA 2.4 section 13.2.1: 2048 bits at least; above 16384 a verification costs seconds.
  static let rsaBits = 2048...16384
}

/// What sort of key it is.
public enum KeyKind: Equatable, Hashable, Sendable, CustomStringConvertible {
  case p256, p384, p521
  case ed25519
  case rsa(bits: Int)
  /// An RSA key that is restricted to PSS (RFC 4055 id-RSASSA-PSS).
  case rsaPSS(bits: Int)
  /// A key that Assay does not sign or verify with; `name` is libcrypto's.
  case other(name: String, bits: Int)

  public var description: String {
    switch self {
    case .p256: "P-256"
    case .p384: "P-384"
    case .p521: "P-521"
    case .ed25519: "Ed25519"
    case .rsa(let bits): "RSA \(bits)"
    case .rsaPSS(let bits): "RSA-PSS \(bits)"
    case .other(let name, let bits): "\(name) \(bits)"
    }
  }
}
