import CBOR

extension ManifestDefinition {
  /// Refuses what a validator would refuse in a standard manifest (C2PA 2.5 sections 10 and
  /// 16.4.1).
  func check() throws(SigningError) {
    guard !generator.name.isEmpty else { throw .definition("the claim generator has no name") }
    let inception: Set = ["c2pa.created", "c2pa.opened"]
    guard let first = actions.first, inception.contains(first.action) else {
      throw .definition("the first action must be c2pa.created or c2pa.opened")
    }
    guard !actions.dropFirst().contains(where: { inception.contains($0.action) }) else {
      throw .definition("only the first action may be c2pa.created or c2pa.opened")
    }
    if first.action == "c2pa.created", first.digitalSourceType == nil {
      throw .definition("c2pa.created needs a digitalSourceType")
    }
    let parents = ingredients.filter { $0.relationship == .parentOf }
    guard parents.count <= 1 else { throw .definition("more than one ingredient is parentOf") }
    if first.action == "c2pa.opened", first.ingredients != parents.map(\.id) || parents.isEmpty {
      throw .definition("c2pa.opened refers to exactly the ingredient that is parentOf")
    }
    let names = ingredients.map(\.id) + assertions.map(\.id)
    guard Set(names).count == names.count else {
      throw .definition("two ingredients or assertions have the same id")
    }
    for ingredient in ingredients
    where ingredient.manifest != nil && ingredient.digitalSourceType != nil {
      throw .definition(
        "the ingredient \(ingredient.id) has a manifest, so its digitalSourceType stands there")
    }
    let reserved = ["c2pa.hash.", "c2pa.actions", "c2pa.ingredient"]
    for assertion in assertions {
      guard !reserved.contains(where: { assertion.label.hasPrefix($0) }) else {
        throw .definition("\(assertion.label) is written by the signer, not given to it")
      }
      guard AssertionDefinition.isLabel(assertion.label) else {
        throw .definition("\"\(assertion.label)\" is no assertion label")
      }
    }
    if isUpdate { try checkUpdate() }
    for action in actions where action.action == "c2pa.watermarked.bound" {
      guard assertions.contains(where: { $0.label == "c2pa.soft-binding" }) else {
        throw .definition("c2pa.watermarked.bound needs a c2pa.soft-binding assertion")
      }
    }
  }
}

extension ManifestDefinition {
  /// C2PA 2.5 section 11.2.3: what an update may say.
  private func checkUpdate() throws(SigningError) {
    guard ingredients.count == 1, ingredients[0].relationship == .parentOf,
      ingredients[0].manifest != nil
    else {
      throw .definition("an update has one ingredient: the file's own manifest, as parentOf")
    }
    guard ingredients[0].thumbnail == nil else {
      throw .definition("an update carries no thumbnail, its ingredient's included")
    }
    let allowed = ["c2pa.opened", "c2pa.edited.metadata", "c2pa.published", "c2pa.redacted"]
    for action in actions where !allowed.contains(action.action) {
      throw .definition(
        "an update leaves the content as it is, so \(action.action) has no place in it")
    }
    for assertion in assertions
    where assertion.label.hasPrefix("c2pa.thumbnail") || assertion.label.contains("multi-asset") {
      throw .definition("an update carries no \(assertion.label)")
    }
  }
}

extension AssertionDefinition {
  /// Components of letters, digits, `-` and `_`, joined by dots.
  static func isLabel(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count >= 2
      && parts.allSatisfy { part in
        !part.isEmpty
          && part.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
              UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
              true
            default: false
            }
          }
      } && !text.contains("__")
  }
}

extension ActionDefinition {
  /// The item with its references resolved to hashed URIs.
  func cbor(
    ingredients known: [String: CBORValue], assertions: [String: CBORValue]
  ) throws(SigningError) -> CBORValue {
    var pairs: [CBORValue.Pair] = [.init("action", .text(action))]
    if let when { pairs.append(.init("when", .tagged(tag: 0, .text(when)))) }
    if let digitalSourceType {
      pairs.append(.init("digitalSourceType", .text(digitalSourceType)))
    }
    if let softwareAgent { pairs.append(.init("softwareAgent", softwareAgent.cbor)) }
    if let description { pairs.append(.init("description", .text(description))) }
    if let reason { pairs.append(.init("reason", .text(reason))) }
    pairs += others
    var parameters = self.parameters
    func references(
      _ ids: [String], _ table: [String: CBORValue]
    ) throws(SigningError) -> CBORValue {
      var list: [CBORValue] = []
      for id in ids {
        guard let reference = table[id] else {
          throw .definition("the action \(action) refers to \"\(id)\", which is not there")
        }
        list.append(reference)
      }
      return .array(list)
    }
    if !ingredients.isEmpty {
      parameters.append(.init("ingredients", try references(ingredients, known)))
    }
    if !relatedAssertions.isEmpty {
      parameters.append(
        .init("relatedAssertions", try references(relatedAssertions, assertions)))
    }
    if !parameters.isEmpty { pairs.append(.init("parameters", .map(parameters))) }
    return .map(pairs)
  }
}
