public import Evidence
public import StrictJSON

/// A decision out of the log, with all that it rested on.
public struct RecordedDecision: Equatable, Sendable {
  public let id: String
  public let stage: Stage
  public let outcome: Outcome
  /// The rules that were enforced and fired.
  public let rules: Set<String>
  public let subject: Subject
  public let items: [EvidenceItem]

  /// Why an entry cannot be judged again.
  public enum Skip: String, CaseIterable, Error, Sendable {
    /// Generation, sealing and release decide nothing by policy.
    case noPolicyStage = "no policy stage"
    /// The payload was erased, or there was none.
    case noEvidence = "no evidence left"
    /// Not as this version writes it.
    case unreadable = "not readable"
  }

  /// - Parameters:
  ///   - id: the decision's, as flips name it.
  ///   - rules: those that were enforced and fired.
  ///   - items: nil when the payload is gone.
  public init(
    id: String, stage: Stage, outcome: Outcome, rules: Set<String>, subject: Subject,
    items: [EvidenceItem]?
  ) throws(Skip) {
    guard stage == .screen || stage == .inspect else { throw .noPolicyStage }
    guard let items else { throw .noEvidence }
    self.id = id
    self.stage = stage
    self.outcome = outcome
    self.rules = rules
    self.subject = subject
    self.items = items
  }

  /// - Parameters:
  ///   - leaf: the entry of the tree, as `assay audit show --json` and exports give it.
  ///   - payload: what is kept beside it; nil when it is gone.
  public init(leaf: JSONValue, payload: JSONValue?) throws(Skip) {
    guard let id = leaf["id"]?.string,
      let stage = leaf["stage"]?.string.flatMap(Stage.init(rawValue:)),
      let outcome = leaf["decision"]?.string.flatMap(Outcome.init(rawValue:))
    else { throw .unreadable }
    let entries = payload?["evidence"]?.array
    let items = entries?.compactMap(EvidenceItem.init(json:))
    try self.init(
      id: id, stage: stage, outcome: outcome,
      rules: Set(
        (leaf["rules"]?.array ?? []).filter { $0["shadow"]?.bool != true }
          .compactMap { $0["rule"]?.string }),
      subject: Subject(
        policyContext: payload?["subject"], tenant: payload?["tenant"]?.string ?? "replay"),
      items: items)
    guard items?.count == entries?.count else { throw .unreadable }
  }
}

/// What would have become of past decisions under other policies.
public struct PolicyReplay: Sendable {
  /// One decision that comes out otherwise.
  public struct Flip: Equatable, Sendable {
    public let id: String
    public let stage: Stage
    public let was: Outcome
    public let becomes: Outcome
    /// The enforced rules that decide now, or, where the outcome falls, those that decided and do
    /// not fire any more.
    public let rules: [String]

    public var isStricter: Bool { becomes > was }
  }

  /// From one outcome to another.
  public struct Turn: Hashable, Sendable {
    public let was: Outcome
    public let becomes: Outcome
  }

  public let policy: PolicySet
  public private(set) var judged = 0
  public private(set) var skipped: [RecordedDecision.Skip: Int] = [:]
  public private(set) var flipCount = 0
  public private(set) var turns: [Turn: Int] = [:]
  /// How often each rule is what makes an outcome stricter, or is missed where it gets milder.
  public private(set) var causes: [String: Int] = [:]

  public init(policy: PolicySet) { self.policy = policy }

  public mutating func skip(_ reason: RecordedDecision.Skip) { skipped[reason, default: 0] += 1 }

  /// Adds what another replay under the same policies counted, over other decisions.
  public mutating func merge(_ other: PolicyReplay) {
    judged += other.judged
    flipCount += other.flipCount
    skipped.merge(other.skipped, uniquingKeysWith: +)
    turns.merge(other.turns, uniquingKeysWith: +)
    causes.merge(other.causes, uniquingKeysWith: +)
  }

  /// Judges one decision again; nil when it stays as it is.
  public mutating func replay(_ past: RecordedDecision) -> Flip? {
    judged += 1
    let now = policy.evaluate(stage: past.stage, items: past.items, subject: past.subject)
    guard now.outcome != past.outcome else { return nil }
    let enforced = now.fired.filter { !$0.isShadow }
    var rules: [String] = []
    if now.outcome > past.outcome {
      for rule in enforced where rule.outcome == now.outcome && !rules.contains(rule.rule) {
        rules.append(rule.rule)
      }
    } else {
      rules = past.rules.subtracting(enforced.filter { $0.outcome >= past.outcome }.map(\.rule))
        .sorted()
    }
    flipCount += 1
    turns[Turn(was: past.outcome, becomes: now.outcome), default: 0] += 1
    for rule in rules { causes[rule, default: 0] += 1 }
    return Flip(
      id: past.id, stage: past.stage, was: past.outcome, becomes: now.outcome, rules: rules)
  }
}
