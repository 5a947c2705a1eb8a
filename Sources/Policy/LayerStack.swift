import StrictJSON

/// Puts layers on one another and collects where a lower one does what it may not.
struct LayerStack {
  private(set) var rules: [PolicySet.EffectiveRule] = []
  private(set) var diagnostics: [Diagnostic] = []
  private var layers: [PolicyDocument] = []
  /// All definitions of an id, highest layer first: a later one is held against each of them.
  private var history: [String: [PolicySet.EffectiveRule]] = [:]

  mutating func add(_ layer: PolicyDocument) {
    let index = layers.count
    if let other = layers.first(where: { $0.name == layer.name }) {
      diagnostics.append(
        layer.file.diagnostic(
          "duplicate-policy", at: [.member("policy")],
          "a policy called \"\(other.name)\" is loaded already"))
    }
    for (position, rule) in layer.rules.enumerated() {
      let effective = PolicySet.EffectiveRule(rule: rule, policy: layer.name, layer: index)
      if let earlier = history[rule.id] {
        if let problem = LayerStack.problem(of: rule, against: earlier) {
          diagnostics.append(
            layer.file.diagnostic(
              problem.code, at: [.member("rules"), .element(position)], problem.message))
          continue
        }
        rules.removeAll { $0.rule.id == rule.id }
      }
      rules.append(effective)
      history[rule.id, default: []].append(effective)
    }
    holdChecks(of: layer)
    holdMarking(of: layer)
    layers.append(layer)
  }

  private static func problem(
    of rule: Rule, against earlier: [PolicySet.EffectiveRule]
  ) -> (code: String, message: String)? {
    for other in earlier {
      if other.layer == 0 {
        return (
          "floor-touched",
          "\"\(rule.id)\" is a rule of the floor (\(other.policy)), which nothing may replace; "
            + "add a stricter rule under another id"
        )
      }
      if !other.rule.mayBeLoosened, !rule.isAtLeastAsStrict(as: other.rule) {
        return (
          "loosened",
          "\"\(rule.id)\" stands in \(other.policy), and this one is not plainly stricter; keep "
            + "its condition, lower a bound, widen \"on\" or raise \"then\", or set "
            + "\"may_be_loosened\": true in \(other.policy)"
        )
      }
    }
    return nil
  }

  private mutating func holdChecks(of layer: PolicyDocument) {
    for (name, check) in layer.checks.sorted(by: { $0.key < $1.key }) {
      guard let onError = check.onError else { continue }
      for other in layers {
        if let above = other.checks[name]?.onError, onError < above {
          diagnostics.append(
            layer.file.diagnostic(
              "loosened", at: [.member("checks"), .member(name), .member("on_error")],
              "\(other.name) says \"\(above.rawValue)\" for a failing \"\(name)\"; a lower layer "
                + "can only be stricter"))
          break
        }
      }
    }
  }

  private mutating func holdMarking(of layer: PolicyDocument) {
    let members: [(String, Bool, (Marking) -> Bool)] = [
      ("visible", layer.marking.visible == .never, { $0.visible == .always }),
      ("watermark", layer.marking.watermark == .never, { $0.watermark == .always }),
      (
        "audible", layer.marking.audible == .never,
        { $0.audible == .rhythm || $0.audible == .spoken }
      ),
    ]
    for (name, isOff, isOn) in members where isOff {
      if let other = layers.first(where: { isOn($0.marking) }) {
        diagnostics.append(
          layer.file.diagnostic(
            "loosened", at: [.member("marking"), .member(name)],
            "\(other.name) says that generated media always carry this mark; a lower layer cannot "
              + "take it off"))
      }
    }
  }
}

extension Rule {
  /// Whether this rule fires at least wherever `other` does, at least as severely. What cannot be
  /// seen from the form alone counts as no.
  func isAtLeastAsStrict(as other: Rule) -> Bool {
    guard on.isSuperset(of: other.on), then >= other.then else { return false }
    guard mode == .enforce || other.mode == .shadow else { return false }
    guard isWindowAtLeastAsStrict(as: other.over) else { return false }
    return when.coversByForm(other.when)
  }

  private func isWindowAtLeastAsStrict(as other: Window?) -> Bool {
    guard let over else { return true }
    guard let other else { return over.count == 1 }
    return over.unit == other.unit && over.count <= other.count && over.seconds >= other.seconds
  }
}

extension Condition {
  /// Whether, by its form, this is true wherever `other` is, and unknown or true wherever `other` is
  /// unknown.
  func coversByForm(_ other: Condition) -> Bool {
    if self == other { return true }
    switch (self, other) {
    case (.score(let name, let range), .score(let otherName, let otherRange)):
      return name == otherName && range.covers(otherRange)
    case (.all(let parts), .all(let others)):
      return parts.allSatisfy { part in others.contains { part.coversByForm($0) } }
    case (.any(let parts), .any(let others)):
      return others.allSatisfy { other in parts.contains { $0.coversByForm(other) } }
    case (.any(let parts), _):
      return parts.contains { $0.coversByForm(other) }
    case (.not(let part), .not(let otherPart)):
      return otherPart.coversByForm(part)
    case (.ageBand(let bands), .ageBand(let others)): return bands.isSuperset(of: others)
    case (.uploadKind(let kinds), .uploadKind(let others)): return kinds.isSuperset(of: others)
    case (.uploadMediaType(let types), .uploadMediaType(let others)):
      return types.isSuperset(of: others)
    case (.provenanceState(let states), .provenanceState(let others)):
      return states.isSuperset(of: others)
    case (.provenanceSourceType(let types), .provenanceSourceType(let others)):
      return types.isSuperset(of: others)
    default: return false
    }
  }
}
