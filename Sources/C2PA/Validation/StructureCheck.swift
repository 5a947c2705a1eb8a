import CBOR

/// C2PA 2.5 section 14.10: what a standard and an update manifest must and must not hold.
enum StructureCheck {
  /// The only actions an update manifest may report.
  private static let updateActions: Set<String> = [
    "c2pa.edited.metadata", "c2pa.opened", "c2pa.published", "c2pa.redacted",
  ]

  static func run(_ test: ManifestUnderTest) -> [Finding] {
    let assertions = test.listed
    let parents = assertions.filter {
      guard let version = AssertionType.ingredientVersion($0.type), let value = $0.cbor else {
        return false
      }
      return Ingredient(value, version: version).relationship == .parentOf
    }
    var findings: [Finding] = []
    if let code = test.manifest.uncoveredBox(test.claim.version) {
      findings.append(
        Finding(
          .uncoveredBox, at: test.uri,
          "The manifest holds a box (\(code)) that no hash and no signature covers."))
    }
    switch test.manifest.kind {
    case .update: return findings + update(test, assertions, parents)
    case .standard, .compressed: return findings + standard(test, assertions, parents)
    }
  }

  private static func standard(
    _ test: ManifestUnderTest, _ assertions: [Assertion], _ parents: [Assertion]
  ) -> [Finding] {
    var findings: [Finding] = []
    // Counted among what the claim lists, so that a binding which was taken away or damaged does
    // not pass for one that never was.
    // In version 2 the signer itself must have bound it.
    let bindings = test.claim.createdAssertions.filter {
      let type = Assertion.type(of: JUMBFURI($0.url)?.path.last ?? "")
      // The first BMFF hash bound nothing well, but the manifests that carry it are no less
      // well-formed; the content check does not accept it.
      return AssertionType.hardBindings.contains(type) || type == AssertionType.firstBMFFHash
    }
    if bindings.isEmpty {
      findings.append(
        Finding(
          .claimHardBindingsMissing, at: test.claimURI,
          "Nothing in the manifest binds it to this content."))
    } else if bindings.count > 1 {
      findings.append(
        Finding(
          .assertionMultipleHardBindings, at: test.uri,
          "The manifest binds itself to content in \(bindings.count) ways; one is allowed."))
    }
    if parents.count > 1 {
      findings.append(
        Finding(
          .manifestMultipleParents, at: test.uri,
          "The manifest names \(parents.count) parents; one is allowed."))
    }
    return findings
  }

  private static func update(
    _ test: ManifestUnderTest, _ assertions: [Assertion], _ parents: [Assertion]
  ) -> [Finding] {
    var findings: [Finding] = []
    let ingredients = assertions.filter { AssertionType.ingredientVersion($0.type) != nil }
    let isTied = parents.allSatisfy {
      $0.cbor?["activeManifest"] != nil && $0.cbor?["claimSignature"] != nil
    }
    if ingredients.count != 1 || parents.count != 1 || !isTied {
      findings.append(
        Finding(
          .manifestUpdateWrongParents, at: test.uri,
          "An update must name exactly one ingredient, the parent it updates, with "
            + "its manifest and signature."))
    }
    for assertion in assertions {
      let type = assertion.type
      if AssertionType.hardBindings.contains(type) || type == AssertionType.multiAssetHash
        || AssertionType.isThumbnail(type)
      {
        findings.append(
          Finding(
            .manifestUpdateInvalid, at: test.assertionURI(assertion.label),
            "An update may not carry \(assertion.label)."))
      }
      guard AssertionType.isActions(type), let value = assertion.cbor,
        let actions = ActionsAssertion(value)
      else { continue }
      for action in actions.actions where !updateActions.contains(action.name) {
        findings.append(
          Finding(
            .manifestUpdateInvalid, at: test.assertionURI(assertion.label),
            "An update may not report the action \(action.name)."))
      }
    }
    return findings
  }
}
