public import CBOR

/// One item of an actions assertion (C2PA 2.5 section 16.4.1).
public struct Action: Equatable, Sendable {
  public let name: String
  public let digitalSourceType: String?
  public let softwareAgent: GeneratorInfo?
  /// RFC 3339 as written; not checked.
  public let when: String?
  public let explanation: String?
  public let reason: String?
  /// Ingredients it is about; version 1 wrote a single one.
  public let ingredients: [HashedURI]
  /// Whether `parameters` names ingredients at all.
  public let namesIngredients: Bool
  public let relatedAssertions: [HashedURI]?
  public let redactedURI: String?
  public let value: CBORValue

  /// Nil unless `value` is a map with an `action`.
  init?(_ value: CBORValue, softwareAgents: [GeneratorInfo]) {
    guard let name = value["action"]?.text else { return nil }
    self.name = name
    self.value = value
    digitalSourceType = value["digitalSourceType"]?.text
    if let index = value["softwareAgentIndex"]?.integer, softwareAgents.indices.contains(index) {
      softwareAgent = softwareAgents[index]
    } else {
      softwareAgent = GeneratorInfo(value["softwareAgent"])
    }
    when = value["when"]?.dateTime
    let parameters = value["parameters"]
    explanation = value["description"]?.text ?? parameters?["description"]?.text
    reason = value["reason"]?.text
    namesIngredients = parameters?["ingredients"] != nil || parameters?["ingredient"] != nil
    ingredients =
      parameters?["ingredients"]?.array?.compactMap { HashedURI($0) }
      ?? [HashedURI(parameters?["ingredient"])].compactMap { $0 }
    relatedAssertions = parameters?["relatedAssertions"]?.array?.compactMap { HashedURI($0) }
    redactedURI = parameters?["redacted"]?.text
  }
}

/// An actions assertion, either version.
public struct ActionsAssertion: Equatable, Sendable {
  public let actions: [Action]
  public let allActionsIncluded: Bool?
  /// The `icon` of each program and template of the list, as written.
  let softwareAgentIcons: [CBORValue?]

  /// Nil when there is no list of actions.
  public init?(_ value: CBORValue) {
    guard let items = value["actions"]?.array else { return nil }
    let agents = (value["softwareAgents"]?.array ?? []).map {
      GeneratorInfo($0) ?? GeneratorInfo(name: "unnamed")
    }
    softwareAgentIcons =
      ((value["softwareAgents"]?.array ?? []) + (value["templates"]?.array ?? [])).map {
        $0["icon"]
      }
    actions = items.compactMap { Action($0, softwareAgents: agents) }
    allActionsIncluded = value["allActionsIncluded"]?.bool
  }
}
