import COpenSSL
import Glibc

/// What building a path from a leaf to the given anchors came to.
public enum ChainVerdict: Equatable, Sendable {
  /// `path` starts with the leaf and ends with the anchor that matched.
  case trusted(path: [Certificate])
  /// A path to an anchor exists, and this certificate of it had expired.
  case expired(Certificate)
  /// A path to an anchor exists, and this certificate of it was not valid yet.
  case notYetValid(Certificate)
  /// No valid path; the sentence says what is wrong with the best one found.
  case untrusted(reason: String)

  public var isTrusted: Bool { anchor != nil }

  /// The anchor that matched; nil unless trusted.
  public var anchor: Certificate? {
    if case .trusted(let path) = self { path.last } else { nil }
  }
}

/// RFC 5280 section 6 path building and validation, by libcrypto.
public enum CertificateChain {
  /// More certificates than any real chain has; what an attacker adds costs time only.
  static let intermediateLimit = 64

  /// Looks for a valid path from `leaf` to any of `anchors` at `instant` (seconds since 1970; nil
  /// is now).
  ///
  /// Anchors are trusted as they are: intermediate authorities, and the leaf itself when it is among
  /// them. `intermediates` are untrusted input and may be in any order. Extended key usages are the
  /// caller's to judge: the C2PA purposes are unknown to libcrypto. Revocation is not looked at.
  public static func verify(
    leaf: Certificate, intermediates: [Certificate], anchors: [Certificate], at instant: Int64?
  ) -> ChainVerdict {
    guard !anchors.isEmpty else { return .untrusted(reason: "no trust anchors are configured") }
    guard let store = X509_STORE_new(), let untrusted = copenssl_sk_X509_new(),
      let context = X509_STORE_CTX_new()
    else { preconditionFailure("libcrypto is out of memory") }
    defer {
      X509_STORE_CTX_free(context)
      copenssl_sk_X509_free(untrusted)
      X509_STORE_free(store)
      ERR_clear_error()
    }
    for anchor in anchors { X509_STORE_add_cert(store, anchor.handle.pointer) }
    for certificate in intermediates.prefix(intermediateLimit) {
      _ = copenssl_sk_X509_push(untrusted, certificate.handle.pointer)
    }
    guard X509_STORE_CTX_init(context, store, leaf.handle.pointer, untrusted) == 1 else {
      return .untrusted(reason: "libcrypto cannot start the verification")
    }
    let parameters = X509_STORE_CTX_get0_param(context)
    X509_VERIFY_PARAM_set_flags(parameters, UInt(X509_V_FLAG_PARTIAL_CHAIN))
    X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_ANY)
    // Level 1 refuses SHA-1 signatures and RSA keys below 1024 bits inside the path.
    X509_VERIFY_PARAM_set_auth_level(parameters, 1)
    X509_VERIFY_PARAM_set_time(parameters, time_t(instant ?? Int64(time(nil))))

    if X509_verify_cert(context) == 1 {
      return .trusted(path: path(of: context, among: [leaf] + anchors + intermediates))
    }
    let code = X509_STORE_CTX_get_error(context)
    let culprit = X509_STORE_CTX_get_current_cert(context).flatMap { copy($0) } ?? leaf
    switch code {
    case X509_V_ERR_CERT_HAS_EXPIRED: return .expired(culprit)
    case X509_V_ERR_CERT_NOT_YET_VALID: return .notYetValid(culprit)
    default:
      return .untrusted(
        reason: "\(String(cString: X509_verify_cert_error_string(Int(code)))): "
          + culprit.subject.text)
    }
  }

  /// The very certificates that were given: to read one anew costs more than to verify it.
  private static func path(
    of context: OpaquePointer, among known: [Certificate]
  ) -> [Certificate] {
    guard let chain = X509_STORE_CTX_get0_chain(context) else { return [] }
    return (0..<copenssl_sk_X509_num(chain)).compactMap { index in
      copenssl_sk_X509_value(chain, index).flatMap { pointer in
        known.first { $0.handle.pointer == pointer } ?? copy(pointer)
      }
    }
  }

  /// A second owner of a certificate that libcrypto lent.
  private static func copy(_ pointer: OpaquePointer) -> Certificate? {
    X509_up_ref(pointer)
    let handle = CertificateHandle(owning: pointer)
    return try? Certificate(handle, der: handle.der)
  }
}
