import CBOR

/// C2PA 2.5 section 14.10: actions and what they refer to. The rules came with claim version 2;
/// version 1 manifests could not meet them and are left alone.
enum ActionsCheck {
  private static let inception: Set<String> = ["c2pa.created", "c2pa.opened"]

  static func run(_ test: ManifestUnderTest, _ session: ValidationSession) -> [Finding] {
    guard test.claim.version == .v2 else { return [] }
    let created = test.created.filter(isActions)
    let gathered = test.gathered.filter(isActions)
    var findings: [Finding] = []
    if test.manifest.kind != .update { findings += checkInception(test, created, gathered) }
    for (assertions, isCreated) in [(created, true), (gathered, false)] {
      for assertion in assertions {
        findings += check(assertion, isCreated: isCreated, test, session)
      }
    }
    return findings
  }

  private static func isActions(_ assertion: Assertion) -> Bool {
    AssertionType.isActions(assertion.type)
  }

  /// Exactly one `c2pa.created` or `c2pa.opened`, first of the first actions assertion.
  private static func checkInception(
    _ test: ManifestUnderTest, _ created: [Assertion], _ gathered: [Assertion]
  ) -> [Finding] {
    let all = created + gathered
    guard !all.isEmpty else {
      // One that is listed and gone has its own finding.
      let isListed = test.claim.assertions.contains {
        AssertionType.isActions(Assertion.type(of: JUMBFURI($0.url)?.path.last ?? ""))
      }
      return isListed
        ? []
        : [
          Finding(
            .claimActionsMissing, at: test.claimURI,
            "The manifest does not say how the content came about.")
        ]
    }
    let decoded = all.map { ($0, $0.cbor.flatMap { ActionsAssertion($0) }) }
    let count = decoded.reduce(0) { sum, entry in
      sum + (entry.1?.actions.count { inception.contains($0.name) } ?? 0)
    }
    let leaders = [created.first, gathered.first].compactMap { $0 }
    let isLeading = leaders.contains { leader in
      guard let actions = leader.cbor.flatMap({ ActionsAssertion($0) }) else { return false }
      return actions.actions.first.map { inception.contains($0.name) } ?? false
    }
    guard count == 1, isLeading else {
      return [
        Finding(
          .assertionActionMalformed, at: test.assertionURI(all[0].label),
          "The list of actions must begin with exactly one that says whether the content was "
            + "created or opened.")
      ]
    }
    return []
  }

  private static func check(
    _ assertion: Assertion, isCreated: Bool, _ test: ManifestUnderTest,
    _ session: ValidationSession
  ) -> [Finding] {
    let uri = test.assertionURI(assertion.label)
    guard let value = assertion.cbor else { return [] }
    guard let list = ActionsAssertion(value), list.malformedCount == 0, !list.actions.isEmpty else {
      return [Finding(.assertionActionMalformed, at: uri, "The list of actions is malformed.")]
    }
    return list.actions.flatMap { check($0, uri, isCreated: isCreated, test, session) }
  }

  private static func check(
    _ action: Action, _ uri: String, isCreated: Bool, _ test: ManifestUnderTest,
    _ session: ValidationSession
  ) -> [Finding] {
    var findings: [Finding] = []
    if action.value["when"] != nil,
      action.value["whenStart"] != nil || action.value["whenEnd"] != nil
    {
      findings.append(
        Finding(
          .assertionActionMalformed, at: uri, "\(action.name) has both a moment and a period."))
    }
    switch action.name {
    case "c2pa.opened":
      findings += checkIngredients(
        action, uri, [.parentOf], required: 1...1, isCreated: isCreated, test)
    case "c2pa.placed":
      findings += checkIngredients(
        action, uri, [.componentOf], required: 1...Int.max, isCreated: isCreated, test)
    case "c2pa.transcoded", "c2pa.repackaged":
      findings += checkIngredients(
        action, uri, [.parentOf], required: 0...Int.max, isCreated: isCreated, test)
    case "c2pa.redacted":
      let target = action.redactedURI.flatMap { JUMBFURI($0) }?.manifestLabel(from: test.label)
      if target.flatMap({ session.store.manifest($0) }) == nil {
        findings.append(
          Finding(
            .assertionActionRedactionMismatch, at: uri,
            "An action reports a redaction without saying of what."))
      }
    case "c2pa.watermarked", "c2pa.watermarked.bound":
      if !test.hasSoftBinding {
        findings.append(
          Finding(
            .assertionActionSoftBindingMissing, at: uri,
            "A bound watermark is reported without the binding that would find it again."))
      }
    default: break
    }
    if let related = action.relatedAssertions {
      findings += checkRelated(related, action, uri, test, session)
    }
    return findings
  }

  private static func checkIngredients(
    _ action: Action, _ uri: String, _ relationships: Set<Ingredient.Relationship>,
    required: ClosedRange<Int>, isCreated: Bool, _ test: ManifestUnderTest
  ) -> [Finding] {
    let mismatch = Finding(
      .assertionActionIngredientMismatch, at: uri,
      "\(action.name) does not name the ingredients it must name.")
    guard required.contains(action.ingredients.count) else { return [mismatch] }
    var findings: [Finding] = []
    for reference in action.ingredients {
      guard let target = test.assertion(at: reference.url),
        let version = AssertionType.ingredientVersion(target.type),
        target.isRedacted
          || target.cbor.map({ value in
            Ingredient(value, version: version).relationship.map { relationships.contains($0) }
              ?? false
          }) ?? false
      else { return [mismatch] }
      if !(isCreated ? test.createdLabels : test.gatheredLabels).contains(target.label) {
        findings.append(
          Finding(
            .assertionActionIngredientLocationMismatch, at: uri,
            "\(action.name) and its ingredient stand in different lists of the claim."))
      }
    }
    return findings
  }

  private static func checkRelated(
    _ related: [HashedURI], _ action: Action, _ uri: String, _ test: ManifestUnderTest,
    _ session: ValidationSession
  ) -> [Finding] {
    let isGood =
      !related.isEmpty
      && related.allSatisfy { reference in
        guard let target = test.assertion(at: reference.url) else { return false }
        return !AssertionType.isActions(target.type)
          && AssertionType.ingredientVersion(target.type) == nil
          && session.compare(
            reference, from: test.label, defaultAlgorithm: test.defaultAlgorithm) == .match
      }
    return isGood
      ? []
      : [
        Finding(
          .assertionActionMalformed, at: uri, "\(action.name) refers to assertions it may not.")
      ]
  }
}
