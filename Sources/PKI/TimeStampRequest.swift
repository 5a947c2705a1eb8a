import COpenSSL

/// A question to a time stamping authority (RFC 3161 section 2.4.1), and the check of its answer.
public struct TimeStampRequest: Sendable {
  /// DER of the TimeStampReq: what is posted as `application/timestamp-query`.
  public let der: [UInt8]
  private let message: [UInt8]
  private let nonce: [UInt8]

  /// Asks for a stamp over `message`, of which only the hash leaves this machine. The authority is
  /// asked for its certificates, without which nobody could check the stamp later.
  public init(
    over message: [UInt8], algorithm: HashAlgorithm = .sha256
  ) throws(PKIError) {
    self.message = message
    // Without its first bit, so that the number is positive; never zero in front, so that it is read
    // back at the same length.
    var nonce = SecureRandom.bytes(16)
    nonce[0] = nonce[0] & 0x7F | 0x40
    self.nonce = nonce
    let hash = algorithm.digest(message)
    guard let request = TS_REQ_new(), let imprint = TS_MSG_IMPRINT_new(),
      let identifier = X509_ALGOR_new(), let number = ASN1_INTEGER_new()
    else { preconditionFailure("libcrypto is out of memory") }
    defer {
      TS_REQ_free(request)
      TS_MSG_IMPRINT_free(imprint)
      X509_ALGOR_free(identifier)
      ASN1_INTEGER_free(number)
    }
    var digest = hash
    // Each setter copies what it is given.
    guard X509_ALGOR_set0(identifier, OBJ_nid2obj(algorithm.nid), V_ASN1_NULL, nil) == 1,
      TS_MSG_IMPRINT_set_algo(imprint, identifier) == 1,
      TS_MSG_IMPRINT_set_msg(imprint, &digest, Int32(digest.count)) == 1,
      ASN1_STRING_set(number, nonce, Int32(nonce.count)) == 1,
      TS_REQ_set_version(request, 1) == 1, TS_REQ_set_msg_imprint(request, imprint) == 1,
      TS_REQ_set_nonce(request, number) == 1, TS_REQ_set_cert_req(request, 1) == 1
    else { throw .openSSL(.malformedTimeStamp, "the time stamp request cannot be made") }
    der = encodeDER { i2d_TS_REQ(request, $0) }
  }

  /// The token in an authority's DER TimeStampResp, if it answers this very request and its
  /// signature is good. Whether anybody trusts the authority is not asked here.
  public func token(in response: [UInt8]) throws(PKIError) -> TimeStampToken {
    let token = try TimeStampToken(der: response)
    if let answered = token.nonce, answered != nonce {
      throw PKIError(.malformedTimeStamp, "the authority answered another request")
    }
    switch token.verify(imprinted: message, anchors: []) {
    case .malformed(let reason), .mismatch(let reason):
      throw PKIError(.malformedTimeStamp, "the authority's time stamp is of no use: \(reason)")
    case .trusted, .untrusted, .outsideValidity:
      guard !token.certificates.isEmpty else {
        throw PKIError(.malformedTimeStamp, "the authority left its certificate out")
      }
      return token
    }
  }
}
