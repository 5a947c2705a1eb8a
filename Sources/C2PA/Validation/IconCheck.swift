import CBOR

/// C2PA 2.5 sections 14.6 and 14.10: the icons of the programs that made the claim and did the
/// actions are hashed URIs into the same store.
enum IconCheck {
  /// Of the claim's generators.
  static func run(_ test: ManifestUnderTest, _ session: ValidationSession) -> [Finding] {
    let info = test.claim.value["claim_generator_info"]
    let maps = info?.array ?? [info].compactMap { $0 }
    return maps.flatMap { check($0["icon"], at: test.claimURI, test, session) }
  }

  /// Of an actions assertion's programs and templates.
  static func run(
    _ list: ActionsAssertion, at uri: String, _ test: ManifestUnderTest,
    _ session: ValidationSession
  ) -> [Finding] {
    (list.softwareAgentIcons + list.actions.map { $0.value["softwareAgent"]?["icon"] })
      .flatMap { check($0, at: uri, test, session) }
  }

  private static func check(
    _ value: CBORValue?, at uri: String, _ test: ManifestUnderTest, _ session: ValidationSession
  ) -> [Finding] {
    // One that lies elsewhere is fetched by whoever shows it, not here.
    guard let reference = HashedURI(value), reference.url.hasPrefix("self#") else { return [] }
    switch session.compare(reference, from: test.label, defaultAlgorithm: test.defaultAlgorithm) {
    case .match: return []
    case .unresolved:
      return [Finding(.hashedURIMissing, at: uri, "An icon is referred to that is not there.")]
    case .mismatch:
      return [Finding(.hashedURIMismatch, at: uri, "An icon was changed after it was signed.")]
    case .unknownAlgorithm(let name):
      return [
        Finding(.algorithmUnsupported, at: uri, "A hash algorithm is not supported (\(name)).")
      ]
    }
  }
}
