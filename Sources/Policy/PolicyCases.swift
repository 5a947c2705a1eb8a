import Evidence
import StrictJSON

/// A file of cases: what the checks say, and what the policies must make of it.
public struct PolicyCases: Sendable {
  /// One situation and the decision that is wanted.
  public struct Case: Sendable {
    public let name: String
    let stage: Stage
    let subject: Subject
    let items: [Item]
    /// Whether scores that are read and not written are 0 (the usual) or missing.
    let othersAreZero: Bool
    let wantedOutcome: Outcome
    /// Ids of the enforced rules that must fire, no more and no fewer; nil when the case does not say.
    let wantedRules: [String]?
    let line: Int
  }

  struct Item: Sendable {
    let kind: EvidenceItem.Kind
    let time: ClosedRange<Double>?
    let scores: [String: Double]
    let unknown: [String: UnknownReason]
    let upload: Upload?
  }

  /// Policies to load below the floor.
  public let policies: [String]
  public let cases: [Case]

  public static func parse(
    _ text: [UInt8], file: String
  ) throws(PolicyLoadError) -> PolicyCases {
    let source = SourceFile(name: file, text: text)
    let root = try source.json()
    var reader = DiagnosticCollector(source: source)
    let cases = reader.caseFile(root)
    guard let cases, !reader.hasErrors else { throw PolicyLoadError(diagnostics: reader.sorted) }
    return cases
  }
}

extension DiagnosticCollector {
  fileprivate mutating func caseFile(_ root: JSONValue) -> PolicyCases? {
    guard let members = object(root, at: [], what: "a file of cases") else { return nil }
    refuseUnknown(members, at: [], known: ["policies", "cases", "note"], in: "a file of cases")
    let policies = strings(root, "policies", at: []) ?? ["default"]
    guard let list = root["cases"] else {
      reportMissing("cases", at: [], in: "a file of cases", "list at least one")
      return nil
    }
    let path: [JSONStep] = [.member("cases")]
    guard let elements = array(list, at: path, what: "\"cases\"") else { return nil }
    if elements.isEmpty { report("empty", at: path, "a file without cases tests nothing") }
    var cases: [PolicyCases.Case] = []
    for (index, element) in elements.enumerated() {
      if let one = aCase(element, at: path + [.element(index)]) { cases.append(one) }
    }
    return PolicyCases(policies: policies, cases: cases)
  }

  private mutating func aCase(_ value: JSONValue, at path: [JSONStep]) -> PolicyCases.Case? {
    guard let members = object(value, at: path, what: "a case") else { return nil }
    refuseUnknown(
      members, at: path, known: ["name", "stage", "subject", "items", "others", "want", "note"],
      in: "a case")
    let name = requiredString(value, "name", at: path, in: "a case")
    let stage: Stage? =
      value["stage"].map { word($0, at: path + [.member("stage")], what: "\"stage\"") } ?? .screen
    let subject = value["subject"].map { self.subject($0, at: path + [.member("subject")]) }
    var items: [PolicyCases.Item] = []
    let place = path + [.member("items")]
    for (index, element) in (array(value["items"] ?? [], at: place, what: "\"items\"") ?? [])
      .enumerated()
    {
      if let item = item(element, at: place + [.element(index)]) { items.append(item) }
    }
    let others = optionalString(value, "others", at: path) ?? "zero"
    if others != "zero", others != "missing" {
      report(
        "unknown-word", at: path + [.member("others")], "\"others\" is \"zero\" or \"missing\"")
    }
    guard let want = value["want"] else {
      reportMissing("want", at: path, in: "a case", "say which outcome, and which rules")
      return nil
    }
    let wantPath = path + [.member("want")]
    guard let wanted = object(want, at: wantPath, what: "\"want\"") else { return nil }
    refuseUnknown(wanted, at: wantPath, known: ["outcome", "rules"], in: "\"want\"")
    guard let outcome = want["outcome"] else {
      reportMissing("outcome", at: wantPath, in: "\"want\"", "allow, flag, review or block")
      return nil
    }
    let wantedOutcome: Outcome? = word(
      outcome, at: wantPath + [.member("outcome")], what: "\"outcome\"")
    let rules = strings(want, "rules", at: wantPath)
    guard let name, let stage, let wantedOutcome else { return nil }
    return PolicyCases.Case(
      name: name, stage: stage, subject: subject ?? Subject(tenant: "case"), items: items,
      othersAreZero: others == "zero", wantedOutcome: wantedOutcome, wantedRules: rules,
      line: JSONLocator(source.text).position(of: path).line)
  }

  private mutating func subject(_ value: JSONValue, at path: [JSONStep]) -> Subject {
    guard let members = object(value, at: path, what: "\"subject\"") else {
      return Subject(tenant: "case")
    }
    refuseUnknown(members, at: path, known: ["age_band", "consents"], in: "\"subject\"")
    let band: Subject.AgeBand? = value["age_band"].flatMap {
      word($0, at: path + [.member("age_band")], what: "\"age_band\"")
    }
    return Subject(
      tenant: "case", ageBand: band ?? .unknown,
      consents: Set(strings(value, "consents", at: path) ?? []))
  }

  private mutating func item(_ value: JSONValue, at path: [JSONStep]) -> PolicyCases.Item? {
    guard let members = object(value, at: path, what: "an item") else { return nil }
    refuseUnknown(
      members, at: path, known: ["kind", "time", "scores", "lexicons", "unknown", "upload"],
      in: "an item")
    guard let kindValue = value["kind"] else {
      reportMissing("kind", at: path, in: "an item", "prompt, frame, upload …")
      return nil
    }
    let kind: EvidenceItem.Kind? = word(
      kindValue, at: path + [.member("kind")], what: "\"kind\"")
    var scores: [String: Double] = [:]
    if let list = value["scores"] {
      let place = path + [.member("scores")]
      for member in object(list, at: place, what: "\"scores\"") ?? [] {
        scores[member.name] = optionalNumber(
          list, member.name, at: place, in: 0...1, unit: "a score from 0 to 1")
      }
    }
    for list in strings(value, "lexicons", at: path) ?? [] {
      scores[Condition.signalName(ofLexicon: list)] = 1
    }
    var unknown: [String: UnknownReason] = [:]
    if let list = value["unknown"] {
      let place = path + [.member("unknown")]
      for member in object(list, at: place, what: "\"unknown\"") ?? [] {
        unknown[member.name] = reason(member.value, at: place + [.member(member.name)])
      }
    }
    let upload = value["upload"].flatMap { self.upload($0, at: path + [.member("upload")]) }
    let time = optionalNumber(value, "time", at: path, in: 0...86_400, unit: "seconds")
    return kind.map {
      PolicyCases.Item(
        kind: $0, time: time.map { $0...$0 }, scores: scores, unknown: unknown, upload: upload)
    }
  }

  private mutating func reason(_ value: JSONValue, at path: [JSONStep]) -> UnknownReason? {
    let reasons: [UnknownReason] = [
      .notEvaluated("a case says so"), .modelMissing("a case says so"), .timedOut,
      .failed("a case says so"),
    ]
    if let found = reasons.first(where: { $0.code == value.string }) { return found }
    report(
      "unknown-word", at: path,
      "a reason is one of \(reasons.map(\.code).joined(separator: ", "))")
    return nil
  }

  private mutating func upload(_ value: JSONValue, at path: [JSONStep]) -> Upload? {
    guard let members = object(value, at: path, what: "\"upload\"") else { return nil }
    refuseUnknown(
      members, at: path, known: ["kind", "media_type", "state", "source_type"], in: "\"upload\"")
    guard let kind = optionalString(value, "kind", at: path).flatMap(Upload.Kind.init(rawValue:))
    else {
      report("unknown-word", at: path, "an upload's kind is image, video, audio or unknown")
      return nil
    }
    let sourceType = optionalString(value, "source_type", at: path)
    return Upload(
      kind: kind, mediaType: optionalString(value, "media_type", at: path) ?? "",
      provenance: optionalString(value, "state", at: path).map {
        UploadProvenance(state: $0, sourceType: sourceType)
      })
  }

  private mutating func strings(
    _ value: JSONValue, _ name: String, at path: [JSONStep]
  ) -> [String]? {
    guard let list = value[name] else { return nil }
    let place = path + [.member(name)]
    guard let elements = array(list, at: place, what: "\"\(name)\"") else { return nil }
    var texts: [String] = []
    for (index, element) in elements.enumerated() {
      if let text = element.string {
        texts.append(text)
      } else {
        report(
          "wrong-type", at: place + [.element(index)],
          "this is a text in quotes, and not \(element.kindName)")
      }
    }
    return texts
  }
}
