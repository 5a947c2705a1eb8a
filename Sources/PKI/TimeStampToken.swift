import COpenSSL

/// What checking a time stamp came to. The cases are those C2PA 2.4 section 15.8 tells apart.
public enum TimeStampVerdict: Equatable, Sendable {
  /// The token is good and its authority leads to `path`'s last certificate. `time` is its genTime
  /// in seconds since 1970.
  case trusted(time: Int64, path: [Certificate])
  /// The bytes are no granted response and no token.
  case malformed(reason: String)
  /// The token's signature is bad, or it is about other bytes.
  case mismatch(reason: String)
  /// An algorithm is not allowed, or the authority does not lead to an anchor.
  case untrusted(reason: String)
  /// The authority's certificates were not valid at genTime.
  case outsideValidity(reason: String)

  /// Seconds since 1970; nil unless trusted.
  public var time: Int64? {
    if case .trusted(let time, _) = self { time } else { nil }
  }
}

/// An RFC 3161 time stamp token.
public struct TimeStampToken: Sendable {
  /// DER of the CMS ContentInfo, without the response around it.
  public let der: [UInt8]
  /// Seconds since 1970, fractions dropped.
  public let time: Int64
  /// The imprint's hash; nil when it is none of SHA-2.
  public let imprintAlgorithm: HashAlgorithm?
  public let imprint: [UInt8]
  /// All that the token carries: the authority's and its issuers', in any order.
  public let certificates: [Certificate]
  /// The requester's number, big-endian without leading zeros; nil when the token repeats none.
  public let nonce: [UInt8]?

  /// Reads a bare TimeStampToken, or a whole TimeStampResp around one whose status is granted
  /// (0) or grantedWithMods (1).
  ///
  /// - Throws: `.malformedTimeStamp` with the reason.
  public init(der bytes: [UInt8]) throws(PKIError) {
    ERR_clear_error()
    defer { ERR_clear_error() }
    let token = try TimeStampToken.unwrap(bytes)
    guard let message = CMSMessage(token) else {
      throw .openSSL(.malformedTimeStamp, "the time stamp is no CMS message")
    }
    guard let info = message.timeStampInfo else {
      throw .openSSL(.malformedTimeStamp, "the time stamp's content is no TSTInfo")
    }
    defer { TS_TST_INFO_free(info) }
    guard let time = seconds(TS_TST_INFO_get_time(info)) else {
      throw PKIError(.malformedTimeStamp, "the time stamp's genTime cannot be read")
    }
    let imprint = TS_TST_INFO_get_msg_imprint(info)
    guard TS_TST_INFO_get_version(info) == 1, let digest = TS_MSG_IMPRINT_get_msg(imprint) else {
      throw PKIError(.malformedTimeStamp, "the time stamp has no version 1 imprint")
    }
    var object: OpaquePointer?
    X509_ALGOR_get0(&object, nil, nil, TS_MSG_IMPRINT_get_algo(imprint))
    der = token
    self.time = time
    imprintAlgorithm = HashAlgorithm(nid: OBJ_obj2nid(object))
    self.imprint = Array(
      UnsafeBufferPointer(
        start: ASN1_STRING_get0_data(digest), count: Int(ASN1_STRING_length(digest))))
    certificates = message.certificates
    nonce = TS_TST_INFO_get_nonce(info).map { number in
      let length = Int(ASN1_STRING_length(number))
      let bytes = UnsafeBufferPointer(start: ASN1_STRING_get0_data(number), count: length)
      return Array(bytes.drop { $0 == 0 })
    }
  }

  /// Checks a token or response against the bytes it should be about.
  ///
  /// The authority's chain must have been valid at genTime; whether it is now does not matter.
  /// Revocation is not looked at.
  ///
  /// - Parameters:
  ///   - imprinted: what was hashed, not the hash.
  ///   - anchors: certificates of time stamping authorities to trust.
  public static func verify(
    _ der: [UInt8], imprinted: [UInt8], anchors: [Certificate]
  ) -> TimeStampVerdict {
    do throws(PKIError) {
      return try TimeStampToken(der: der).verify(imprinted: imprinted, anchors: anchors)
    } catch {
      return .malformed(reason: error.detail)
    }
  }

  public func verify(imprinted: [UInt8], anchors: [Certificate]) -> TimeStampVerdict {
    verify(imprinted: imprinted, by: anchors)
  }

  /// The same without asking who the authority is: `trusted` says that the token is good in itself,
  /// and its path that of an authority nobody vouches for.
  public static func verifyUnanchored(_ der: [UInt8], imprinted: [UInt8]) -> TimeStampVerdict {
    do throws(PKIError) {
      return try TimeStampToken(der: der).verify(imprinted: imprinted, by: nil)
    } catch {
      return .malformed(reason: error.detail)
    }
  }

  private func verify(imprinted: [UInt8], by anchors: [Certificate]?) -> TimeStampVerdict {
    defer { ERR_clear_error() }
    guard let imprintAlgorithm else {
      return .untrusted(reason: "the imprint is not made with SHA-256, SHA-384 or SHA-512")
    }
    guard imprintAlgorithm.digest(imprinted) == imprint else {
      return .mismatch(reason: "the time stamp is about other bytes")
    }
    guard let message = CMSMessage(der) else { return .malformed(reason: "no CMS message") }
    guard !certificates.isEmpty, let signer = message.onlySigner(among: certificates) else {
      return .untrusted(reason: "the time stamp does not carry its authority's certificate")
    }
    guard signer.digest != nil else {
      return .untrusted(reason: "the time stamp is not signed with SHA-256, SHA-384 or SHA-512")
    }
    guard message.isSigned(by: signer) else {
      return .mismatch(reason: "the time stamp's signature does not verify")
    }
    guard copenssl_names_certificate(signer.pointer, signer.certificate.handle.pointer) == 1 else {
      return .mismatch(reason: "the time stamp's signer did not name its certificate")
    }
    if let fault = TimeStampToken.fault(of: signer.certificate) {
      return .untrusted(reason: fault)
    }
    switch CertificateChain.verify(
      leaf: signer.certificate, intermediates: certificates,
      anchors: anchors ?? [signer.certificate], at: time)
    {
    case .trusted(let path): return .trusted(time: time, path: path)
    case .untrusted(let reason): return .untrusted(reason: reason)
    case .expired(let certificate):
      return .outsideValidity(
        reason: "the certificate of \(certificate.subject.text) had expired at that time")
    case .notYetValid(let certificate):
      return .outsideValidity(
        reason: "the certificate of \(certificate.subject.text) was not valid yet at that time")
    }
  }

  /// RFC 3161 section 2.3: a certificate for time stamping and for nothing else, marked critical.
  private static func fault(of authority: Certificate) -> String? {
    guard authority.extendedKeyUsages == ["1.3.6.1.5.5.7.3.8"] else {
      return "the authority's certificate is not one for time stamping alone"
    }
    guard authority.extensions.critical.contains("2.5.29.37") else {
      return "the authority's certificate does not mark its purpose as critical"
    }
    return nil
  }

  private static func unwrap(_ bytes: [UInt8]) throws(PKIError) -> [UInt8] {
    let response = bytes.withUnsafeBufferPointer { buffer -> OpaquePointer? in
      var cursor = buffer.baseAddress
      return d2i_TS_RESP(nil, &cursor, buffer.count)
    }
    // Not a response: some old files hold the bare token here, as the current format does.
    guard let response else { return bytes }
    defer { TS_RESP_free(response) }
    let status = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(response)))
    guard status == 0 || status == 1 else {
      throw PKIError(.malformedTimeStamp, "the authority refused the time stamp (status \(status))")
    }
    guard let token = TS_RESP_get_token(response) else {
      throw PKIError(.malformedTimeStamp, "the authority's response holds no token")
    }
    return encodeDER { i2d_PKCS7(token, $0) }
  }
}

/// A CMS SignedData message (RFC 5652) while it is looked at.
private final class CMSMessage {
  private let pointer: OpaquePointer

  struct Signer {
    let pointer: OpaquePointer
    let certificate: Certificate
    let digest: HashAlgorithm?
  }

  init?(_ der: [UInt8]) {
    var consumed = 0
    let parsed = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
      var cursor = buffer.baseAddress
      let message = d2i_CMS_ContentInfo(nil, &cursor, buffer.count)
      if message != nil, let start = buffer.baseAddress, let cursor { consumed = cursor - start }
      return message
    }
    guard let parsed else { return nil }
    guard consumed == der.count, OBJ_obj2nid(CMS_get0_type(parsed)) == NID_pkcs7_signed else {
      CMS_ContentInfo_free(parsed)
      return nil
    }
    pointer = parsed
  }

  deinit { CMS_ContentInfo_free(pointer) }

  /// The caller frees it.
  var timeStampInfo: OpaquePointer? {
    guard OBJ_obj2nid(CMS_get0_eContentType(pointer)) == NID_id_smime_ct_TSTInfo,
      let content = CMS_get0_content(pointer)?.pointee
    else { return nil }
    let length = Int(ASN1_STRING_length(content))
    var cursor = ASN1_STRING_get0_data(content)
    let start = cursor
    guard let info = d2i_TS_TST_INFO(nil, &cursor, length) else { return nil }
    guard let start, let cursor, cursor - start == length else {
      TS_TST_INFO_free(info)
      return nil
    }
    return info
  }

  /// Certificates that cannot be read are left out.
  var certificates: [Certificate] {
    guard let stack = CMS_get1_certs(pointer) else { return [] }
    defer { copenssl_sk_X509_pop_free(stack) }
    return (0..<min(copenssl_sk_X509_num(stack), Int32(CertificateChain.intermediateLimit)))
      .compactMap { index in
        guard let borrowed = copenssl_sk_X509_value(stack, index) else { return nil }
        X509_up_ref(borrowed)
        let handle = CertificateHandle(owning: borrowed)
        return try? Certificate(handle, der: handle.der)
      }
  }

  /// The one signer, if its certificate is there (RFC 3161 section 2.4.2: exactly one).
  func onlySigner(among certificates: [Certificate]) -> Signer? {
    guard let signers = CMS_get0_SignerInfos(pointer), copenssl_sk_CMS_SignerInfo_num(signers) == 1,
      let signer = copenssl_sk_CMS_SignerInfo_value(signers, 0),
      let certificate = certificates.first(where: {
        CMS_SignerInfo_cert_cmp(signer, $0.handle.pointer) == 0
      })
    else { return nil }
    var digest: UnsafeMutablePointer<X509_ALGOR>?
    CMS_SignerInfo_get0_algs(signer, nil, nil, &digest, nil)
    var object: OpaquePointer?
    X509_ALGOR_get0(&object, nil, nil, digest)
    return Signer(
      pointer: signer, certificate: certificate, digest: HashAlgorithm(nid: OBJ_obj2nid(object)))
  }

  /// The signature over the content and the signed attributes, by that certificate and no other of
  /// the same name; the chain is somebody else's to build.
  func isSigned(by signer: Signer) -> Bool {
    let flags = UInt32(CMS_NO_SIGNER_CERT_VERIFY) | UInt32(CMS_BINARY)
    guard CMS_verify(pointer, nil, nil, nil, nil, flags) == 1 else { return false }
    var used: OpaquePointer?
    CMS_SignerInfo_get0_algs(signer.pointer, nil, &used, nil, nil)
    return used.map { X509_cmp($0, signer.certificate.handle.pointer) == 0 } ?? false
  }
}
