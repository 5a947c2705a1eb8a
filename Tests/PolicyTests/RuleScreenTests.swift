import Evidence
import Testing

@testable import Policy

/// The screen may only save work: what it clears, the evaluator finds false.
@Suite struct RuleScreenTests {
  /// SplitMix64, so that a failure comes back.
  private struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  private static let names = ["a", "b", "lexicon:l"]

  private static func condition(_ dice: inout Dice, depth: Int = 0) -> Condition {
    let bound = Double(Int.random(in: 0...10, using: &dice)) / 10
    switch Int.random(in: 0..<(depth < 3 ? 10 : 7), using: &dice) {
    case 0: return .score("a", ScoreRange(atLeast: bound))
    case 1: return .score("b", ScoreRange(above: bound, below: min(bound + 0.4, 1)))
    case 2: return .score("a", ScoreRange(atMost: bound))
    case 3: return .lexicon("l")
    case 4: return .ageBand([.under13, .from13To17])
    case 5: return .consent("c")
    case 6: return .score("b", ScoreRange(atLeast: bound))
    case 7: return .not(condition(&dice, depth: depth + 1))
    case 8:
      return .all(
        (0..<Int.random(in: 1...3, using: &dice)).map { _ in condition(&dice, depth: depth + 1) })
    default:
      return .any(
        (0..<Int.random(in: 1...3, using: &dice)).map { _ in condition(&dice, depth: depth + 1) })
    }
  }

  private static func item(_ dice: inout Dice) -> EvidenceItem {
    let kinds: [EvidenceItem.Kind] = [.prompt, .scene, .transcript]
    var signals: [Signal] = []
    for name in names {
      for _ in 0..<Int.random(in: 0...2, using: &dice) {
        let value: Signal.Value
        switch Int.random(in: 0...5, using: &dice) {
        case 0: value = .unknown(.timedOut)
        case 1: value = .score(.nan)
        default: value = .score(Double(Int.random(in: 0...10, using: &dice)) / 10)
        }
        signals.append(Signal(name: name, value: value, check: "text"))
      }
    }
    return EvidenceItem(kind: kinds.randomElement(using: &dice)!, signals: signals)
  }

  @Test(arguments: UInt64(0)..<40) func neverClearsWhatMayFire(seed: UInt64) {
    var dice = Dice(state: seed)
    let rules = (0..<30).map { index in
      Rule(
        id: "r\(index)", on: index % 3 == 0 ? [.prompt] : [.prompt, .scene, .transcript],
        when: Self.condition(&dice), then: .block, category: "c")
    }
    let screen = RuleScreen(rules)
    let items = (0..<6).map { _ in Self.item(&dice) }
    let subject = Subject(
      tenant: "t", ageBand: Subject.AgeBand.allCases.randomElement(using: &dice)!,
      consents: Bool.random(using: &dice) ? ["c"] : [])
    var board = RuleScreen.Board(screen, items: items, subject: subject)
    for (index, rule) in rules.enumerated() {
      let holding = items.indices.filter { place in
        rule.on.contains(items[place].kind)
          && rule.when.evaluate(IndexedItem(items[place]), subject: subject, checks: [:]).truth
            != .isFalse
      }
      let suspects = board.suspects(ofRule: index)
      #expect(
        Set(suspects).isSuperset(of: holding), "\(rule.when) on \(items), \(subject)")
      #expect(suspects == suspects.sorted())
    }
  }

  @Test func clearsPlainlyHarmlessEvidence() {
    let rules = [
      Rule(
        id: "a", on: [.prompt], when: .score("a", ScoreRange(atLeast: 0.5)), then: .block,
        category: "c")
    ]
    let items = [0.1, 0.6, 0.3].map { EvidenceItem.text(.prompt, ["a": $0]) }
    var board = RuleScreen.Board(
      RuleScreen(rules), items: items, subject: Subject(tenant: "t"))
    #expect(board.suspects(ofRule: 0) == [1])
  }
}
