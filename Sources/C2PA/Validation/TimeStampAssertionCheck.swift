import CBOR

/// C2PA 2.5 section 16.7.2: time stamps that were added later, by the manifest they are for.
enum TimeStampAssertionCheck {
  static func run(_ value: CBORValue, at uri: String) -> [Finding] {
    let pairs = value.pairs ?? []
    let isGood =
      !pairs.isEmpty && pairs.allSatisfy { $0.key.text != nil && $0.value.bytes != nil }
    return isGood
      ? []
      : [
        Finding(
          .assertionTimestampMalformed, at: uri,
          "The time stamps that were added later are no map of manifests to tokens.")
      ]
  }
}
