import COSE
import PKI

/// C2PA 2.5 section 14.9: was the signer's certificate revoked? Only answers that came with the
/// file are looked at; none is fetched.
enum RevocationCheck {
  /// - Parameters:
  ///   - issuer: the certificate that issued `leaf`, from the signature's chain or, where that
  ///     omits it, the anchor that matched.
  ///   - stamped: when a trusted time stamp says it was signed.
  static func run(
    _ leaf: Certificate, issuer: Certificate?, staples: [[UInt8]], stamped: Int64?, now: Int64,
    _ uri: String
  ) -> Finding {
    guard !staples.isEmpty else {
      return Finding(
        .signingCredentialOcspSkipped, at: uri,
        "Whether the certificate was revoked was not asked: nothing is fetched from the network.")
    }
    guard let issuer else {
      return Finding(
        .signingCredentialOcspUnknown, at: uri,
        "An answer about revocation is there, but the issuer that could prove it is not known.")
    }
    var best: Finding?
    for staple in staples {
      switch RevocationResponse.check(staple, certificate: leaf, issuer: issuer) {
      case .revoked(let moment):
        return Finding(
          .signingCredentialOcspRevoked, at: uri,
          "The signer's certificate was revoked at \(InstantText.format(moment)).")
      case .good(let producedAt, let thisUpdate, let nextUpdate):
        if covers(producedAt, thisUpdate, nextUpdate, stamped: stamped, now: now) {
          best = Finding(
            .signingCredentialOcspNotRevoked, at: uri,
            "The issuer said around the time of signing that the certificate was not revoked.")
        }
      case .unknown:
        best =
          best
          ?? Finding(
            .signingCredentialOcspUnknown, at: uri,
            "The issuer's responder did not know the certificate.")
      case .unusable: continue
      }
    }
    return best
      ?? Finding(
        .signingCredentialOcspSkipped, at: uri,
        "The answer about revocation that came with the signature does not count; no other was asked."
      )
  }

  /// A good answer counts for a signature that is proven to be older than it, or to lie in its span.
  private static func covers(
    _ producedAt: Int64, _ thisUpdate: Int64, _ nextUpdate: Int64?, stamped: Int64?, now: Int64
  ) -> Bool {
    guard let stamped, now >= thisUpdate else { return false }
    if stamped < thisUpdate { return true }
    return stamped < (nextUpdate ?? producedAt + 86400)
  }

  /// The first authority between the leaf and the anchor of `path` that had been revoked by
  /// `instant`, as its issuer's responder says. The anchor is the user's own decision.
  static func revokedAuthority(
    on path: [Certificate], staples: [[UInt8]], at instant: Int64
  ) -> Certificate? {
    for (authority, issuer) in zip(path.dropFirst(), path.dropFirst(2)) {
      for staple in staples {
        if case .revoked(let moment) = RevocationResponse.check(
          staple, certificate: authority, issuer: issuer), moment <= instant
        {
          return authority
        }
      }
    }
    return nil
  }

  /// Whoever issued `leaf`, among the certificates at hand. A name proves nothing: an impostor of
  /// that name must neither answer for the issuer nor keep its answer from being heard.
  static func issuer(
    of leaf: Certificate, among certificates: [Certificate], at instant: Int64
  ) -> Certificate? {
    certificates.first {
      $0.subject == leaf.issuer
        && CertificateChain.verify(leaf: leaf, intermediates: [], anchors: [$0], at: instant)
          .isTrusted
    }
  }
}
