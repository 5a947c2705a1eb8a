public import CBOR

/// What a new manifest is to say. The signer adds the hard binding, the labels, the salts
/// and every hash.
public struct ManifestDefinition: Equatable, Sendable {
  /// The program that makes the claim (C2PA 2.5 section 10.2).
  public var generator: GeneratorInfo
  public var title: String?
  /// In order; the first is `c2pa.created` or `c2pa.opened`, and no other is.
  public var actions: [ActionDefinition]
  /// Whether `actions` is all that was done (required since 2.5).
  public var allActionsIncluded: Bool
  public var assertions: [AssertionDefinition]
  public var ingredients: [IngredientDefinition]
  /// Whether it says something more about content that stays as it is (C2PA 2.5 section 11.2): its
  /// one ingredient is the manifest so far, and it has no hard binding.
  public var isUpdate: Bool
  /// Assertions to take out of ingredients' manifests.
  public var redactions: [Redaction]

  public init(
    generator: GeneratorInfo, title: String? = nil, actions: [ActionDefinition],
    allActionsIncluded: Bool = true, assertions: [AssertionDefinition] = [],
    ingredients: [IngredientDefinition] = [], isUpdate: Bool = false,
    redactions: [Redaction] = []
  ) {
    self.generator = generator
    self.title = title
    self.actions = actions
    self.allActionsIncluded = allActionsIncluded
    self.assertions = assertions
    self.ingredients = ingredients
    self.isUpdate = isUpdate
    self.redactions = redactions
  }
}

/// One item of `c2pa.actions.v2` (C2PA 2.5 section 16.4.1).
public struct ActionDefinition: Equatable, Sendable {
  /// `c2pa.created`, `c2pa.edited` … or an entity's own.
  public var action: String
  /// RFC 3339 with a zone.
  public var when: String?
  /// A whole URI, such as those of `DigitalSourceType`.
  public var digitalSourceType: String?
  public var softwareAgent: GeneratorInfo?
  public var description: String?
  public var reason: String?
  /// Further parameters; references go into the next two.
  public var parameters: [CBORValue.Pair]
  /// `id` of ingredients of the same definition.
  public var ingredients: [String]
  /// `id` of assertions of the same definition.
  public var relatedAssertions: [String]
  /// Members that this library has no word for: `changes`, `related`, `whenStart` …
  public var others: [CBORValue.Pair] = []

  public init(
    _ action: String, when: String? = nil, digitalSourceType: String? = nil,
    softwareAgent: GeneratorInfo? = nil, description: String? = nil, reason: String? = nil,
    parameters: [CBORValue.Pair] = [], ingredients: [String] = [],
    relatedAssertions: [String] = []
  ) {
    self.action = action
    self.when = when
    self.digitalSourceType = digitalSourceType
    self.softwareAgent = softwareAgent
    self.description = description
    self.reason = reason
    self.parameters = parameters
    self.ingredients = ingredients
    self.relatedAssertions = relatedAssertions
  }
}

/// IPTC digital source types (C2PA 2.5 section 16.4.1.4.5). The scheme is `http`, as registered.
public enum DigitalSourceType {
  private static let vocabulary = "http://cv.iptc.org/newscodes/digitalsourcetype/"

  /// Wholly made by a trained model.
  public static let trainedAlgorithmicMedia = vocabulary + "trainedAlgorithmicMedia"
  /// Other media partly changed by a trained model.
  public static let compositeWithTrainedAlgorithmicMedia =
    vocabulary + "compositeWithTrainedAlgorithmicMedia"
  /// Made by an algorithm that was not trained on data: test pictures, slates, graphics.
  public static let algorithmicMedia = vocabulary + "algorithmicMedia"
  public static let compositeSynthetic = vocabulary + "compositeSynthetic"
  public static let digitalCapture = vocabulary + "digitalCapture"
  public static let humanEdits = vocabulary + "humanEdits"
}

/// An assertion besides actions, ingredients and hard binding.
public struct AssertionDefinition: Equatable, Sendable {
  public enum Content: Equatable, Sendable {
    case cbor(CBORValue)
    /// UTF-8 JSON text, stored as it is.
    case json([UInt8])
    /// An embedded file.
    case file(mediaType: String, bytes: [UInt8])
  }

  /// Name by which actions of the same definition refer to it; the label unless told otherwise.
  public var id: String
  /// Without the `__1` that a second one of the same label gets.
  public var label: String
  public var content: Content
  /// Whether it is listed as gathered (somebody else's statement) rather than created.
  public var isGathered: Bool

  public init(id: String? = nil, label: String, content: Content, isGathered: Bool = false) {
    self.id = id ?? label
    self.label = label
    self.content = content
    self.isGathered = isGathered
  }

  /// `c2pa.ai-disclosure` (C2PA 2.5 section 16.8.2): which kind of model made the content.
  ///
  /// - Parameters:
  ///   - modelType: `c2pa.types.model`, `c2pa.types.model.onnx` …
  ///   - modelIdentifier: a URI or package URL.
  ///   - oversight: `fully_autonomous`, `prompt_guided` or `human_validated`.
  public static func aiDisclosure(
    modelType: String, modelName: String? = nil, modelIdentifier: String? = nil,
    oversight: String? = nil
  ) -> AssertionDefinition {
    var pairs: [CBORValue.Pair] = [.init("modelType", .text(modelType))]
    if let modelName { pairs.append(.init("modelName", .text(modelName))) }
    if let modelIdentifier { pairs.append(.init("modelIdentifier", .text(modelIdentifier))) }
    if let oversight {
      pairs.append(.init("contentProfile", ["humanOversightLevel": .text(oversight)]))
    }
    return AssertionDefinition(label: "c2pa.ai-disclosure", content: .cbor(.map(pairs)))
  }

  /// `c2pa.soft-binding` over the whole asset.
  ///
  /// - Parameters:
  ///   - algorithm: a name of the C2PA soft binding algorithm list, or an entity's own.
  ///   - value: in the algorithm's own form.
  public static func softBinding(algorithm: String, value: [UInt8]) -> AssertionDefinition {
    AssertionDefinition(
      label: "c2pa.soft-binding",
      content: .cbor([
        "alg": .text(algorithm), "blocks": [["scope": [:], "value": .bytes(value)]],
        "pad": .bytes([]),
      ]))
  }

  /// `c2pa.external-reference`: something that lies elsewhere, such as the
  /// record of a decision. Hash and size are given both or neither.
  public static func externalReference(
    url: String, sha256: [UInt8]? = nil, mediaType: String? = nil, size: Int? = nil,
    dataTypes: [String] = [], description: String? = nil
  ) -> AssertionDefinition {
    var location: [CBORValue.Pair] = [.init("url", .text(url))]
    if let sha256 {
      location.append(.init("alg", "sha256"))
      location.append(.init("hash", .bytes(sha256)))
    }
    if let mediaType { location.append(.init("dc:format", .text(mediaType))) }
    if let size { location.append(.init("size", .integer(size))) }
    if !dataTypes.isEmpty {
      location.append(.init("data_types", .array(dataTypes.map { ["type": .text($0)] })))
    }
    var pairs: [CBORValue.Pair] = [.init("location", .map(location))]
    if let description { pairs.append(.init("description", .text(description))) }
    return AssertionDefinition(
      label: "c2pa.external-reference", content: .cbor(.map(pairs)), isGathered: true)
  }
}
