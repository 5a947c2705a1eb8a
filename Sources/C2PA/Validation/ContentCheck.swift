import Bytes
import CBOR
import Containers
import JUMBF

/// C2PA 2.5 section 14.12: is the content the one that the active manifest was made for?
struct ContentCheck {
  let asset: any ByteSource
  let format: AssetFormat
  /// Nil when the manifest came from outside the asset.
  let embedded: EmbeddedStore?
  let fragments: [any ByteSource]
  /// The files beside the asset, where it is the manifest of several.
  let members: (any CollectionMembers)?

  /// The manifest whose binding counts: the active one or, below updates, the first standard
  /// manifest that the parents lead to.
  static func bindingManifest(
    from active: ManifestUnderTest, open: (Manifest) -> ManifestUnderTest?,
    _ session: ValidationSession
  ) -> ManifestUnderTest? {
    var current = active
    var visited: Set<String> = [active.label]
    while current.manifest.kind == .update {
      let parent = IngredientCheck.ingredients(current)
        .first { $0.value.relationship == .parentOf }?.value.activeManifest
      guard let parent, let (next, _) = session.store.resolve(parent.url, from: current.label),
        visited.insert(next.label).inserted, let opened = open(next)
      else { return nil }
      current = opened
    }
    return current
  }

  func run(
    _ test: ManifestUnderTest?, active: ManifestUnderTest, _ session: ValidationSession
  ) -> [Finding] {
    guard let test else {
      return [
        Finding(
          .claimHardBindingsMissing, at: active.claimURI,
          "The update does not lead to a manifest that is bound to content.")
      ]
    }
    let references = test.claim.assertions.filter {
      guard let assertion = test.assertion(at: $0.url) else { return false }
      return AssertionType.hardBindings.contains(assertion.type)
    }
    guard references.count == 1, let assertion = test.assertion(at: references[0].url) else {
      // The structure check has said why; silence here could be read as a match.
      return [
        Finding(
          .claimHardBindingsMissing, at: test.claimURI,
          "No single binding to the content is there, so the content could not be compared.")
      ]
    }
    let uri = test.assertionURI(assertion.label)
    let comparison = session.compare(
      references[0], from: test.label, defaultAlgorithm: test.defaultAlgorithm)
    guard comparison == .match else {
      return [
        Finding(
          .assertionHashedURIMismatch, at: uri,
          "The binding to the content was itself altered, so the content could not be compared.")
      ]
    }
    guard let value = assertion.cbor else {
      return [
        Finding(
          .assertionCborInvalid, at: uri,
          "The binding to the content cannot be read, so the content could not be compared.")
      ]
    }
    return HardBinding.validate(
      assertionLabel: assertion.label, assertion: value, asset: asset, format: format,
      store: embedded, claimAlgorithm: test.defaultAlgorithm,
      hasUpdate: test.label != active.label, fragments: fragments, members: members
    ).map { $0.moved(to: uri) }
  }
}
