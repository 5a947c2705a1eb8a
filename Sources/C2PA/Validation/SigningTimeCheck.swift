import COSE
import PKI

/// C2PA 2.5 section 14.8.3: the signer's own word on when it signed (`iat`). It proves nothing, so
/// both answers are for information only.
enum SigningTimeCheck {
  /// - Parameter stamped: when a time stamp that counts says it was signed at the latest.
  static func run(
    _ sign1: COSESign1, _ chain: [Certificate], stamped: Int64?, _ uri: String
  ) -> [Finding] {
    guard let claimed = sign1.issuedAt else { return [] }
    let text = InstantText.format(claimed)
    if let stamped, claimed > stamped {
      return [
        Finding(
          .timeOfSigningOutsideValidity, at: uri,
          "The signer says it signed at \(text), and the time stamp is older than that.")
      ]
    }
    guard let outside = chain.first(where: { !$0.isValid(at: claimed) }) else {
      return [
        Finding(
          .timeOfSigningInsideValidity, at: uri,
          "The signer says it signed at \(text), when its certificates were valid.")
      ]
    }
    return [
      Finding(
        .timeOfSigningOutsideValidity, at: uri,
        "The signer says it signed at \(text), when the certificate of \(outside.subject.text) was "
          + "not valid.")
    ]
  }
}
