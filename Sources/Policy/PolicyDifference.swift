import Evidence

/// What two policies say differently. Order, notes and spelling do not count.
public struct PolicyDifference: Equatable, Sendable {
  public enum Direction: String, Sendable {
    case stricter, looser
    /// Stricter here and looser there, or not to be told from the form.
    case other = "different"
  }

  public struct Change: Equatable, Sendable {
    public enum Subject: Equatable, Sendable {
      case rule(String)
      case check(String)
      case marking
      case lexicon(String)
    }

    public let subject: Subject
    public let direction: Direction
    /// Sentences without a full stop: `then is block instead of review`.
    public let details: [String]
  }

  /// Rules first, then checks, marking, word lists; each in the order of names.
  public let changes: [Change]

  public var isEmpty: Bool { changes.isEmpty }

  public init(from old: PolicySet, to new: PolicySet) {
    changes =
      Self.rules(old, new) + Self.checks(old, new) + Self.marking(old, new)
      + Self.lexicons(old, new)
  }

  private static func rules(_ old: PolicySet, _ new: PolicySet) -> [Change] {
    let before = Dictionary(uniqueKeysWithValues: old.rules.map { ($0.rule.id, $0.rule) })
    let after = Dictionary(uniqueKeysWithValues: new.rules.map { ($0.rule.id, $0.rule) })
    return Set(before.keys).union(after.keys).sorted().compactMap { id in
      switch (before[id], after[id]) {
      case (nil, let rule?):
        return Change(
          subject: .rule(id), direction: rule.mode == .shadow ? .other : .stricter,
          details: ["new: \(rule.sentence)"])
      case (let rule?, nil):
        return Change(
          subject: .rule(id), direction: rule.mode == .shadow ? .other : .looser,
          details: ["gone: \(rule.sentence)"])
      case (let a?, let b?):
        let details = b.differences(from: a)
        guard !details.isEmpty else { return nil }
        return Change(subject: .rule(id), direction: direction(from: a, to: b), details: details)
      case (nil, nil): return nil
      }
    }
  }

  private static func direction(from old: Rule, to new: Rule) -> Direction {
    let (a, b) = (old.simplified, new.simplified)
    switch (b.isAtLeastAsStrict(as: a), a.isAtLeastAsStrict(as: b)) {
    case (true, false): return .stricter
    case (false, true): return .looser
    default: return .other
    }
  }

  private static func checks(_ old: PolicySet, _ new: PolicySet) -> [Change] {
    let names = Set((old.layers + new.layers).flatMap(\.checks.keys))
    return names.sorted().compactMap { name in
      var details: [String] = []
      var direction = Direction.other
      let (a, b) = (old.strictestOnError(of: name), new.strictestOnError(of: name))
      if a != b {
        details.append("on_error is \(b.rawValue) instead of \(a.rawValue)")
        direction = b > a ? .stricter : .looser
      }
      let (before, after) = (old.timeout(of: name), new.timeout(of: name))
      if before != after {
        details.append(
          "timeout_ms is \(Int(after / .milliseconds(1))) instead of "
            + "\(Int(before / .milliseconds(1)))")
      }
      return details.isEmpty
        ? nil : Change(subject: .check(name), direction: direction, details: details)
    }
  }

  private static func marking(_ old: PolicySet, _ new: PolicySet) -> [Change] {
    let (a, b) = (old.marking, new.marking)
    var details: [String] = []
    var direction = Direction.other
    for (name, before, after) in [
      ("visible", a.visible, b.visible), ("watermark", a.watermark, b.watermark),
    ] where before != after {
      details.append(
        "\(name) is \(after?.rawValue ?? "not said") instead of \(before?.rawValue ?? "not said")")
      direction = after == .always ? .stricter : after == .never ? .looser : .other
    }
    if a.audible != b.audible {
      details.append(
        "audible is \(b.audible?.rawValue ?? "not said") instead of "
          + "\(a.audible?.rawValue ?? "not said")")
      direction = b.audible == .never ? .looser : a.audible == .never ? .stricter : .other
    }
    if a.creatorName != b.creatorName {
      details.append("creator_name is \(b.creatorName == true) instead of \(a.creatorName == true)")
    }
    if details.count > 1 { direction = .other }
    return details.isEmpty
      ? [] : [Change(subject: .marking, direction: direction, details: details)]
  }

  private static func lexicons(_ old: PolicySet, _ new: PolicySet) -> [Change] {
    let before = Dictionary(uniqueKeysWithValues: old.lexicons.map { ($0.list, Set($0.terms)) })
    let after = Dictionary(uniqueKeysWithValues: new.lexicons.map { ($0.list, Set($0.terms)) })
    // Lists that only one side reads show in its rules.
    return Set(before.keys).intersection(after.keys).sorted().compactMap { list in
      let (a, b) = (before[list]!, after[list]!)
      guard a != b else { return nil }
      let (added, removed) = (b.subtracting(a).sorted(), a.subtracting(b).sorted())
      var details: [String] = []
      if !added.isEmpty { details.append("\(added.count) more: \(Self.few(added))") }
      if !removed.isEmpty { details.append("\(removed.count) fewer: \(Self.few(removed))") }
      return Change(
        subject: .lexicon(list),
        direction: removed.isEmpty ? .stricter : added.isEmpty ? .looser : .other,
        details: details)
    }
  }

  private static func few(_ terms: [String]) -> String {
    terms.prefix(5).joined(separator: ", ") + (terms.count > 5 ? " …" : "")
  }
}

extension PolicySet {
  /// What a failing check does at most, over all layers.
  func strictestOnError(of check: String) -> Check.OnError {
    onError.compactMap { $0[check] }.max() ?? .hold
  }
}

extension Rule {
  /// In one form for one meaning.
  var simplified: Rule {
    Rule(
      id: id, on: on, when: when.simplified, then: then, category: category, say: say, over: over,
      mode: mode, mayBeLoosened: mayBeLoosened)
  }

  /// Kind of evidence, condition and outcome in one line.
  public var sentence: String {
    let kinds = on.map(\.rawValue).sorted().joined(separator: ", ")
    let window = over.map { " over \($0.count) \($0.unit.rawValue) within \($0.seconds) s" } ?? ""
    return "on \(kinds): \(when.sentence)\(window) → \(then.rawValue) (\(category))"
      + (mode == .shadow ? ", shadow" : "")
  }

  fileprivate func differences(from other: Rule) -> [String] {
    var details: [String] = []
    func compare(_ name: String, _ old: String, _ new: String) {
      if old != new { details.append("\(name) is \(new) instead of \(old)") }
    }
    func kinds(_ rule: Rule) -> String { rule.on.map(\.rawValue).sorted().joined(separator: ", ") }
    func window(_ rule: Rule) -> String {
      rule.over.map { "\($0.count) \($0.unit.rawValue) within \($0.seconds) s" } ?? "any one"
    }
    compare("on", kinds(other), kinds(self))
    compare("when", other.when.simplified.sentence, when.simplified.sentence)
    compare("over", window(other), window(self))
    compare("then", other.then.rawValue, then.rawValue)
    compare("category", other.category, category)
    compare("say", other.say ?? "the general sentence", say ?? "the general sentence")
    compare("mode", other.mode.rawValue, mode.rawValue)
    compare(
      "may_be_loosened", String(other.mayBeLoosened), String(mayBeLoosened))
    return details
  }
}
