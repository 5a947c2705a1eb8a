import CBOR

/// C2PA 2.5 section 16.13: a pointer at something outside the manifest, which is never fetched.
enum ExternalReferenceCheck {
  static func run(_ value: CBORValue, at uri: String) -> [Finding] {
    let location = value["location"]
    let hasAlgorithm = location?.given("alg") != nil
    let hasHash = location?.given("hash") != nil
    let isGood =
      location?["url"]?.text != nil && hasAlgorithm == hasHash
      && mayLieElsewhere(Assertion.type(of: value["label"]?.text ?? ""))
      && (!hasHash || location?["hash"]?.bytes != nil && location?["alg"]?.text != nil)
    return isGood
      ? []
      : [
        Finding(
          .assertionExternalReferenceMalformed, at: uri,
          "A reference to something outside is not of the form it must have.")
      ]
  }

  /// What the verdict rests on must be in the file.
  private static func mayLieElsewhere(_ type: String) -> Bool {
    !AssertionType.isActions(type) && AssertionType.ingredientVersion(type) == nil
      && !type.hasPrefix("c2pa.hash.") && type != AssertionType.cloudData
  }
}
