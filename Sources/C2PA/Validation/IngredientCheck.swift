import JUMBF

/// C2PA 2.5 section 14.11: ingredient assertions, and the manifests they brought along.
enum IngredientCheck {
  /// The ingredients that a manifest's claim lists, where they can be read.
  static func ingredients(_ test: ManifestUnderTest) -> [(assertion: Assertion, value: Ingredient)]
  {
    test.listed.compactMap { assertion in
      guard let version = AssertionType.ingredientVersion(assertion.type),
        let value = assertion.cbor
      else { return nil }
      return (assertion, Ingredient(value, version: version))
    }
  }

  /// What is wrong with the assertion itself and with its link to the manifest it names.
  static func run(_ test: ManifestUnderTest, _ session: ValidationSession) -> [Finding] {
    ingredients(test).flatMap { check($0.assertion, $0.value, test, session) }
  }

  private static func check(
    _ assertion: Assertion, _ ingredient: Ingredient, _ test: ManifestUnderTest,
    _ session: ValidationSession
  ) -> [Finding] {
    let uri = test.assertionURI(assertion.label)
    var findings: [Finding] = []
    let name = ingredient.title ?? assertion.label
    if let flaw = flaw(of: ingredient) {
      findings.append(
        Finding(.assertionIngredientMalformed, at: uri, "The ingredient \(name) \(flaw)."))
    }
    for reference in ingredient.references {
      findings += checkReference(reference, uri, test, session)
    }
    guard ingredient.namesManifest else {
      findings.append(
        Finding(
          .ingredientUnknownProvenance, at: uri,
          "The ingredient \(name) came without Content Credentials of its own."))
      return findings
    }
    guard let link = ingredient.activeManifest else { return findings }
    guard let (target, box) = session.store.resolve(link.url, from: test.label),
      box.range == target.box.range
    else {
      findings.append(
        Finding(
          .ingredientManifestMissing, at: uri,
          "The Content Credentials of the ingredient \(name) are not there."))
      return findings
    }
    findings += checkLink(link, to: target, ingredient, name, uri, test, session)
    return findings
  }

  private static func flaw(of ingredient: Ingredient) -> String? {
    if ingredient.relationship == nil { return "does not say how it was used" }
    if ingredient.namesManifest, ingredient.activeManifest == nil {
      return "names its manifest in a form that cannot be followed"
    }
    if ingredient.version < 3 {
      if ingredient.title == nil { return "has no title" }
      if ingredient.format == nil { return "does not say what kind of file it is" }
      return ingredient.version == 1 && ingredient.instanceID == nil ? "has no identifier" : nil
    }
    if !ingredient.areRecordedResultsReadable {
      return "records how its manifest was validated in a form that cannot be read"
    }
    guard ingredient.namesManifest else { return nil }
    if ingredient.digitalSourceType != nil { return "has both a manifest and a source type" }
    if ingredient.hasRelatedAssertions { return "has both a manifest and related assertions" }
    if !ingredient.hasRecordedResults { return "does not record how its manifest was validated" }
    return nil
  }

  /// By manifest hash, or by claim signature where a redaction changed the manifest.
  private static func checkLink(
    _ link: HashedURI, to target: Manifest, _ ingredient: Ingredient, _ name: String,
    _ uri: String, _ test: ManifestUnderTest, _ session: ValidationSession
  ) -> [Finding] {
    guard session.redactedManifests.contains(target.label) else {
      switch session.compare(link, from: test.label, defaultAlgorithm: test.defaultAlgorithm) {
      case .match:
        return [
          Finding(
            .ingredientManifestValidated, at: uri,
            "The Content Credentials of the ingredient \(name) are the ones it came with.")
        ]
      case .unknownAlgorithm(let algorithm):
        return [
          Finding(
            .algorithmUnsupported, at: uri,
            "The ingredient \(name) is tied by an unsupported hash (\(algorithm)).")
        ]
      case .mismatch where session.matchesClaimAlone(link, target, ingredient, test):
        return [
          Finding(
            .ingredientManifestValidated, at: uri,
            "The claim of the ingredient \(name) is the one it came with.")
        ]
      case .mismatch, .unresolved:
        return [
          Finding(
            .ingredientManifestMismatch, at: uri,
            "The Content Credentials of the ingredient \(name) were changed afterwards.")
        ]
      }
    }
    guard let signature = ingredient.claimSignature else {
      return [
        Finding(
          .ingredientClaimSignatureMissing, at: uri,
          "The ingredient \(name) was redacted, and no signature ties it here any more.")
      ]
    }
    let target = session.store.resolve(signature.url, from: test.label)?.manifest.label
    switch session.compare(signature, from: test.label, defaultAlgorithm: test.defaultAlgorithm) {
    case .match where target == JUMBFURI(link.url)?.manifestLabel(from: test.label):
      return [
        Finding(
          .ingredientClaimSignatureValidated, at: uri,
          "The redacted ingredient \(name) still carries its own signature.")
      ]
    case .unresolved:
      return [
        Finding(
          .ingredientClaimSignatureMissing, at: uri,
          "The signature of the ingredient \(name) is not there.")
      ]
    default:
      return [
        Finding(
          .ingredientClaimSignatureMismatch, at: uri,
          "The signature of the ingredient \(name) was exchanged.")
      ]
    }
  }

  private static func checkReference(
    _ reference: HashedURI, _ uri: String, _ test: ManifestUnderTest,
    _ session: ValidationSession
  ) -> [Finding] {
    // Version 1 pointed into the ingredient's own manifest, which may have been redacted since.
    if let absolute = JUMBFURI(reference.url)?.absolute(from: test.label),
      session.redactions.contains(absolute)
    {
      return [
        Finding(.assertionRedacted, at: uri, "What this refers to was removed by a later signer.")
      ]
    }
    switch session.compare(reference, from: test.label, defaultAlgorithm: test.defaultAlgorithm) {
    case .match: return []
    case .unresolved:
      return [Finding(.hashedURIMissing, at: uri, "The ingredient refers to something not there.")]
    case .mismatch:
      return [
        Finding(
          .hashedURIMismatch, at: uri, "What the ingredient refers to was changed afterwards.")
      ]
    case .unknownAlgorithm(let name):
      return [
        Finding(.algorithmUnsupported, at: uri, "A hash algorithm is not supported (\(name)).")
      ]
    }
  }
}
