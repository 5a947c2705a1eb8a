import COpenSSL
import Glibc

/// A certificate authority of our own: what `assay keys init` and the tests sign with. It is meant
/// for development; a deployment brings a credential from an authority on the C2PA trust list.
public struct CertificateIssuer: Sendable {
  public let certificate: Certificate
  let key: PrivateKey

  /// What a certificate is for. Each follows the profile of C2PA 2.4 section 14.5.1.
  public enum Role: Sendable {
    case intermediate
    /// Signs claims: c2pa-kp-claimSigning, and emailProtection for validators from before it.
    case claimSigner
    /// Signs RFC 3161 tokens: timeStamping alone, critical.
    case timeStampAuthority
  }

  /// An authority that exists already.
  public init(certificate: Certificate, key: PrivateKey) {
    self.certificate = certificate
    self.key = key
  }

  /// A self-signed root that may sign authorities and leaves.
  public static func makeRoot(
    name: DistinguishedName, key: PrivateKey, notBefore: Int64, days: Int
  ) throws(PKIError) -> CertificateIssuer {
    let certificate = try build(
      subject: name, publicKey: key.publicKey, issuer: nil, signer: key, notBefore: notBefore,
      days: days,
      extensions: [
        (NID_basic_constraints, "critical,CA:TRUE"),
        (NID_key_usage, "critical,keyCertSign,cRLSign"),
        (NID_subject_key_identifier, "hash"),
        (NID_authority_key_identifier, "keyid:always"),
      ])
    return CertificateIssuer(certificate: certificate, key: key)
  }

  /// An authority between this one and the leaves.
  public func makeIntermediate(
    name: DistinguishedName, key: PrivateKey, notBefore: Int64, days: Int
  ) throws(PKIError) -> CertificateIssuer {
    let certificate = try issue(
      .intermediate, name: name, publicKey: key.publicKey, notBefore: notBefore, days: days)
    return CertificateIssuer(certificate: certificate, key: key)
  }

  /// Signs a certificate for `publicKey`, valid for `days` from `notBefore` (seconds since 1970).
  public func issue(
    _ role: Role, name: DistinguishedName, publicKey: PublicKey, notBefore: Int64, days: Int
  ) throws(PKIError) -> Certificate {
    var extensions: [(Int32, String)] =
      switch role {
      case .intermediate:
        [
          (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"),
          (NID_key_usage, "critical,keyCertSign,cRLSign"),
        ]
      case .claimSigner:
        [
          (NID_basic_constraints, "critical,CA:FALSE"),
          (NID_key_usage, "critical,digitalSignature"),
          (NID_ext_key_usage, "1.3.6.1.4.1.62558.2.1,emailProtection"),
        ]
      case .timeStampAuthority:
        [
          (NID_basic_constraints, "critical,CA:FALSE"),
          (NID_key_usage, "critical,digitalSignature"),
          (NID_ext_key_usage, "critical,timeStamping"),
        ]
      }
    extensions += [
      (NID_subject_key_identifier, "hash"), (NID_authority_key_identifier, "keyid:always"),
    ]
    return try CertificateIssuer.build(
      subject: name, publicKey: publicKey, issuer: certificate, signer: key, notBefore: notBefore,
      days: days, extensions: extensions)
  }

  private static func build(
    subject: DistinguishedName, publicKey: PublicKey, issuer: Certificate?, signer: PrivateKey,
    notBefore: Int64, days: Int, extensions: [(nid: Int32, value: String)]
  ) throws(PKIError) -> Certificate {
    ERR_clear_error()
    guard let new = X509_new() else { throw .openSSL(.issuingFailed, "out of memory") }
    let handle = CertificateHandle(owning: new)
    guard X509_set_version(new, 2) == 1, setSerialNumber(of: new),
      setName(X509_get_subject_name(new), subject),
      X509_set_issuer_name(new, X509_get_subject_name(issuer?.handle.pointer ?? new)) == 1,
      ASN1_TIME_adj(X509_getm_notBefore(new), time_t(notBefore), 0, 0) != nil,
      ASN1_TIME_adj(X509_getm_notAfter(new), time_t(notBefore), Int32(days), 0) != nil,
      X509_set_pubkey(new, publicKey.handle.pointer) == 1
    else { throw .openSSL(.issuingFailed, "the certificate's fields cannot be set") }
    for entry in extensions {
      var context = X509V3_CTX()
      X509V3_set_ctx(&context, issuer?.handle.pointer ?? new, new, nil, nil, 0)
      guard let made = X509V3_EXT_conf_nid(nil, &context, entry.nid, entry.value) else {
        throw .openSSL(.issuingFailed, "the extension \(entry.value) cannot be made")
      }
      defer { X509_EXTENSION_free(made) }
      guard X509_add_ext(new, made, -1) == 1 else {
        throw .openSSL(.issuingFailed, "the extension \(entry.value) cannot be added")
      }
    }
    guard X509_sign(new, signer.handle.pointer, signer.kind.certificateHash?.implementation) > 0
    else { throw .openSSL(.issuingFailed, "signing the certificate failed") }
    return try Certificate(der: handle.der)
  }

  /// 16 random bytes, positive (RFC 5280 section 4.1.2.2).
  private static func setSerialNumber(of certificate: OpaquePointer) -> Bool {
    var bytes = SecureRandom.bytes(16)
    bytes[0] = bytes[0] & 0x3F | 0x40
    guard let number = BN_bin2bn(bytes, Int32(bytes.count), nil) else { return false }
    defer { BN_free(number) }
    return BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nil
  }

  private static func setName(_ name: OpaquePointer?, _ value: DistinguishedName) -> Bool {
    for (field, text) in [("O", value.organization), ("CN", value.commonName)] {
      guard let text else { continue }
      let utf8 = Array(text.utf8)
      guard
        X509_NAME_add_entry_by_txt(
          name, field, utf8String, utf8, Int32(utf8.count), -1, 0) == 1
      else { return false }
    }
    return true
  }
}

/// `MBSTRING_UTF8`, a macro that does not import.
private let utf8String: Int32 = 0x1000

extension KeyKind {
  /// The hash a certificate is signed with by a key of this kind; nil for Ed25519.
  fileprivate var certificateHash: HashAlgorithm? {
    switch self {
    case .p384: .sha384
    case .p521: .sha512
    case .ed25519: nil
    default: .sha256
    }
  }
}
