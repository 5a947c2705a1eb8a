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
