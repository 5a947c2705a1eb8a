public import Evidence

/// The policies in force: a floor that nothing can override, and layers that add to it.
public struct PolicySet: Sendable {
  /// Floor first, each later one below the one before it.
  public let layers: [PolicyDocument]
  /// The lists that the rules name, by name in ascending order.
  public let lexicons: [PolicyLexicon]
  /// What a person should look at although the files were accepted.
  public let warnings: [Diagnostic]
  let rules: [EffectiveRule]
  /// The same rules, for finding quickly those that cannot fire.
  let screen: RuleScreen
  /// For each layer, what a check's failure does to that layer's rules.
  let onError: [[String: Check.OnError]]
  /// The check that answers for a score, for scores that are not there at all.
  let checkOfScore: [String: String]

  /// A rule that is in force and where it came from.
  struct EffectiveRule: Sendable {
    let rule: Rule
    let policy: String
    let layer: Int
  }

  /// Puts layers on one another.
  ///
  /// - Parameter layers: the floor first; not empty.
  /// - Throws: `PolicyLoadError` when a layer touches the floor, or loosens what may not be loosened.
  public init(
    layers: [PolicyDocument], lexicons: [PolicyLexicon] = [], warnings: [Diagnostic] = []
  ) throws(PolicyLoadError) {
    precondition(!layers.isEmpty, "a policy set has a floor")
    var stack = LayerStack()
    for layer in layers { stack.add(layer) }
    let diagnostics = warnings + stack.diagnostics
    guard stack.diagnostics.isEmpty else { throw PolicyLoadError(diagnostics: diagnostics) }
    self.layers = layers
    self.lexicons = lexicons.sorted { $0.list < $1.list }
    rules = stack.rules
    screen = RuleScreen(stack.rules.map(\.rule))
    onError = PolicySet.onError(layers)
    checkOfScore = PolicySet.checkOfScore(layers)
    self.warnings = warnings + PolicySet.doubts(layers: layers, rules: stack.rules)
  }

  public var identities: [PolicyIdentity] { layers.map(\.identity) }

  /// Rules in force, floor first, with the policy each comes from.
  public var effectiveRules: [(policy: String, rule: Rule)] { rules.map { ($0.policy, $0.rule) } }

  /// For a check that no policy sets a limit for: longer than any local check takes.
  public static let defaultTimeout = Duration.seconds(30)

  /// How long the check may take: the lowest layer that says it decides.
  public func timeout(of check: String) -> Duration {
    let stated = layers.reversed().lazy.compactMap { $0.checks[check]?.timeoutMilliseconds }.first
    return stated.map { .milliseconds($0) } ?? Self.defaultTimeout
  }

  /// How media are marked. The floor's word stands; otherwise the lowest layer's; otherwise visible, and
  /// audible by a rhythm.
  public var marking: Marking {
    let floor = layers[0].marking
    var marking = Marking()
    for layer in layers.map(\.marking) {
      marking.visible = floor.visible ?? layer.visible ?? marking.visible
      marking.creatorName = floor.creatorName ?? layer.creatorName ?? marking.creatorName
      marking.watermark = floor.watermark ?? layer.watermark ?? marking.watermark
      marking.audible = floor.audible ?? layer.audible ?? marking.audible
    }
    marking.visible = marking.visible ?? .always
    marking.audible = marking.audible ?? .rhythm
    return marking
  }

  /// Names of the signals that some rule reads on this kind of evidence, such as `sexual` or
  /// `lexicon:slurs`.
  public func signalsRead(on kind: EvidenceItem.Kind) -> Set<String> {
    rules.reduce(into: []) { names, effective in
      if effective.rule.on.contains(kind) { names.formUnion(effective.rule.when.signalNames) }
    }
  }

  /// Lines for the start-up banner: every check whose failure lets requests through.
  public var banner: [String] {
    layers.flatMap { layer in
      layer.checks.filter { $0.value.onError == .allow }.keys.sorted().map { check in
        "policy \(layer.name) lets requests through when the check \"\(check)\" has no answer"
      }
    }
  }

  /// A rule obeys what its own layer says of the check, else the nearest layer above it, else `hold`;
  /// a lower layer can make that stricter.
  private static func onError(_ layers: [PolicyDocument]) -> [[String: Check.OnError]] {
    let names = Set(layers.flatMap(\.checks.keys))
    return layers.indices.map { index in
      var table: [String: Check.OnError] = [:]
      for name in names {
        let own = layers[...index].reversed().lazy.compactMap { $0.checks[name]?.onError }.first
        let below = layers[(index + 1)...].compactMap { $0.checks[name]?.onError }
        table[name] = max(own ?? .hold, below.max() ?? .allow)
      }
      return table
    }
  }

  /// The highest layer that claims a score keeps it, so that no lower one can move a score of the
  /// floor to a check that it lets fail.
  private static func checkOfScore(_ layers: [PolicyDocument]) -> [String: String] {
    var owners: [String: String] = [:]
    for layer in layers {
      for (name, check) in layer.checks.sorted(by: { $0.key < $1.key }) {
        for score in check.scores where owners[score] == nil { owners[score] = name }
        if check.scores.isEmpty, owners[name] == nil { owners[name] = name }
      }
    }
    return owners
  }
}
