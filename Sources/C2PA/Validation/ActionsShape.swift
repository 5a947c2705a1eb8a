import CBOR

/// Whether an actions assertion has the form that C2PA 2.5 section 16.4.1 gives it. A field of
/// another type would be read as absent, and the action as something else than was signed.
enum ActionsShape {
  /// What is wrong, to go behind "the list of actions"; nil when nothing is.
  static func flaw(of list: CBORValue) -> String? {
    guard list.pairs != nil, let actions = list["actions"]?.array, !actions.isEmpty else {
      return "names no actions"
    }
    for action in actions {
      if let flaw = flaw(ofAction: action) { return flaw }
    }
    if let value = list.given("softwareAgents") {
      guard let agents = value.array, agents.allSatisfy(isAgent) else {
        return "names its programs in a form that cannot be read"
      }
    }
    if let value = list.given("templates") {
      guard let templates = value.array, templates.allSatisfy({ $0["action"]?.text != nil }) else {
        return "has templates that cannot be read"
      }
    }
    for (key, holds) in [
      ("allActionsIncluded", { $0.bool != nil }), ("metadata", { $0.pairs != nil }),
    ] as [(String, (CBORValue) -> Bool)] {
      if let value = list.given(key), !holds(value) { return "has a \(key) of the wrong type" }
    }
    return nil
  }

  /// Version 1 was written in more ways than its text allowed, hashes as text among them: only that
  /// there is a list of named actions is asked of it.
  static func isVersion1(_ list: CBORValue) -> Bool {
    list["actions"]?.array?.allSatisfy { $0["action"]?.text != nil } ?? false
  }

  /// Keys of an action and what their values must be.
  private static let fields: [(key: String, holds: @Sendable (CBORValue) -> Bool)] = [
    ("action", { $0.text != nil }),
    ("when", isMoment), ("whenStart", isBound), ("whenEnd", isBound),
    ("softwareAgent", { $0.text != nil || isAgent($0) }),
    ("softwareAgentIndex", { $0.length != nil }),
    ("digitalSourceType", { $0.text != nil }), ("description", { $0.text != nil }),
    ("reason", { $0.text != nil }), ("changed", { $0.text != nil }),
    ("changes", { $0.array?.allSatisfy { $0.pairs != nil } ?? false }),
    ("parameters", { flaw(ofParameters: $0) == nil }),
    ("related", { $0.array?.allSatisfy { flaw(ofAction: $0) == nil } ?? false }),
  ]

  private static func flaw(ofAction action: CBORValue) -> String? {
    guard let name = action["action"]?.text else { return "has an entry that is no action" }
    for (key, holds) in fields {
      if let value = action.given(key), !holds(value) {
        return "gives \(name) a \(key) that cannot be read"
      }
    }
    return nil
  }

  private static func flaw(ofParameters value: CBORValue) -> String? {
    guard value.pairs != nil else { return "parameters" }
    for key in ["ingredients", "relatedAssertions"] {
      if let list = value.given(key) {
        guard let items = list.array, items.allSatisfy({ HashedURI($0) != nil }) else { return key }
      }
    }
    if let single = value.given("ingredient"), HashedURI(single) == nil { return "ingredient" }
    for key in ["redacted", "sourceLanguage", "targetLanguage"] {
      if let value = value.given(key), value.text == nil { return key }
    }
    return nil
  }

  private static func isAgent(_ value: CBORValue) -> Bool { value["name"]?.text != nil }

  /// RFC 3339 under tag 0; old writers left the tag out.
  private static func isMoment(_ value: CBORValue) -> Bool { value.dateTime != nil }

  private static func isBound(_ value: CBORValue) -> Bool {
    isMoment(value) || value["value"].map(isMoment) ?? false
  }
}
