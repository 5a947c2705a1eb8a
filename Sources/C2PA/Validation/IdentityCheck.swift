import CBOR

/// `cawg.identity` is another body's assertion: whether the identity holds never changes the state
/// of the manifest. Only an assertion that is no identity assertion at all is a defect of it.
enum IdentityCheck {
  static func run(_ assertion: Assertion, at uri: String) -> [Finding] {
    guard let value = assertion.cbor else { return [] }
    guard value["signer_payload"]?.pairs != nil, value["signature"]?.bytes != nil else {
      return [
        Finding(
          .assertionRequiredMissing, at: uri,
          "The identity assertion lacks what it must have: signer_payload and signature.")
      ]
    }
    return [
      Finding(
        .identityNotEvaluated, at: uri,
        "A person's or an organisation's identity is attached; it was not checked.")
    ]
  }
}
