/// Which leaves to list, count or export; nil takes all.
public struct LogFilter: Equatable, Sendable {
  public var asset: String?
  public var decision: String?
  public var stage: String?
  public var kind: String?
  /// Pseudonyms, as leaves have them.
  public var subject: String?
  public var tenant: String?
  /// A rule that fired, shadow rules included.
  public var rule: String?
  /// The category of an enforced rule that fired.
  public var category: String?
  /// Milliseconds since 1970, inclusive.
  public var since: Int64?
  /// Milliseconds since 1970, exclusive.
  public var until: Int64?
  /// Only entries before this index: the next page.
  public var before: UInt64?

  public init(
    asset: String? = nil, decision: String? = nil, stage: String? = nil, kind: String? = nil,
    subject: String? = nil, tenant: String? = nil, rule: String? = nil, category: String? = nil,
    since: Int64? = nil, until: Int64? = nil, before: UInt64? = nil
  ) {
    self.asset = asset
    self.decision = decision
    self.stage = stage
    self.kind = kind
    self.subject = subject
    self.tenant = tenant
    self.rule = rule
    self.category = category
    self.since = since
    self.until = until
    self.before = before
  }

  /// Whether a leaf is one of those asked for.
  public func matches(_ facts: LeafFacts, index: UInt64, time: Int64) -> Bool {
    includes(time: time) && index < before ?? .max
      && (asset.map { $0 == facts.asset } ?? true)
      && facets.allSatisfy { facet, value in facet.values(of: facts).contains(value) }
  }

  /// Whether a leaf of that time, in milliseconds since 1970, can be one of those asked for.
  public func includes(time: Int64) -> Bool { time >= since ?? .min && time < until ?? .max }

  /// What is asked for, by what the index keeps lists of.
  var facets: [(facet: LogFacet, value: String)] {
    [
      (.kind, kind), (.stage, stage), (.decision, decision), (.subject, subject),
      (.tenant, tenant), (.rule, rule), (.category, category),
    ].compactMap { facet, value in value.map { (facet, $0) } }
  }
}

/// What leaves are looked up by. The raw values stand in the index file.
enum LogFacet: Int, CaseIterable {
  case kind = 1
  case stage
  case decision
  case subject
  case tenant
  case rule
  case category

  /// What a leaf has of it.
  func values(of facts: LeafFacts) -> Set<String> {
    switch self {
    case .kind: LogFacet.one(facts.kind)
    case .stage: LogFacet.one(facts.stage)
    case .decision: LogFacet.one(facts.decision)
    case .subject: LogFacet.one(facts.subject)
    case .tenant: LogFacet.one(facts.tenant)
    case .rule: Set(facts.rules.map(\.rule))
    case .category: Set(facts.rules.lazy.filter { !$0.isShadow }.map(\.category))
    }
  }

  private static func one(_ value: String) -> Set<String> { value.isEmpty ? [] : [value] }
}
