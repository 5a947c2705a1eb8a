import CBOR
public import StrictJSON

/// The JSON form of a definition: that of the reference library's manifest definition files, as far
/// as this library carries it. What it does not carry is refused rather than dropped.
extension ManifestDefinition {
  /// Members that say how to sign rather than what: whoever signs looks at them.
  public static let signingMembers = [
    "alg", "private_key", "sign_cert", "ta_url", "base_path", "ingredient_paths",
  ]

  /// - Parameter file: reads a file that the definition names, relative to the definition.
  /// - Throws: `.definition` with the path of the member that cannot be used.
  public init(
    json: JSONValue, file: (String) throws -> [UInt8]
  ) throws(SigningError) {
    let reader = DefinitionReader(json, at: "")
    // `format` is what the file is, and that is looked at instead.
    try reader.allow(
      ["claim_generator_info", "title", "format", "assertions", "ingredients", "claim_version"]
        + ["thumbnail", "redactions"] + Self.signingMembers)
    if let version = json["claim_version"], version.integer != 2 {
      throw .definition("claim_version: only version 2 is written")
    }
    guard let info = json["claim_generator_info"] else {
      throw .definition("claim_generator_info is missing")
    }
    let generator = try DefinitionReader(info.array?.first ?? info, at: "claim_generator_info")
      .generator()
    var actions: [ActionDefinition] = []
    var allIncluded = true
    var assertions: [AssertionDefinition] = []
    for reader in try reader.list("assertions") {
      let label = try reader.text("label")
      if label == "c2pa.actions" || label == "c2pa.actions.v2" {
        let data = try reader.member("data")
        try data.allow("actions", "allActionsIncluded")
        for item in try data.list("actions") { actions.append(try item.action()) }
        allIncluded = try data.flag("allActionsIncluded") ?? true
      } else {
        assertions.append(try reader.assertion(label))
      }
    }
    if json["thumbnail"] != nil {
      let picture = try reader.member("thumbnail").resource(file)
      assertions.append(
        AssertionDefinition(
          label: "c2pa.thumbnail.claim",
          content: .file(mediaType: picture.mediaType, bytes: picture.bytes)))
    }
    var ingredients: [IngredientDefinition] = []
    for (index, reader) in try reader.list("ingredients").enumerated() {
      ingredients.append(try reader.ingredient(index, file: file))
    }
    self.init(
      generator: generator, title: try reader.optionalText("title"), actions: actions,
      allActionsIncluded: allIncluded, assertions: assertions, ingredients: ingredients,
      redactions: try reader.texts("redactions").map { Redaction(uri: $0) })
  }
}

/// One object of a definition with its place, for error messages.
private struct DefinitionReader {
  let value: JSONValue
  let path: String

  init(_ value: JSONValue, at path: String) {
    self.value = value
    self.path = path
  }

  private func place(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  func allow(_ names: String...) throws(SigningError) { try allow(names) }

  func allow(_ names: [String]) throws(SigningError) {
    guard let members = value.members else {
      throw .definition("\(path.isEmpty ? "the definition" : path) must be an object")
    }
    for member in members where !names.contains(member.name) {
      throw .definition("\(place(member.name)) is not known here")
    }
  }

  func optionalText(_ name: String) throws(SigningError) -> String? {
    guard let found = value[name] else { return nil }
    guard let text = found.string else { throw .definition("\(place(name)) must be a text") }
    return text
  }

  func text(_ name: String) throws(SigningError) -> String {
    guard let text = try optionalText(name) else {
      throw .definition("\(place(name)) is missing")
    }
    return text
  }

  func flag(_ name: String) throws(SigningError) -> Bool? {
    guard let found = value[name] else { return nil }
    guard let flag = found.bool else { throw .definition("\(place(name)) must be true or false") }
    return flag
  }

  func member(_ name: String) throws(SigningError) -> DefinitionReader {
    guard let found = value[name] else { throw .definition("\(place(name)) is missing") }
    return DefinitionReader(found, at: place(name))
  }

  func list(_ name: String) throws(SigningError) -> [DefinitionReader] {
    guard let found = value[name] else { return [] }
    guard let items = found.array else { throw .definition("\(place(name)) must be a list") }
    return items.enumerated().map { DefinitionReader($1, at: "\(place(name))[\($0)]") }
  }

  func texts(_ name: String) throws(SigningError) -> [String] {
    var texts: [String] = []
    for item in try list(name) {
      guard let text = item.value.string else { throw .definition("\(item.path) must be a text") }
      texts.append(text)
    }
    return texts
  }

  func generator() throws(SigningError) -> GeneratorInfo {
    if let name = value.string { return GeneratorInfo(name: name) }
    try allow("name", "version", "operating_system", "specVersion")
    return GeneratorInfo(
      name: try text("name"), version: try optionalText("version"),
      operatingSystem: try optionalText("operating_system"),
      specVersion: try optionalText("specVersion"))
  }

  /// Members of an action that go into the manifest as they are.
  private static let carriedMembers = ["changes", "related", "whenStart", "whenEnd"]

  func action() throws(SigningError) -> ActionDefinition {
    try allow(
      ["action", "when", "digitalSourceType", "softwareAgent", "description", "reason"]
        + ["parameters"] + Self.carriedMembers)
    var action = ActionDefinition(
      try text("action"), when: try optionalText("when"),
      digitalSourceType: try optionalText("digitalSourceType"),
      softwareAgent: value["softwareAgent"] == nil ? nil : try member("softwareAgent").generator(),
      description: try optionalText("description"), reason: try optionalText("reason"))
    for name in Self.carriedMembers {
      if let other = value[name] { action.others.append(.init(.text(name), CBORValue(other))) }
    }
    guard value["parameters"] != nil else { return action }
    let parameters = try member("parameters")
    guard let members = parameters.value.members else {
      throw .definition("\(parameters.path) must be an object")
    }
    action.ingredients = try parameters.texts("ingredientIds")
    action.relatedAssertions = try parameters.texts("relatedAssertions")
    // An older spelling of the reference library.
    action.ingredients += try parameters.texts("org.cai.ingredientIds")
    let resolved = ["ingredientIds", "relatedAssertions", "org.cai.ingredientIds"]
    for member in members where !resolved.contains(member.name) {
      action.parameters.append(.init(.text(member.name), CBORValue(member.value)))
    }
    return action
  }

  func assertion(_ label: String) throws(SigningError) -> AssertionDefinition {
    try allow("label", "data", "kind", "created")
    let data = try member("data").value
    let kind = try optionalText("kind") ?? "Cbor"
    let content: AssertionDefinition.Content
    switch kind.lowercased() {
    case "cbor": content = .cbor(CBORValue(data))
    case "json": content = .json(Array(data.compact.utf8))
    default: throw .definition("\(place("kind")) must be Cbor or Json")
    }
    return AssertionDefinition(
      label: label, content: content, isGathered: try flag("created") == false)
  }

  func ingredient(
    _ index: Int, file: (String) throws -> [UInt8]
  ) throws(SigningError) -> IngredientDefinition {
    try allow(
      "label", "title", "format", "relationship", "instance_id", "description",
      "digital_source_type", "data_types", "data", "thumbnail")
    let relationship = try optionalText("relationship") ?? "componentOf"
    guard let relation = Ingredient.Relationship(rawValue: relationship) else {
      throw .definition("\(place("relationship")) must be parentOf, componentOf or inputTo")
    }
    var types: [String] = []
    for item in try list("data_types") { types.append(try item.text("type")) }
    let instanceID = try optionalText("instance_id")
    var ingredient = IngredientDefinition(
      id: try optionalText("label") ?? instanceID ?? "ingredient-\(index)",
      relationship: relation, title: try optionalText("title"),
      format: try optionalText("format"), instanceID: instanceID,
      description: try optionalText("description"),
      digitalSourceType: try optionalText("digital_source_type"), dataTypes: types)
    if value["data"] != nil {
      let data = try member("data").resource(file)
      ingredient.data = .embedded(mediaType: data.mediaType, bytes: data.bytes)
    }
    if value["thumbnail"] != nil {
      let picture = try member("thumbnail").resource(file)
      ingredient.thumbnail = .init(mediaType: picture.mediaType, bytes: picture.bytes)
    }
    return ingredient
  }

  /// `format` and, in `identifier`, the name of a file.
  func resource(
    _ file: (String) throws -> [UInt8]
  ) throws(SigningError) -> (mediaType: String, bytes: [UInt8]) {
    try allow("format", "identifier")
    let name = try text("identifier")
    do { return (try text("format"), try file(name)) } catch let error as SigningError {
      throw error
    } catch {
      throw .definition("\(place("identifier")): \(error)")
    }
  }
}

extension CBORValue {
  /// The same value; JSON has no bytes and no tags, so neither has the result.
  init(_ value: JSONValue) {
    switch value {
    case .null: self = .null
    case .bool(let flag): self = .bool(flag)
    case .integer(let number): self = .integer(number)
    case .real(let number): self = .float(number)
    case .string(let text): self = .text(text)
    case .array(let items): self = .array(items.map { CBORValue($0) })
    case .object(let members):
      self = .map(members.map { Pair(.text($0.name), CBORValue($0.value)) })
    }
  }
}
