import Evidence
import StrictJSON

extension PolicySet {
  /// What is allowed and probably not meant: checks that no rule reads, scores without a check,
  /// categories that are scored and never judged, rules that say the same twice.
  static func doubts(layers: [PolicyDocument], rules: [EffectiveRule]) -> [Diagnostic] {
    let signals = Set(rules.flatMap { $0.rule.when.signalNames })
    let declared = layers.reduce(into: Set<String>()) { names, layer in
      for (name, check) in layer.checks {
        names.formUnion(check.scores.isEmpty ? [name] : check.scores)
      }
    }
    return unreadChecks(layers: layers, rules: rules, signals: signals)
      + strayScores(layers: layers, declared: declared) + twins(layers: layers)
      + deadRules(layers: layers)
  }

  /// Rules whose conditions contradict one another, so that nothing can make them fire.
  private static func deadRules(layers: [PolicyDocument]) -> [Diagnostic] {
    layers.flatMap { layer in
      layer.rules.enumerated().compactMap { index, rule in
        guard rule.when.simplified.isImpossible else { return nil }
        return layer.file.diagnostic(
          "never-fires", at: [.member("rules"), .element(index), .member("when")],
          severity: .warning,
          "\"\(rule.id)\" asks for what cannot be at the same time, so that it is never true")
      }
    }
  }

  private static func unreadChecks(
    layers: [PolicyDocument], rules: [EffectiveRule], signals: Set<String>
  ) -> [Diagnostic] {
    // A check of the name of some evidence, such as `transcript`, is what makes that evidence.
    var implied = Set(rules.flatMap { $0.rule.on.map(\.rawValue) })
    for leaf in rules.flatMap({ $0.rule.when.leaves }) {
      switch leaf {
      case .lexicon: implied.insert("lexicon")
      case .ageBand: implied.insert("age_band")
      case .uploadKind, .uploadMediaType: implied.insert("upload")
      case .provenanceState, .provenanceSourceType: implied.insert("provenance")
      default: break
      }
    }
    var diagnostics: [Diagnostic] = []
    for layer in layers {
      for (name, check) in layer.checks.sorted(by: { $0.key < $1.key }) {
        let path: [JSONStep] = [.member("checks"), .member(name)]
        let scores = check.scores.isEmpty ? [name] : check.scores
        if scores.isDisjoint(with: signals), !implied.contains(name) {
          diagnostics.append(
            layer.file.diagnostic(
              "unread-check", at: path, ofName: true, severity: .warning,
              "no rule reads what the check \"\(name)\" says"))
        } else if !check.scores.isEmpty {
          let unread = check.scores.subtracting(signals).sorted()
          guard !unread.isEmpty else { continue }
          diagnostics.append(
            layer.file.diagnostic(
              "unread-score", at: path + [.member("scores")], severity: .warning,
              "no rule reads \(unread.joined(separator: ", "))"))
        }
      }
    }
    return diagnostics
  }

  /// Only where the policies list their checks' scores at all: a name outside the lists may be a
  /// typing mistake, and the rule then holds everything.
  private static func strayScores(
    layers: [PolicyDocument], declared: Set<String>
  ) -> [Diagnostic] {
    guard layers.contains(where: { $0.checks.values.contains { !$0.scores.isEmpty } }) else {
      return []
    }
    var diagnostics: [Diagnostic] = []
    for layer in layers {
      for (index, rule) in layer.rules.enumerated() {
        for case .score(let name, _) in rule.when.leaves where !declared.contains(name) {
          diagnostics.append(
            layer.file.diagnostic(
              "unknown-score", at: [.member("rules"), .element(index), .member("when")],
              severity: .warning,
              "no check lists the score \"\(name)\", so that the rule will be unknown wherever it "
                + "is asked\(NearestName.hint(for: name, among: declared))"))
        }
      }
    }
    return diagnostics
  }

  /// Of rules with the same outcome and signals, so many are held against each new one.
  private static let twinsCompared = 32

  private static func twins(layers: [PolicyDocument]) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    for layer in layers {
      var groups: [String: [Rule]] = [:]
      for (index, rule) in layer.rules.enumerated() {
        let key = "\(rule.category)\u{0}\(rule.then)\u{0}\(rule.when.signalNames.sorted())"
        if let twin = groups[key]?.first(where: {
          $0.when == rule.when && $0.on == rule.on && $0.over == rule.over && $0.mode == rule.mode
        }) {
          diagnostics.append(
            layer.file.diagnostic(
              "same-rule", at: [.member("rules"), .element(index)], severity: .warning,
              "\"\(rule.id)\" says the same as \"\(twin.id)\""))
        }
        if groups[key, default: []].count < twinsCompared { groups[key, default: []].append(rule) }
      }
    }
    return diagnostics
  }
}

extension Condition {
  /// Whether the form alone shows that this can never be true. What cannot be seen counts as no.
  fileprivate var isImpossible: Bool {
    switch self {
    case .any(let parts): return parts.allSatisfy(\.isImpossible)
    case .all(let parts):
      if parts.contains(where: \.isImpossible) { return true }
      if parts.contains(where: { parts.contains(.not($0)) }) { return true }
      var scores: [String: ScoreRange] = [:]
      var (bands, kinds): (Set<Subject.AgeBand>?, Set<Upload.Kind>?)
      for part in parts {
        switch part {
        case .score(let name, let range):
          let both = scores[name].map { $0.intersection(range) } ?? range
          if both.isEmpty { return true }
          scores[name] = both
        case .ageBand(let set): bands = bands?.intersection(set) ?? set
        case .uploadKind(let set): kinds = kinds?.intersection(set) ?? set
        default: continue
        }
      }
      return bands?.isEmpty == true || kinds?.isEmpty == true
    default: return false
    }
  }
}

extension ScoreRange {
  fileprivate func intersection(_ other: ScoreRange) -> ScoreRange {
    func higher(_ a: Double?, _ b: Double?) -> Double? { [a, b].compactMap { $0 }.max() }
    func lower(_ a: Double?, _ b: Double?) -> Double? { [a, b].compactMap { $0 }.min() }
    return ScoreRange(
      atLeast: higher(atLeast, other.atLeast), above: higher(above, other.above),
      atMost: lower(atMost, other.atMost), below: lower(below, other.below))
  }
}
