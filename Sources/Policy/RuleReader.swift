import Evidence
import StrictJSON

extension DiagnosticCollector {
  static let ruleMembers = [
    "id", "on", "when", "over", "then", "category", "say", "mode", "may_be_loosened", "note",
  ]

  mutating func rules(_ value: JSONValue, at path: [JSONStep]) -> [Rule] {
    guard let elements = array(value, at: path, what: "\"rules\"") else { return [] }
    guard elements.count <= PolicyDocument.ruleLimit else {
      report(
        "too-many", at: path,
        "a policy has at most \(PolicyDocument.ruleLimit) rules, and this has \(elements.count)")
      return []
    }
    var first: [String: Int] = [:]
    var rules: [Rule] = []
    for (index, element) in elements.enumerated() {
      let place = path + [.element(index)]
      if let id = element["id"]?.string {
        if let other = first[id] {
          report(
            "duplicate-rule", at: place + [.member("id")],
            "a rule called \"\(id)\" stands already at rules[\(other)]; give this one its own id")
        } else {
          first[id] = index
        }
      }
      if let rule = rule(element, at: place) { rules.append(rule) }
    }
    return rules
  }

  private mutating func rule(_ value: JSONValue, at path: [JSONStep]) -> Rule? {
    guard let members = object(value, at: path, what: "a rule") else { return nil }
    refuseUnknown(members, at: path, known: Self.ruleMembers, in: "a rule")
    let id = requiredString(value, "id", at: path, in: "a rule")
    if let id, !Self.isIdentifier(id) {
      report(
        "bad-name", at: path + [.member("id")],
        "a rule's id is made of lower-case letters, digits, \".\", \"-\" and \"_\"")
    }
    let on = evidenceKinds(value, at: path)
    var when: Condition?
    if let condition = value["when"] {
      var budget = Self.conditionLimit
      when = self.condition(
        condition, at: path + [.member("when")], depth: 0, budget: &budget)
      if let when { refuseConditionsWithoutEvidence(when, on: on, at: path) }
    } else {
      reportMissing("when", at: path, in: "a rule", "say what makes it fire")
    }
    var then: Outcome?
    if let outcome = value["then"] {
      // A rule that says "allow" could never change an outcome: the most severe rule wins.
      then = word(outcome, at: path + [.member("then")], what: "\"then\"") { $0 != .allow }
    } else {
      reportMissing("then", at: path, in: "a rule", "say flag, review or block")
    }
    let category = requiredString(value, "category", at: path, in: "a rule")
    let say = optionalString(value, "say", at: path)
    _ = optionalString(value, "note", at: path)
    let over = value["over"].flatMap { window($0, on: on, at: path + [.member("over")]) }
    let mode = value["mode"].map {
      word($0, at: path + [.member("mode")], what: "\"mode\"", Rule.Mode.self)
    }
    let mayBeLoosened = optionalBool(value, "may_be_loosened", at: path) ?? false
    guard let id, let when, let then, let category, !on.isEmpty else { return nil }
    return Rule(
      id: id, on: on, when: when, then: then, category: category, say: say, over: over,
      mode: (mode ?? .enforce) ?? .enforce, mayBeLoosened: mayBeLoosened)
  }

  private mutating func evidenceKinds(
    _ value: JSONValue, at path: [JSONStep]
  ) -> Set<EvidenceItem.Kind> {
    guard let on = value["on"] else {
      let kinds = EvidenceItem.Kind.allCases.map(\.rawValue).joined(separator: ", ")
      reportMissing("on", at: path, in: "a rule", "list what it judges: \(kinds)")
      return []
    }
    let place = path + [.member("on")]
    guard let elements = array(on, at: place, what: "\"on\"") else { return [] }
    if elements.isEmpty {
      report("empty", at: place, "\"on\" lists nothing, so that the rule could never fire")
    }
    var kinds: Set<EvidenceItem.Kind> = []
    for (index, element) in elements.enumerated() {
      if let kind: EvidenceItem.Kind = word(
        element, at: place + [.element(index)], what: "an entry of \"on\"")
      {
        kinds.insert(kind)
      }
    }
    return kinds
  }

  private mutating func window(
    _ value: JSONValue, on kinds: Set<EvidenceItem.Kind>, at path: [JSONStep]
  ) -> Rule.Window? {
    guard let members = object(value, at: path, what: "\"over\"") else { return nil }
    refuseUnknown(
      members, at: path, known: ["frames", "segments", "within_seconds"], in: "\"over\"")
    // More than an hour or a million frames is no clip that a window makes sense for.
    let frames = optionalInteger(
      value, "frames", at: path, in: 1...1_000_000, unit: "how many frames")
    let segments = optionalInteger(
      value, "segments", at: path, in: 1...1_000_000, unit: "how many transcript segments")
    let seconds = optionalNumber(
      value, "within_seconds", at: path, in: 0...3600, unit: "seconds")
    if value["frames"] != nil, value["segments"] != nil {
      report("contradiction", at: path, "\"over\" counts either \"frames\" or \"segments\"")
      return nil
    }
    if value["frames"] == nil, value["segments"] == nil {
      reportMissing("frames", at: path, in: "\"over\"", "or \"segments\": how many must match")
    }
    if value["within_seconds"] == nil {
      reportMissing(
        "within_seconds", at: path, in: "\"over\"", "in how much time they must match")
    }
    let unit: Rule.Window.Unit = frames != nil ? .frames : .segments
    let counted: Set<EvidenceItem.Kind> =
      unit == .frames ? [.frame, .textInFrame] : [.transcript]
    if !kinds.isEmpty, !kinds.isSubset(of: counted) {
      let names = counted.map(\.rawValue).sorted().joined(separator: " or ")
      report(
        "contradiction", at: path, "\"over\" with \"\(unit.rawValue)\" needs \"on\" to be \(names)")
    }
    guard let count = frames ?? segments, let seconds else { return nil }
    return Rule.Window(unit: unit, count: count, seconds: seconds)
  }

  /// A condition about an upload would be unknown for ever on any other evidence.
  private mutating func refuseConditionsWithoutEvidence(
    _ condition: Condition, on kinds: Set<EvidenceItem.Kind>, at path: [JSONStep]
  ) {
    guard !kinds.isEmpty else { return }
    let leaves = condition.leaves
    let readsUpload = leaves.contains { leaf in
      switch leaf {
      case .uploadKind, .uploadMediaType, .provenanceState, .provenanceSourceType: true
      default: false
      }
    }
    if readsUpload, kinds != [.upload] {
      report(
        "contradiction", at: path + [.member("when")],
        "\"upload\" and \"provenance\" can only be asked with \"on\": [\"upload\"]")
    }
    let texts: Set<EvidenceItem.Kind> = [.prompt, .scene, .transcript, .textInFrame]
    let readsText = leaves.contains { if case .lexicon = $0 { true } else { false } }
    if readsText, !kinds.isSubset(of: texts) {
      report(
        "contradiction", at: path + [.member("when")],
        "\"lexicon\" can only be asked of text: prompt, scene, transcript, text_in_frame")
    }
  }
}
