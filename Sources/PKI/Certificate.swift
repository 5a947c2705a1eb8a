import Bytes
import COpenSSL
import Glibc

/// An X.509 certificate with every field that the C2PA certificate profiles look at (C2PA 2.4
/// section 14.5.1). Immutable; safe to share between threads.
public final class Certificate: Sendable {
  let handle: CertificateHandle

  /// Exactly the bytes that were given.
  public let der: [UInt8]
  public let subject: DistinguishedName
  public let issuer: DistinguishedName
  /// Lower-case hexadecimal without leading zeros beyond whole bytes; "-" in front if negative.
  public let serialNumber: String
  /// Seconds since 1970.
  public let notBefore: Int64
  /// Seconds since 1970; the certificate is valid up to and including this second.
  public let notAfter: Int64
  /// 1, 2 or 3.
  public let version: Int
  /// issuerUniqueID or subjectUniqueID is there.
  public let hasUniqueIdentifiers: Bool
  /// Dotted OID of the algorithm its issuer signed it with.
  public let signatureAlgorithmOID: String
  /// The parameters of id-RSASSA-PSS; nil for other algorithms and when they do not parse.
  public let pssParameters: PSSParameters?
  public let publicKey: PublicKey
  public let extensions: CertificateExtensions
  /// Issued to itself, and its own signature checks.
  public let isSelfSigned: Bool
  /// SHA-256 of the DER.
  public let sha256: [UInt8]

  /// RFC 4055 section 3.1. A hash outside SHA-2 is nil.
  public struct PSSParameters: Equatable, Sendable {
    public let hash: HashAlgorithm?
    public let maskHash: HashAlgorithm?
    public let saltLength: Int
  }

  /// One DER certificate and nothing behind it.
  public convenience init(der: [UInt8]) throws(PKIError) {
    ERR_clear_error()
    var consumed = 0
    let pointer = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
      var cursor = buffer.baseAddress
      let parsed = d2i_X509(nil, &cursor, buffer.count)
      if parsed != nil, let start = buffer.baseAddress, let cursor { consumed = cursor - start }
      return parsed
    }
    guard let pointer else {
      throw .openSSL(.malformedCertificate, "the bytes are no DER certificate")
    }
    let handle = CertificateHandle(owning: pointer)
    guard consumed == der.count else {
      throw PKIError(
        .malformedCertificate, "\(der.count - consumed) bytes follow the certificate")
    }
    try self.init(handle, der: der)
  }

  /// Every `CERTIFICATE` block of a PEM text, in order; other blocks and text between are passed
  /// over.
  ///
  /// - Throws: `.noCertificate` when there is none, `.malformedCertificate` naming the block.
  public static func parsePEM(_ pem: [UInt8]) throws(PKIError) -> [Certificate] {
    ERR_clear_error()
    var handles: [CertificateHandle] = []
    var reachedEnd = false
    withBIO(over: pem) { bio in
      while let pointer = PEM_read_bio_X509(bio, nil, nil, nil) {
        handles.append(CertificateHandle(owning: pointer))
      }
      let last = ERR_peek_last_error()
      reachedEnd = last & 0x7F_FFFF == UInt(PEM_R_NO_START_LINE)
    }
    guard reachedEnd else {
      throw .openSSL(
        .malformedCertificate, "certificate \(handles.count + 1) of the PEM text is damaged")
    }
    ERR_clear_error()
    guard !handles.isEmpty else {
      throw PKIError(.noCertificate, "the text holds no PEM certificate")
    }
    var certificates: [Certificate] = []
    for handle in handles { certificates.append(try Certificate(handle, der: handle.der)) }
    return certificates
  }

  init(_ handle: CertificateHandle, der: [UInt8]) throws(PKIError) {
    let pointer = handle.pointer
    guard let key = X509_get_pubkey(pointer) else {
      throw .openSSL(.malformedCertificate, "the certificate's public key cannot be read")
    }
    publicKey = PublicKey(
      KeyHandle(owning: key),
      spkiDER: encodeDER { i2d_X509_PUBKEY(X509_get_X509_PUBKEY(pointer), $0) })
    guard let from = seconds(X509_get0_notBefore(pointer)),
      let until = seconds(X509_get0_notAfter(pointer))
    else { throw .openSSL(.malformedCertificate, "the certificate's dates cannot be read") }
    notBefore = from
    notAfter = until
    self.handle = handle
    self.der = der
    subject = DistinguishedName(X509_get_subject_name(pointer))
    issuer = DistinguishedName(X509_get_issuer_name(pointer))
    serialNumber = Certificate.hexadecimal(X509_get0_serialNumber(pointer))
    version = X509_get_version(pointer) + 1
    var issuerID: UnsafePointer<ASN1_BIT_STRING>?
    var subjectID: UnsafePointer<ASN1_BIT_STRING>?
    X509_get0_uids(pointer, &issuerID, &subjectID)
    hasUniqueIdentifiers = issuerID != nil || subjectID != nil
    let algorithm = X509_get0_tbs_sigalg(pointer)
    var object: OpaquePointer?
    X509_ALGOR_get0(&object, nil, nil, algorithm)
    signatureAlgorithmOID = objectIdentifier(object)
    var hash: Int32 = 0
    var maskHash: Int32 = 0
    var salt = 0
    pssParameters =
      OBJ_obj2nid(object) == NID_rsassaPss
        && copenssl_pss_parameters(algorithm, &hash, &maskHash, &salt) == 1
      ? PSSParameters(
        hash: HashAlgorithm(nid: hash), maskHash: HashAlgorithm(nid: maskHash), saltLength: salt)
      : nil
    extensions = CertificateExtensions(pointer)
    isSelfSigned = X509_self_signed(pointer, 1) == 1
    sha256 = HashAlgorithm.sha256.digest(der)
    ERR_clear_error()
  }

  /// PEM `CERTIFICATE`.
  public var pem: [UInt8] {
    withMemoryBIO { bio in
      precondition(PEM_write_bio_X509(bio, handle.pointer) == 1)
      return contents(of: bio)
    }
  }

  public var keyUsage: KeyUsage? { extensions.keyUsage }
  /// Dotted OIDs; nil when the extension is absent.
  public var extendedKeyUsages: [String]? { extensions.extendedKeyUsages }
  /// basicConstraints is there and asserts cA.
  public var isCertificateAuthority: Bool {
    extensions.basicConstraints?.isCertificateAuthority ?? false
  }
  public var hasAuthorityKeyIdentifier: Bool { extensions.authorityKeyIdentifier }
  public var hasSubjectKeyIdentifier: Bool { extensions.subjectKeyIdentifier }

  /// Whether `instant` (seconds since 1970) lies in the validity period.
  public func isValid(at instant: Int64) -> Bool { notBefore <= instant && instant <= notAfter }

  private static func hexadecimal(_ integer: UnsafePointer<ASN1_INTEGER>?) -> String {
    guard let number = ASN1_INTEGER_to_BN(integer, nil) else { return "" }
    defer { BN_free(number) }
    guard let text = BN_bn2hex(number) else { return "" }
    defer { CRYPTO_free(text, #fileID, #line) }
    return String(cString: text).lowercased()
  }
}

extension Certificate: Equatable, Hashable {
  public static func == (left: Certificate, right: Certificate) -> Bool { left.der == right.der }
  public func hash(into hasher: inout Hasher) { hasher.combine(sha256) }
}

/// Owns one reference to an `X509`, whose count is atomic and which nothing here changes after it
/// was made.
final class CertificateHandle: @unchecked Sendable {
  let pointer: OpaquePointer

  /// Takes over the caller's reference.
  init(owning pointer: OpaquePointer) { self.pointer = pointer }

  deinit { X509_free(pointer) }

  var der: [UInt8] { encodeDER { i2d_X509(pointer, $0) } }
}

/// Seconds since 1970, or nil when it is no time.
func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64? {
  var parts = tm()
  guard ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
  return Int64(timegm(&parts))
}

/// The dotted form.
func objectIdentifier(_ object: OpaquePointer?) -> String {
  let length = Int(OBJ_obj2txt(nil, 0, object, 1))
  guard length > 0 else { return "" }
  var text = [CChar](repeating: 0, count: length + 1)
  OBJ_obj2txt(&text, Int32(text.count), object, 1)
  return String(decoding: text[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
