import COpenSSL
import Glibc

/// What an OCSP response says of a certificate, once it is known who says so.
public enum RevocationVerdict: Equatable, Sendable {
  /// Not revoked in the span from `thisUpdate` to `nextUpdate` (seconds since 1970).
  case good(producedAt: Int64, thisUpdate: Int64, nextUpdate: Int64?)
  /// Revoked at that moment (seconds since 1970).
  case revoked(at: Int64)
  /// The responder does not know the certificate.
  case unknown
  /// Not about this certificate, not from its issuer's responder, or unreadable: it says nothing.
  case unusable(reason: String)
}

/// RFC 6960 responses as they are stapled to signatures. Nothing is ever asked for over a network.
public enum RevocationResponse {
  /// Real responses have a few kilobytes, most of it the responder's certificate.
  public static let byteLimit = 1 << 18

  /// Checks one DER OCSPResponse for `certificate`, which `issuer` issued.
  ///
  /// The response must be signed by the issuer or by a responder that the issuer delegated, whose
  /// certificate must have been valid when it answered. Whether the answer is recent enough is the
  /// caller's to judge.
  public static func check(
    _ der: [UInt8], certificate: Certificate, issuer: Certificate
  ) -> RevocationVerdict {
    ERR_clear_error()
    defer { ERR_clear_error() }
    guard der.count <= byteLimit else {
      return .unusable(reason: "it has \(der.count) bytes; at most \(byteLimit) are read")
    }
    let response = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
      var cursor = buffer.baseAddress
      return d2i_OCSP_RESPONSE(nil, &cursor, buffer.count)
    }
    guard let response else { return .unusable(reason: "the bytes are no OCSP response") }
    defer { OCSP_RESPONSE_free(response) }
    guard OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL,
      let basic = OCSP_response_get1_basic(response)
    else { return .unusable(reason: "the responder gave no answer") }
    defer { OCSP_BASICRESP_free(basic) }
    guard let producedAt = seconds(OCSP_resp_get0_produced_at(basic)) else {
      return .unusable(reason: "it does not say when it was made")
    }
    guard isAuthorised(basic, issuer: issuer, at: producedAt) else {
      return .unusable(reason: "it does not come from the issuer's responder")
    }
    return status(basic, certificate, issuer, producedAt)
  }

  private static func isAuthorised(
    _ basic: OpaquePointer, issuer: Certificate, at instant: Int64
  ) -> Bool {
    guard let store = X509_STORE_new(), let certificates = copenssl_sk_X509_new() else {
      preconditionFailure("libcrypto is out of memory")
    }
    defer {
      copenssl_sk_X509_free(certificates)
      X509_STORE_free(store)
    }
    X509_STORE_add_cert(store, issuer.handle.pointer)
    X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN))
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), time_t(instant))
    _ = copenssl_sk_X509_push(certificates, issuer.handle.pointer)
    return OCSP_basic_verify(basic, certificates, store, 0) == 1
  }

  private static func status(
    _ basic: OpaquePointer, _ certificate: Certificate, _ issuer: Certificate, _ producedAt: Int64
  ) -> RevocationVerdict {
    // Responders name certificates by SHA-1 (RFC 5019) or, lately, SHA-256: a name, no signature.
    for digest in [EVP_sha1(), EVP_sha256()] {
      guard
        let identifier = OCSP_cert_to_id(
          digest, certificate.handle.pointer, issuer.handle.pointer)
      else { continue }
      defer { OCSP_CERTID_free(identifier) }
      var status: Int32 = -1
      var reason: Int32 = -1
      var revoked: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
      var thisUpdate: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
      var nextUpdate: UnsafeMutablePointer<ASN1_GENERALIZEDTIME>?
      guard
        OCSP_resp_find_status(
          basic, identifier, &status, &reason, &revoked, &thisUpdate, &nextUpdate) == 1
      else { continue }
      switch status {
      case V_OCSP_CERTSTATUS_GOOD:
        guard let from = seconds(thisUpdate) else {
          return .unusable(reason: "it does not say from when it holds")
        }
        return .good(
          producedAt: producedAt, thisUpdate: from, nextUpdate: nextUpdate.flatMap { seconds($0) })
      case V_OCSP_CERTSTATUS_REVOKED:
        // Without a readable moment it counts as revoked from the beginning.
        return .revoked(at: seconds(revoked) ?? certificate.notBefore)
      default: return .unknown
      }
    }
    return .unusable(reason: "it is about another certificate")
  }
}
