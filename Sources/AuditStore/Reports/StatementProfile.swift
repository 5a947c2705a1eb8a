import StrictJSON

/// What the operator says in statements of reasons, apart from the facts of a decision: grounds,
/// measures, and which of the law's categories each of ours is. `Policies/reports/dsa.json`.
public struct StatementProfile: Equatable, Sendable {
  static let name = "dsa-statement-of-reasons"

  /// Outcomes that restrict somebody's content.
  public let decisions: Set<String>
  /// `{policies}`, `{rule}`, `{category}` and `{stage}` are filled in.
  let ground: String
  let explanation: String
  /// By stage or by what a job's id begins with; `default` for all others.
  let contentTypes: [String: [String]]
  /// By category of a rule; `default` for all others.
  let categories: [String: String]
  /// `category_specification`; none for a category that is not named.
  let specifications: [String: [String]]
  /// Days from a decision until its restriction ends, by the `name` of `StatementRules.ends`.
  let endAfterDays: [String: Int]
  /// Fields that are the same in every statement.
  private(set) var fields: [JSONValue.Member]

  var isIllegalContent: Bool {
    fields.first { $0.name == "decision_ground" }?.value.string == StatementWords.illegalContent
  }

  /// - Throws: `.profileInvalid` with every mistake found.
  public init(parsing bytes: [UInt8]) throws(AuditError) {
    let json: JSONValue
    do {
      json = try JSONValue.parse(bytes)
    } catch {
      throw AuditError(.profileInvalid, error.description)
    }
    var reader = ProfileReader(json)
    reader.checkHeader()
    decisions = Set(reader.words(json["decisions"], "decisions"))
    ground = reader.text("ground")
    explanation = reader.text("explanation")
    contentTypes = reader.table("content_type") { reader, value, name in
      reader.words(value, name)
    }
    categories = reader.table("category") { reader, value, name in
      if let word = value.string { return word }
      reader.mistakes.append("\"\(name)\" must be a text")
      return ""
    }
    specifications = reader.table("category_specification", isOptional: true) {
      reader, value, name in
      reader.words(value, name)
    }
    endAfterDays = reader.days()
    fields = reader.fields()
    reader.mistakes += probes.flatMap { StatementRules.mistakes(in: .object($0)) }
    guard reader.mistakes.isEmpty else {
      throw AuditError(
        .profileInvalid, Set(reader.mistakes).sorted().joined(separator: "; "))
    }
  }

  /// The same profile for decisions that followed a notice.
  ///
  /// - Parameters:
  ///   - source: `SOURCE_ARTICLE_16`, `SOURCE_TRUSTED_FLAGGER` or `SOURCE_TYPE_OTHER_NOTIFICATION`.
  ///   - identity: who gave notice, where that may be told (Article 17(3)(b)).
  /// - Throws: `.profileInvalid` when the interface does not take it.
  public func following(
    notice source: String, from identity: String?
  ) throws(AuditError) -> StatementProfile {
    var profile = self
    profile.fields.removeAll { ["source_type", "source_identity"].contains($0.name) }
    profile.fields.append(.init("source_type", .string(source)))
    if let identity { profile.fields.append(.init("source_identity", .string(identity))) }
    let mistakes = profile.probes.flatMap { StatementRules.mistakes(in: .object($0)) }
    guard mistakes.isEmpty else {
      throw AuditError(.profileInvalid, Set(mistakes).sorted().joined(separator: "; "))
    }
    return profile
  }

  /// A statement for every row of the tables, so that none of them can be found wrong later.
  private var probes: [[JSONValue.Member]] {
    let kinds = contentTypes.keys.sorted()
    let categories = Set(categories.keys).union(specifications.keys).sorted()
    return kinds.map { statement(kind: $0, category: "default") }
      + categories.map { statement(kind: "default", category: $0) }
  }

  private func statement(kind: String, category: String) -> [JSONValue.Member] {
    StatementOfReasons.Content(
      kinds: [kind], categories: [category], contentDay: "2026-01-01", applied: 1_767_225_600_000,
      facts: "Facts.", automatedDetection: true, automatedDecision: "AUTOMATED_DECISION_FULLY",
      identifier: "decision"
    ).members(profile: self) { $0 }
  }
}

/// Takes a profile apart and notes every mistake.
private struct ProfileReader {
  /// A restriction that ends after ten years might as well not end.
  private static let longestRestriction = 3653

  let json: JSONValue
  var mistakes: [String] = []

  init(_ json: JSONValue) { self.json = json }

  private static let members: Set = [
    "report", "version", "decisions", "ground", "explanation", "content_type", "category",
    "category_specification", "end_after_days", "fields",
  ]

  mutating func checkHeader() {
    if json["report"]?.string != StatementProfile.name {
      mistakes.append("\"report\" must be \"\(StatementProfile.name)\"")
    }
    for member in json.members ?? [] where !ProfileReader.members.contains(member.name) {
      mistakes.append(
        StatementField.named[member.name] == nil
          ? "\"\(member.name)\" is unknown" : "\"\(member.name)\" belongs into \"fields\"")
    }
  }

  mutating func text(_ name: String) -> String {
    if let text = json[name]?.string, !text.isEmpty { return text }
    mistakes.append("\"\(name)\" must be a text")
    return ""
  }

  mutating func words(_ value: JSONValue?, _ name: String) -> [String] {
    let words = value?.array?.compactMap(\.string) ?? []
    if words.isEmpty || words.count != value?.array?.count {
      mistakes.append("\"\(name)\" must be a list of texts")
    }
    return words
  }

  mutating func table<Entry>(
    _ name: String, isOptional: Bool = false,
    _ entry: (inout ProfileReader, JSONValue, String) -> Entry
  ) -> [String: Entry] {
    var table: [String: Entry] = [:]
    for member in json[name]?.members ?? [] {
      table[member.name] = entry(&self, member.value, name)
    }
    if table["default"] == nil, !isOptional { mistakes.append("\"\(name)\" needs a \"default\"") }
    return table
  }

  mutating func days() -> [String: Int] {
    var days: [String: Int] = [:]
    for member in json["end_after_days"]?.members ?? [] {
      guard StatementRules.ends.contains(where: { $0.name == member.name }),
        let count = member.value.integer, (1...ProfileReader.longestRestriction).contains(count)
      else {
        mistakes.append(
          "\"end_after_days\" takes visibility, monetary, service and account with 1 to "
            + "\(ProfileReader.longestRestriction) days")
        continue
      }
      if let end = StatementRules.ends.first(where: { $0.name == member.name })?.end,
        json["fields"]?[end] != nil
      {
        mistakes.append("\"end_after_days\" and \"\(end)\" both say when it ends")
      }
      days[member.name] = count
    }
    return days
  }

  mutating func fields() -> [JSONValue.Member] {
    let fields = json["fields"]?.members ?? []
    for field in fields {
      switch StatementField.named[field.name]?.origin {
      case .profile: break
      case .decision:
        mistakes.append("\"fields\": \(field.name) is filled in from the decision")
      case nil: mistakes.append("\"fields\": \(field.name) is no field of a statement")
      }
    }
    return fields.filter { StatementField.named[$0.name]?.origin == .profile }
  }
}
