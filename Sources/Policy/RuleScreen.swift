import Evidence

/// Decides for most rules at once that they cannot fire, so that the rest can be judged with all
/// their reasons.
///
/// Each condition is a short program in postfix form over what is known of the scores it reads. A
/// value is the set of truths that are still possible. Run on a summary of all items of a kind, it
/// clears a rule for all of them; run on one item, it clears the rule there. It never clears a rule
/// that `Condition.evaluate` would find true or unknown.
struct RuleScreen: Sendable {
  /// Truths that are still possible.
  fileprivate struct Truths: OptionSet {
    let rawValue: UInt8
    static let isTrue = Truths(rawValue: 1)
    static let isUnknown = Truths(rawValue: 2)
    static let isFalse = Truths(rawValue: 4)
    static let any: Truths = [.isTrue, .isUnknown, .isFalse]
  }

  private enum Step: Sendable {
    /// The score in this slot lies between these bounds.
    case score(slot: Int, low: Double, high: Double)
    /// One of `contextual`.
    case context(Int)
    /// Anything is possible: facts about an upload.
    case open
    case negate
    case all(Int)
    case any(Int)
  }

  /// What is known of one score: of one item, or of all items of a kind.
  fileprivate struct Known: Sendable {
    var low = Double.infinity
    var high = -Double.infinity
    var mayBeUnknown = true
    /// Whether some check of this name has no answer, beside others that may have one.
    var hasDoubt = false
  }

  private let slots: [String: Int]
  private let programs: [[Step]]
  /// For each rule the kinds it judges, as bits.
  private let kinds: [UInt16]
  /// Conditions that depend on the subject alone.
  private let contextual: [Condition]

  init(_ rules: [Rule]) {
    var builder = Builder()
    programs = rules.map { rule in
      var steps: [Step] = []
      builder.append(rule.when, to: &steps)
      return steps
    }
    kinds = rules.map { $0.on.reduce(0) { $0 | Self.bit(of: $1) } }
    slots = builder.slots
    contextual = builder.contextual
  }

  private struct Builder {
    var slots: [String: Int] = [:]
    var contextual: [Condition] = []

    mutating func append(_ condition: Condition, to steps: inout [Step]) {
      switch condition {
      case .all(let parts):
        for part in parts { append(part, to: &steps) }
        steps.append(.all(parts.count))
      case .any(let parts):
        for part in parts { append(part, to: &steps) }
        steps.append(.any(parts.count))
      case .not(let part):
        append(part, to: &steps)
        steps.append(.negate)
      case .score(let name, let range):
        steps.append(.score(slot: slot(name), low: range.lowest, high: range.highest))
      case .lexicon(let list):
        let range = ScoreRange(above: 0)
        steps.append(
          .score(
            slot: slot(Condition.signalName(ofLexicon: list)), low: range.lowest,
            high: range.highest))
      case .ageBand, .consent:
        let index = contextual.firstIndex(of: condition) ?? contextual.count
        if index == contextual.count { contextual.append(condition) }
        steps.append(.context(index))
      case .uploadKind, .uploadMediaType, .provenanceState, .provenanceSourceType:
        steps.append(.open)
      }
    }

    private mutating func slot(_ name: String) -> Int {
      if let slot = slots[name] { return slot }
      slots[name] = slots.count
      return slots.count - 1
    }
  }

  private static func bit(of kind: EvidenceItem.Kind) -> UInt16 {
    switch kind {
    case .prompt: 1
    case .scene: 2
    case .transcript: 4
    case .textInFrame: 8
    case .frame: 16
    case .soundtrack: 32
    case .upload: 64
    }
  }

  /// The evidence of one decision, laid out for the programs.
  struct Board {
    private let screen: RuleScreen
    private let contexts: [Truths]
    /// Slot by slot, item after item.
    private var known: [Known]
    /// The kinds that are there, each with its items and the summary of what is known of them.
    private var groups: [(bit: UInt16, items: [Int], summary: [Known])] = []
    private var stack: [Truths] = []

    init(_ screen: RuleScreen, items: [EvidenceItem], subject: Subject) {
      self.screen = screen
      contexts = screen.contextual.map { Self.truths(of: $0, subject) }
      let width = screen.slots.count
      known = [Known](repeating: Known(), count: width * items.count)
      for (index, item) in items.enumerated() {
        for signal in item.signals {
          guard let slot = screen.slots[signal.name] else { continue }
          known[index * width + slot].take(signal.value)
        }
        let bit = RuleScreen.bit(of: item.kind)
        let row = known[index * width..<(index + 1) * width]
        if let group = groups.firstIndex(where: { $0.bit == bit }) {
          groups[group].items.append(index)
          for (slot, one) in zip(0..., row) { groups[group].summary[slot].unite(one) }
        } else {
          groups.append((bit, [index], Array(row)))
        }
      }
      stack.reserveCapacity(DiagnosticCollector.conditionLimit)
    }

    /// Indices of the items on which rule `index` may be other than false, in ascending order.
    mutating func suspects(ofRule index: Int) -> [Int] {
      var found: [Int] = []
      let kinds = screen.kinds[index]
      for group in groups.indices where kinds & groups[group].bit != 0 {
        guard mayHold(index, groups[group].summary, from: 0) else { continue }
        for item in groups[group].items
        where mayHold(index, known, from: item * screen.slots.count) {
          found.append(item)
        }
      }
      return found.count > 1 ? found.sorted() : found
    }

    private mutating func mayHold(_ rule: Int, _ known: [Known], from base: Int) -> Bool {
      stack.removeAll(keepingCapacity: true)
      for step in screen.programs[rule] {
        switch step {
        case .score(let slot, let low, let high):
          stack.append(known[base + slot].truths(from: low, to: high))
        case .context(let index): stack.append(contexts[index])
        case .open: stack.append(.any)
        case .negate: stack[stack.count - 1] = stack[stack.count - 1].negated
        case .all(let count): reduce(count, absorbing: .isFalse, neutral: .isTrue)
        case .any(let count): reduce(count, absorbing: .isTrue, neutral: .isFalse)
        }
      }
      return !stack[stack.count - 1].isSubset(of: .isFalse)
    }

    /// Kleene's `all` and `any`: absorbing if one part can be; neutral if each part can be; unknown
    /// if one part can be and no part must be absorbing.
    private mutating func reduce(_ count: Int, absorbing: Truths, neutral: Truths) {
      var (canAbsorb, canBeNeutral, canBeUnknown, isOpen) = (false, true, false, true)
      for part in stack[(stack.count - count)...] {
        if part.contains(absorbing) { canAbsorb = true }
        if !part.contains(neutral) { canBeNeutral = false }
        if part.contains(.isUnknown) { canBeUnknown = true }
        if part == absorbing { isOpen = false }
      }
      stack.removeLast(count)
      var truths: Truths = []
      if canAbsorb { truths.insert(absorbing) }
      if canBeNeutral { truths.insert(neutral) }
      if canBeUnknown, isOpen { truths.insert(.isUnknown) }
      stack.append(truths)
    }

    private static func truths(of condition: Condition, _ subject: Subject) -> Truths {
      let nothing = IndexedItem(EvidenceItem(kind: .prompt, signals: []))
      switch condition.evaluate(nothing, subject: subject, checks: [:]).truth {
      case .isTrue: return .isTrue
      case .isUnknown: return .isUnknown
      case .isFalse: return .isFalse
      }
    }
  }
}

extension RuleScreen.Truths {
  fileprivate var negated: Self {
    var truths = intersection(.isUnknown)
    if contains(.isTrue) { truths.insert(.isFalse) }
    if contains(.isFalse) { truths.insert(.isTrue) }
    return truths
  }
}

extension RuleScreen.Known {
  /// Several answers of one name: the highest counts, and one that is unknown leaves a doubt.
  fileprivate mutating func take(_ value: Signal.Value) {
    if case .score(let score) = value, (0...1).contains(score) {
      if high < 0, low > 1 { mayBeUnknown = hasDoubt }
      high = max(high, score)
      low = high
    } else {
      mayBeUnknown = true
      hasDoubt = true
    }
  }

  fileprivate mutating func unite(_ other: Self) {
    low = min(low, other.low)
    high = max(high, other.high)
    mayBeUnknown = mayBeUnknown || other.mayBeUnknown
  }

  fileprivate func truths(from lowest: Double, to highest: Double) -> RuleScreen.Truths {
    var truths: RuleScreen.Truths = mayBeUnknown ? .isUnknown : []
    // Nothing is scored, and neither comparison can hold.
    if high >= lowest, low <= highest { truths.insert(.isTrue) }
    if high >= low, low < lowest || high > highest { truths.insert(.isFalse) }
    return truths
  }
}

extension ScoreRange {
  /// The lowest score inside.
  fileprivate var lowest: Double { max(atLeast ?? 0, above.map(\.nextUp) ?? 0) }
  /// The highest score inside.
  fileprivate var highest: Double { min(atMost ?? 1, below.map(\.nextDown) ?? 1) }
}
