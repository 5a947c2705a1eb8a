import CBOR

/// C2PA 2.5 section 16.2: what an assertion says about its own making.
enum MetadataCheck {
  static func run(_ assertion: Assertion, at uri: String) -> [Finding] {
    guard let value = assertion.cbor else { return [] }
    let metadata = assertion.type == AssertionType.assertionMetadata ? value : value["metadata"]
    guard let start = metadata?["processStart"]?.moment, let end = metadata?["processEnd"]?.moment,
      start > end
    else { return [] }
    return [
      Finding(
        .assertionMetadataMalformed, at: uri,
        "What \(assertion.label) describes is said to have ended before it began.")
    ]
  }
}
