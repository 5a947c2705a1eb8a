public import Evidence

/// Why a decision is as it is, and what would have made it another.
public struct PolicyExplanation: Sendable {
  /// One score that, were it otherwise and all else the same, would change the outcome.
  public struct Turn: Equatable, Sendable {
    public let signal: String
    public let evidence: EvidenceItem.Kind
    public let time: ClosedRange<Double>?
    /// Nil when it is unknown.
    public let score: Double?
    /// At most this, or at least this, gives `outcome`.
    public let needed: Double
    public let isBelow: Bool
    public let outcome: Outcome
  }

  public let decision: Decision
  /// The enforced rules that set the outcome, without repeats.
  public let deciding: [String]
  /// The outcome if the deciding rules were not there.
  public let outcomeWithoutThem: Outcome
  /// The nearest change of each score that makes the outcome milder, then the nearest that make it
  /// stricter.
  public let turns: [Turn]
  /// Whether somebody of this age band would have got another outcome.
  public let byAgeBand: [(band: Subject.AgeBand, outcome: Outcome)]
}

extension PolicySet {
  /// So many changes are told: the nearest say most.
  static let turnsKept = 8

  /// Judges and says why. Costs some hundred evaluations, so it is for people, not for requests.
  public func explain(
    stage: Stage, items: [EvidenceItem], subject: Subject
  ) -> PolicyExplanation {
    let decision = evaluate(stage: stage, items: items, subject: subject)
    var deciding: [String] = []
    for rule in decision.fired
    where !rule.isShadow && rule.outcome == decision.outcome && decision.outcome > .allow
      && !deciding.contains(rule.rule)
    {
      deciding.append(rule.rule)
    }
    let rest = decision.fired.filter { !$0.isShadow && !deciding.contains($0.rule) }
    return PolicyExplanation(
      decision: decision, deciding: deciding,
      outcomeWithoutThem: rest.map(\.outcome).max() ?? .allow,
      turns: turns(stage: stage, items: items, subject: subject, outcome: decision.outcome),
      byAgeBand: Subject.AgeBand.allCases.compactMap { band in
        guard band != subject.ageBand else { return nil }
        let other = Subject(
          tenant: subject.tenant, endUser: subject.endUser, ageBand: band,
          consents: subject.consents)
        let outcome = evaluate(stage: stage, items: items, subject: other).outcome
        return outcome == decision.outcome ? nil : (band, outcome)
      })
  }

  private func turns(
    stage: Stage, items: [EvidenceItem], subject: Subject, outcome: Outcome
  ) -> [PolicyExplanation.Turn] {
    let bounds = scoreBounds
    var milder: [PolicyExplanation.Turn] = []
    var stricter: [PolicyExplanation.Turn] = []
    for (index, item) in items.enumerated() {
      for name in Set(item.signals.map(\.name)).sorted() {
        guard let steps = bounds[name] else { continue }
        let scores = item.signals.compactMap { signal -> Double? in
          guard signal.name == name, case .score(let score) = signal.value else { return nil }
          return score
        }
        let current = scores.max()
        func turn(at value: Double, isBelow: Bool) -> PolicyExplanation.Turn? {
          var changed = items
          changed[index] = item.replacing(name, with: value)
          let new = evaluate(stage: stage, items: changed, subject: subject).outcome
          guard new != outcome else { return nil }
          return PolicyExplanation.Turn(
            signal: name, evidence: item.kind, time: item.time, score: current, needed: value,
            isBelow: isBelow, outcome: new)
        }
        // A word is there or not.
        let isWord = name.hasPrefix("lexicon:")
        let below = steps.reversed().filter { $0 <= (current ?? 1) }
          .map { isWord ? 0 : max($0.nextDown, 0) }
        let above = steps.filter { $0 > (current ?? 0) }
        for value in below {
          guard let found = turn(at: value, isBelow: true) else { continue }
          if found.outcome < outcome { milder.append(found) } else { stricter.append(found) }
          break
        }
        for value in above {
          guard let found = turn(at: value, isBelow: false) else { continue }
          if found.outcome < outcome { milder.append(found) } else { stricter.append(found) }
          break
        }
      }
    }
    func nearest(_ turns: [PolicyExplanation.Turn]) -> ArraySlice<PolicyExplanation.Turn> {
      turns.sorted { $0.distance < $1.distance }.prefix(Self.turnsKept)
    }
    return Array(nearest(milder)) + nearest(stricter)
  }

  /// For each score the bounds that rules set, in ascending order.
  private var scoreBounds: [String: [Double]] {
    var bounds: [String: Set<Double>] = [:]
    for leaf in rules.flatMap({ $0.rule.when.leaves }) {
      switch leaf {
      case .score(let name, let range):
        let values = [range.atLeast, range.above?.nextUp, range.atMost?.nextUp, range.below]
        bounds[name, default: []].formUnion(values.compactMap { $0 }.filter { $0 <= 1 })
      case .lexicon(let list): bounds[Condition.signalName(ofLexicon: list), default: []].insert(1)
      default: continue
      }
    }
    return bounds.mapValues { $0.sorted() }
  }
}

extension PolicyExplanation.Turn {
  fileprivate var distance: Double { score.map { abs($0 - needed) } ?? 1 }
}

extension EvidenceItem {
  fileprivate func replacing(_ name: String, with score: Double) -> EvidenceItem {
    var rest = signals.filter { $0.name != name }
    let check = signals.first { $0.name == name }?.check ?? name
    rest.append(Signal(name: name, value: .score(score), check: check))
    return EvidenceItem(kind: kind, time: time, signals: rest, upload: upload)
  }
}
