public import Evidence

/// What a leaf says, for lists, counts and replays. Read from the entry's bytes, never from the
/// database's columns beside them.
public struct LeafFacts: Equatable, Sendable {
  /// A rule that fired, as the leaf names it.
  public struct Rule: Equatable, Sendable {
    public var rule = ""
    public var policy = ""
    public var outcome = ""
    public var category = ""
    public var evidence = ""
    /// Milliseconds from the clip's start.
    public var fromMilliseconds: Int?
    public var toMilliseconds: Int?
    /// Millionths.
    public var score: Int?
    public var signal: String?
    /// Code of the reason why the rule could not be evaluated.
    public var unknown: String?
    public var isShadow = false
  }

  /// What a check said at its strongest.
  public struct Score: Equatable, Sendable {
    public var evidence = ""
    public var signal = ""
    /// Millionths; nil when the check had no answer.
    public var score: Int?
    public var unknown: String?
    public var fromMilliseconds: Int?
    public var toMilliseconds: Int?
  }

  /// A policy by name and version, or a model by name.
  public struct Source: Equatable, Sendable {
    public var name = ""
    public var version = ""
    public var sha256 = ""
  }

  public var id = ""
  public var kind = ""
  public var asset = ""
  /// Empty for leaves that are no decision, as `decision`, `subject` and `tenant` are.
  public var stage = ""
  public var decision = ""
  /// Pseudonyms.
  public var subject = ""
  public var tenant = ""
  /// RFC 3339, as written.
  public var timestamp = ""
  /// Who reviewed, where a person decided; a pseudonym or a role.
  public var reviewer: String?
  /// The decision that this one reverses.
  public var reverses: String?
  public var rules: [Rule] = []
  public var omittedRules = 0
  public var policies: [Source] = []
  public var models: [Source] = []
  /// Lower-case hexadecimal SHA-256 by role.
  public var hashes: [String: String] = [:]
  /// The decision or asset that an act is about.
  public var of: String?
  public var ground: String?
  public var ageBand: Subject.AgeBand?
  public var hasPayload = false
  /// The highest score of each signal.
  public var scores: [Score] = []

  public var isDecision: Bool { kind == LogLeaf.Kind.decision.rawValue }

  init() {}

  /// Nil when the bytes are no canonical JSON object of the leaf's shape.
  public init?(leaf bytes: [UInt8]) {
    var scanner = CanonicalScanner(bytes)
    do {
      try scanner.object { (scanner, name) throws(CanonicalScanner.Malformed) in
        try read(name, &scanner)
      }
    } catch {
      return nil
    }
    guard scanner.isAtEnd, !id.isEmpty, !kind.isEmpty else { return nil }
  }

  private mutating func read(
    _ name: String, _ scanner: inout CanonicalScanner
  ) throws(CanonicalScanner.Malformed) {
    switch name {
    case "age_band": ageBand = Subject.AgeBand(rawValue: try scanner.string())
    case "asset": asset = try scanner.string()
    case "commit":
      hasPayload = true
      try scanner.skip()
    case "decision": decision = try scanner.string()
    case "ground": ground = try scanner.string()
    case "hashes":
      try scanner.object { (scanner, role) throws(CanonicalScanner.Malformed) in
        hashes[role] = try scanner.string()
      }
    case "id": id = try scanner.string()
    case "kind": kind = try scanner.string()
    case "models": models = try Source.all(&scanner)
    case "of": of = try scanner.optionalString()
    case "policies": policies = try Source.all(&scanner)
    case "reverses": reverses = try scanner.optionalString()
    case "reviewer": reviewer = try scanner.optionalString()
    case "rules":
      try scanner.array { (scanner) throws(CanonicalScanner.Malformed) in
        rules.append(try Rule(&scanner))
      }
    case "rules_omitted": omittedRules = try scanner.integer()
    case "scores":
      try scanner.array { (scanner) throws(CanonicalScanner.Malformed) in
        scores.append(try Score(&scanner))
      }
    case "stage": stage = try scanner.string()
    case "subject": subject = try scanner.string()
    case "t": timestamp = try scanner.string()
    case "tenant": tenant = try scanner.string()
    // Other members belong to kinds of leaf that no list or count asks for.
    default: try scanner.skip()
    }
  }
}

extension LeafFacts.Rule {
  fileprivate init(_ scanner: inout CanonicalScanner) throws(CanonicalScanner.Malformed) {
    try scanner.object { (scanner, name) throws(CanonicalScanner.Malformed) in
      switch name {
      case "category": category = try scanner.string()
      case "evidence": evidence = try scanner.string()
      case "from_ms": fromMilliseconds = try scanner.integer()
      case "outcome": outcome = try scanner.string()
      case "policy": policy = try scanner.string()
      case "rule": rule = try scanner.string()
      case "score": score = try scanner.integer()
      case "shadow": isShadow = try scanner.bool()
      case "signal": signal = try scanner.string()
      case "to_ms": toMilliseconds = try scanner.integer()
      case "unknown": unknown = try scanner.string()
      default: try scanner.skip()
      }
    }
  }
}

extension LeafFacts.Score {
  fileprivate init(_ scanner: inout CanonicalScanner) throws(CanonicalScanner.Malformed) {
    try scanner.object { (scanner, name) throws(CanonicalScanner.Malformed) in
      switch name {
      case "evidence": evidence = try scanner.string()
      case "from_ms": fromMilliseconds = try scanner.integer()
      case "score": score = try scanner.integer()
      case "signal": signal = try scanner.string()
      case "to_ms": toMilliseconds = try scanner.integer()
      case "unknown": unknown = try scanner.string()
      default: try scanner.skip()
      }
    }
  }
}

extension LeafFacts.Source {
  fileprivate static func all(
    _ scanner: inout CanonicalScanner
  ) throws(CanonicalScanner.Malformed) -> [LeafFacts.Source] {
    var sources: [LeafFacts.Source] = []
    try scanner.array { (scanner) throws(CanonicalScanner.Malformed) in
      var source = LeafFacts.Source()
      try scanner.object { (scanner, name) throws(CanonicalScanner.Malformed) in
        switch name {
        case "name": source.name = try scanner.string()
        case "sha256": source.sha256 = try scanner.string()
        case "version": source.version = try scanner.string()
        default: try scanner.skip()
        }
      }
      sources.append(source)
    }
    return sources
  }
}
