public import PKI

/// Numbers of the IANA COSE algorithms registry that C2PA allows for claim signatures
/// (C2PA 2.5 section 12.3.1).
extension SignatureAlgorithm {
  public var coseIdentifier: Int {
    switch self {
    case .es256: -7
    case .es384: -35
    case .es512: -36
    case .ps256: -37
    case .ps384: -38
    case .ps512: -39
    case .ed25519: -8
    }
  }

  /// The fully specified ECDSA numbers of RFC 9864 (-9, -51, -52) mean the same here, since each
  /// hash is tied to its curve anyway.
  public init?(coseIdentifier: Int) {
    switch coseIdentifier {
    case -7, -9: self = .es256
    case -35, -51: self = .es384
    case -36, -52: self = .es512
    case -37: self = .ps256
    case -38: self = .ps384
    case -39: self = .ps512
    case -8: self = .ed25519
    default: return nil
    }
  }
}
