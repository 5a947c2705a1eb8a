import CBOR
import JUMBF

/// C2PA 2.5 section 14.10: actions and what they refer to. The rules came with claim version 2;
/// version 1 manifests could not meet them and are left alone.
enum ActionsCheck {
  private static let inception: Set<String> = ["c2pa.created", "c2pa.opened"]

  static func run(_ test: ManifestUnderTest, _ session: ValidationSession) -> [Finding] {
    guard test.claim.version == .v2 else { return checkVersion1(test) }
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

  /// Version 1 had one list of actions, and little to say about what stands in it.
  private static func checkVersion1(_ test: ManifestUnderTest) -> [Finding] {
    let lists = test.listed.filter(isActions)
    let isReadable = lists.allSatisfy { list in
      list.cbor.map(ActionsShape.isVersion1) ?? true
    }
    guard lists.count > 1 || !isReadable, let first = lists.first else { return [] }
    return [
      Finding(
        .assertionActionMalformed, at: test.assertionURI(first.label),
        isReadable
          ? "The manifest has \(lists.count) lists of actions; a claim of version 1 has one."
          : "The list of actions is malformed.")
    ]
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
    // Of the created lists or, where none is, of the gathered ones.
    let isLeading = decoded[0].1?.actions.first.map { inception.contains($0.name) } ?? false
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
    if let flaw = ActionsShape.flaw(of: value) {
      return [Finding(.assertionActionMalformed, at: uri, "The list of actions \(flaw).")]
    }
    guard let list = ActionsAssertion(value) else { return [] }
    return list.actions.flatMap { check($0, uri, isCreated: isCreated, test, session) }
      + IconCheck.run(list, at: uri, test, session)
  }

  private static func check(
    _ action: Action, _ uri: String, isCreated: Bool, _ test: ManifestUnderTest,
    _ session: ValidationSession
  ) -> [Finding] {
    var findings: [Finding] = []
    if let flaw = flaw(of: action) {
      findings.append(Finding(.assertionActionMalformed, at: uri, flaw))
    }
    switch action.name {
    case "c2pa.opened":
      findings += checkIngredients(
        action, uri, [.parentOf], required: 1...1, isCreated: isCreated, test)
    case "c2pa.placed":
      findings += checkIngredients(
        action, uri, [.componentOf], required: 1...Int.max, isCreated: isCreated, test)
    case "c2pa.removed":
      findings += checkRemoved(action, uri, required: 1...Int.max, test, session)
    case "c2pa.deleted":
      findings += checkRemoved(action, uri, required: 0...Int.max, test, session)
    case "c2pa.transcoded", "c2pa.repackaged":
      findings += checkIngredients(
        action, uri, [.parentOf], required: 0...Int.max, isCreated: isCreated, test)
    case "c2pa.redacted":
      let target = action.redactedURI.flatMap { JUMBFURI($0) }?.absolute(from: test.label)
      let isKnown = target.map {
        session.listedAssertions.contains($0) || session.redactedData.contains($0)
      }
      if isKnown != true {
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

  /// What is wrong with the action in itself, as a sentence.
  private static func flaw(of action: Action) -> String? {
    if action.name.isEmpty { return "An action does not say what was done." }
    let source = action.value.given("digitalSourceType")
    if action.name == "c2pa.created", source == nil {
      return "The content is said to be created, but not from what kind of source."
    }
    let languages = ["sourceLanguage", "targetLanguage"]
    if action.name == "c2pa.translated",
      languages.contains(where: { action.value["parameters"]?[$0]?.text == nil })
    {
      return "The content is said to be translated, but not from which language into which."
    }
    let start = action.value.given("whenStart")
    let end = action.value.given("whenEnd")
    if action.value.given("when") != nil, start != nil || end != nil {
      return "\(action.name) has both a moment and a period."
    }
    if let start = start?.moment, let end = end?.moment, start > end {
      return "\(action.name) ends before it begins."
    }
    return nil
  }

  /// What was taken out stood in the content as an ingredient of this or of an earlier manifest.
  private static func checkRemoved(
    _ action: Action, _ uri: String, required: ClosedRange<Int>, _ test: ManifestUnderTest,
    _ session: ValidationSession
  ) -> [Finding] {
    let isGood =
      required.contains(action.ingredients.count)
      && action.ingredients.allSatisfy { reference in
        guard let (manifest, box) = session.store.resolve(reference.url, from: test.label),
          AssertionType.ingredientVersion(Assertion.type(of: box.label)) != nil
        else { return false }
        guard manifest.label == test.label else { return true }
        return relationship(of: reference, test) == .componentOf
      }
    return isGood
      ? []
      : [
        Finding(
          .assertionActionIngredientMismatch, at: uri,
          "\(action.name) does not name the ingredients it must name.")
      ]
  }

  private static func relationship(
    of reference: HashedURI, _ test: ManifestUnderTest
  ) -> Ingredient.Relationship? {
    guard let target = test.assertion(at: reference.url),
      let version = AssertionType.ingredientVersion(target.type), let value = target.cbor
    else { return nil }
    return Ingredient(value, version: version).relationship
  }

  private static func checkIngredients(
    _ action: Action, _ uri: String, _ relationships: Set<Ingredient.Relationship>,
    required: ClosedRange<Int>, isCreated: Bool, _ test: ManifestUnderTest
  ) -> [Finding] {
    let mismatch = Finding(
      .assertionActionIngredientMismatch, at: uri,
      "\(action.name) does not name the ingredients it must name.")
    // A list that is given must not be empty, even where none need be given.
    guard required.contains(action.ingredients.count),
      !action.ingredients.isEmpty || !action.namesIngredients
    else { return [mismatch] }
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
