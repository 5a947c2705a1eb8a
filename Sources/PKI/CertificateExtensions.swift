import COpenSSL

/// The bits of RFC 5280 section 4.2.1.3.
public struct KeyUsage: OptionSet, Equatable, Hashable, Sendable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public static let digitalSignature = KeyUsage(rawValue: 0x80)
  public static let nonRepudiation = KeyUsage(rawValue: 0x40)
  public static let keyEncipherment = KeyUsage(rawValue: 0x20)
  public static let dataEncipherment = KeyUsage(rawValue: 0x10)
  public static let keyAgreement = KeyUsage(rawValue: 0x08)
  public static let keyCertSign = KeyUsage(rawValue: 0x04)
  public static let cRLSign = KeyUsage(rawValue: 0x02)
  public static let encipherOnly = KeyUsage(rawValue: 0x01)
  public static let decipherOnly = KeyUsage(rawValue: 0x8000)
}

/// RFC 5280 section 4.2.1.9.
public struct BasicConstraints: Equatable, Sendable {
  public let isCertificateAuthority: Bool
  public let pathLength: Int?
}

/// What a certificate's extensions say (RFC 5280 section 4.2). An extension that is absent is nil
/// or false; one that is there and cannot be parsed, or stands twice, sets `isMalformed`.
public struct CertificateExtensions: Equatable, Sendable {
  /// Dotted OIDs of all extensions in their order.
  public let all: [String]
  /// Dotted OIDs of those that are marked critical.
  public let critical: [String]
  public let basicConstraints: BasicConstraints?
  public let keyUsage: KeyUsage?
  /// Dotted OIDs in their order.
  public let extendedKeyUsages: [String]?
  /// An authorityKeyIdentifier is there.
  public let authorityKeyIdentifier: Bool
  /// A subjectKeyIdentifier is there.
  public let subjectKeyIdentifier: Bool
  /// OCSP responders of the authorityInfoAccess extension.
  public let ocspResponders: [String]
  public let isMalformed: Bool

  init(_ certificate: OpaquePointer) {
    var all: [String] = []
    var critical: [String] = []
    for index in 0..<max(X509_get_ext_count(certificate), 0) {
      guard let entry = X509_get_ext(certificate, index) else { continue }
      let identifier = objectIdentifier(X509_EXTENSION_get_object(entry))
      all.append(identifier)
      if X509_EXTENSION_get_critical(entry) == 1 { critical.append(identifier) }
    }
    self.all = all
    self.critical = critical
    isMalformed =
      X509_get_extension_flags(certificate) & UInt32(EXFLAG_INVALID) != 0
      || Set(all).count != all.count

    if let raw = X509_get_ext_d2i(certificate, NID_basic_constraints, nil, nil) {
      let value = raw.assumingMemoryBound(to: BASIC_CONSTRAINTS.self)
      defer { BASIC_CONSTRAINTS_free(value) }
      basicConstraints = BasicConstraints(
        isCertificateAuthority: value.pointee.ca != 0,
        pathLength: value.pointee.pathlen.map { ASN1_INTEGER_get($0) })
    } else {
      basicConstraints = nil
    }
    keyUsage =
      X509_get_ext_by_NID(certificate, NID_key_usage, -1) >= 0
      ? KeyUsage(rawValue: X509_get_key_usage(certificate)) : nil
    extendedKeyUsages = CertificateExtensions.extendedKeyUsages(of: certificate)
    authorityKeyIdentifier =
      X509_get_ext_by_NID(certificate, NID_authority_key_identifier, -1) >= 0
    subjectKeyIdentifier = X509_get_ext_by_NID(certificate, NID_subject_key_identifier, -1) >= 0
    ocspResponders = CertificateExtensions.ocspResponders(of: certificate)
  }

  private static func extendedKeyUsages(of certificate: OpaquePointer) -> [String]? {
    guard let raw = X509_get_ext_d2i(certificate, NID_ext_key_usage, nil, nil) else { return nil }
    let stack = OpaquePointer(raw)
    defer { EXTENDED_KEY_USAGE_free(stack) }
    return (0..<copenssl_sk_ASN1_OBJECT_num(stack)).map {
      objectIdentifier(copenssl_sk_ASN1_OBJECT_value(stack, $0))
    }
  }

  private static func ocspResponders(of certificate: OpaquePointer) -> [String] {
    guard let stack = X509_get1_ocsp(certificate) else { return [] }
    defer { X509_email_free(stack) }
    return (0..<copenssl_sk_OPENSSL_STRING_num(stack)).compactMap { index in
      copenssl_sk_OPENSSL_STRING_value(stack, index).map { String(cString: $0) }
    }
  }
}
