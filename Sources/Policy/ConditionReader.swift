import Evidence
import StrictJSON

extension DiagnosticCollector {
  /// Parts of one rule's condition, and how deep they nest: what a person can still read.
  static let conditionLimit = 256
  static let conditionDepthLimit = 16

  /// The word that says what is asked, and the members that may stand beside it.
  private static let forms: [(word: String, others: [String])] = [
    ("all", []), ("any", []), ("not", []),
    ("score", ["at_least", "above", "at_most", "below"]),
    ("lexicon", []), ("subject", ["is", "in"]), ("upload", ["is", "in"]),
    ("provenance", ["is", "in"]), ("consent", []),
  ]

  mutating func condition(
    _ value: JSONValue, at path: [JSONStep], depth: Int, budget: inout Int
  ) -> Condition? {
    guard depth < Self.conditionDepthLimit else {
      report("too-deep", at: path, "conditions nest at most \(Self.conditionDepthLimit) deep")
      return nil
    }
    budget -= 1
    guard budget >= 0 else {
      if budget == -1 {
        report(
          "too-many", at: path,
          "a rule has at most \(Self.conditionLimit) conditions; write two rules")
      }
      return nil
    }
    guard let members = object(value, at: path, what: "a condition") else { return nil }
    let present = Self.forms.filter { form in members.contains { $0.name == form.word } }
    guard let form = present.first else {
      reportFormless(members, at: path)
      return nil
    }
    guard present.count == 1 else {
      let words = present.map { "\"\($0.word)\"" }.joined(separator: " and ")
      report(
        "contradiction", at: path,
        "a condition asks one thing, and this has \(words); put them into \"all\" or \"any\"")
      return nil
    }
    refuseUnknown(
      members, at: path, known: [form.word] + form.others,
      in: "a condition on \"\(form.word)\"")
    let place = path + [.member(form.word)]
    switch form.word {
    case "all": return parts(value["all"]!, at: place, depth, &budget).map { .all($0) }
    case "any": return parts(value["any"]!, at: place, depth, &budget).map { .any($0) }
    case "not":
      return condition(value["not"]!, at: place, depth: depth + 1, budget: &budget)
        .map { .not($0) }
    case "score": return score(value, at: path)
    case "lexicon": return optionalString(value, "lexicon", at: path).map { .lexicon($0) }
    case "consent": return optionalString(value, "consent", at: path).map { .consent($0) }
    case "subject": return subject(value, at: path)
    case "upload": return upload(value, at: path)
    default: return provenance(value, at: path)
    }
  }

  private mutating func reportFormless(_ members: [JSONValue.Member], at path: [JSONStep]) {
    let words = Self.forms.map(\.word)
    for member in members {
      if let meant = NearestName.find(member.name, among: words) {
        report(
          "unknown-member", at: path + [.member(member.name)], ofName: true,
          "there is no condition \"\(member.name)\"; did you mean \"\(meant)\"?")
        return
      }
    }
    report(
      "unknown-condition", at: path,
      "a condition has one of \(words.joined(separator: ", "))")
  }

  private mutating func parts(
    _ value: JSONValue, at path: [JSONStep], _ depth: Int, _ budget: inout Int
  ) -> [Condition]? {
    guard let elements = array(value, at: path, what: "this") else { return nil }
    // An empty `all` would be true of everything and an empty `any` of nothing.
    if elements.isEmpty {
      report("empty", at: path, "this list needs at least one condition")
      return nil
    }
    var conditions: [Condition] = []
    for (index, element) in elements.enumerated() {
      if let part = condition(
        element, at: path + [.element(index)], depth: depth + 1, budget: &budget)
      {
        conditions.append(part)
      }
    }
    return conditions.count == elements.count ? conditions : nil
  }

  private mutating func score(_ value: JSONValue, at path: [JSONStep]) -> Condition? {
    let unit = "a score from 0 to 1"
    let range = ScoreRange(
      atLeast: optionalNumber(value, "at_least", at: path, in: 0...1, unit: unit),
      above: optionalNumber(value, "above", at: path, in: 0...1, unit: unit),
      atMost: optionalNumber(value, "at_most", at: path, in: 0...1, unit: unit),
      below: optionalNumber(value, "below", at: path, in: 0...1, unit: unit))
    let bounds = ["at_least", "above", "at_most", "below"]
    if bounds.allSatisfy({ value[$0] == nil }) {
      reportMissing("at_least", at: path, in: "a condition on \"score\"", "or another bound")
    }
    if range.isEmpty {
      report("never-fires", at: path, "no score lies between these bounds")
    }
    return optionalString(value, "score", at: path).map { .score($0, range) }
  }

  private mutating func subject(_ value: JSONValue, at path: [JSONStep]) -> Condition? {
    guard isWord(value, "subject", oneOf: ["age_band"], at: path) else { return nil }
    let words = Subject.AgeBand.allCases.map(\.rawValue)
    guard let chosen = choice(value, at: path, among: words, closed: true) else { return nil }
    return .ageBand(Set(chosen.compactMap { Subject.AgeBand(rawValue: $0) }))
  }

  private mutating func upload(_ value: JSONValue, at path: [JSONStep]) -> Condition? {
    guard isWord(value, "upload", oneOf: ["kind", "media_type"], at: path) else { return nil }
    if value["upload"]?.string == "media_type" {
      return choice(value, at: path, among: [], closed: false)
        .map { .uploadMediaType(Set($0.map { $0.lowercased() })) }
    }
    let kinds: [Upload.Kind] = [.image, .video, .audio, .unknown]
    return choice(value, at: path, among: kinds.map(\.rawValue), closed: true)
      .map { .uploadKind(Set($0.compactMap { Upload.Kind(rawValue: $0) })) }
  }

  private mutating func provenance(_ value: JSONValue, at path: [JSONStep]) -> Condition? {
    guard isWord(value, "provenance", oneOf: ["state", "source_type"], at: path) else {
      return nil
    }
    if value["provenance"]?.string == "state" {
      let states = ["Trusted", "Valid", "Invalid", "NoManifest"]
      return choice(value, at: path, among: states, closed: true)
        .map { .provenanceState(Set($0)) }
    }
    return choice(value, at: path, among: [], closed: false)
      .map { .provenanceSourceType(Set($0)) }
  }

  private mutating func isWord(
    _ value: JSONValue, _ name: String, oneOf words: [String], at path: [JSONStep]
  ) -> Bool {
    guard let text = optionalString(value, name, at: path) else { return false }
    if words.contains(text) { return true }
    let hint = NearestName.hint(for: text, among: words)
    report(
      "unknown-word", at: path + [.member(name)],
      "\"\(name)\" can be asked for \(words.joined(separator: ", ")), and not \"\(text)\"\(hint)")
    return false
  }

  /// What `is` names, or what `in` lists.
  private mutating func choice(
    _ value: JSONValue, at path: [JSONStep], among words: [String], closed: Bool
  ) -> [String]? {
    var listed: [(text: JSONValue, path: [JSONStep])] = []
    switch (value["is"], value["in"]) {
    case (let single?, nil): listed = [(single, path + [.member("is")])]
    case (nil, let list?):
      let place = path + [.member("in")]
      guard let elements = array(list, at: place, what: "\"in\"") else { return nil }
      if elements.isEmpty {
        report("empty", at: place, "\"in\" lists nothing, so that the rule could never fire")
        return nil
      }
      listed = elements.enumerated().map { ($1, place + [.element($0)]) }
    case (nil, nil):
      reportMissing("in", at: path, in: "this condition", "or \"is\" with one value")
      return nil
    default:
      report("contradiction", at: path, "a condition has either \"is\" or \"in\"")
      return nil
    }
    var chosen: [String] = []
    for (element, place) in listed {
      guard let text = element.string, !text.isEmpty else {
        report("wrong-type", at: place, "this is a text in quotes, not \(element.kindName)")
        continue
      }
      if closed, !words.contains(text) {
        let hint = NearestName.hint(for: text, among: words)
        report(
          "unknown-word", at: place,
          "this is one of \(words.joined(separator: ", ")), and not \"\(text)\"\(hint)")
        continue
      }
      chosen.append(text)
    }
    return chosen.count == listed.count ? chosen : nil
  }
}
