public import Evidence

/// A policy's word list, compiled into one automaton (Aho and Corasick, 1975): a text is read once,
/// however many terms there are. Terms match on word boundaries of the normalised text, and are
/// normalised as texts are.
public struct Lexicon: Sendable {
  public let name: String
  public let version: String
  /// Name, version and SHA-256 of the file, for the log.
  public let identity: ModelIdentity
  private let automaton: TermAutomaton

  /// - Parameter sha256: of the list as the policy names it.
  public init(name: String, version: String, terms: [String], sha256: String = "") {
    self.name = name
    self.version = version
    identity = ModelIdentity(name: "lexicon:\(name) \(version)", sha256: sha256)
    automaton = TermAutomaton(terms.map { TextNormalizer.plain($0) }.filter { !$0.isEmpty })
  }

  /// Where the first term stands in the original text, as UTF-8 offsets; nil when there is none.
  public func firstMatch(in views: [NormalizedText]) -> Range<Int>? {
    for view in views {
      if let match = automaton.firstMatch(in: view.text) { return view.sourceRange(match) }
    }
    return nil
  }

  /// `lexicon:<list>` of check `lexicon`: 1 with the place of the first term, or 0.
  public func signal(for views: [NormalizedText]) -> Signal {
    let match = firstMatch(in: views)
    return Signal(
      name: "lexicon:\(name)", value: .score(match == nil ? 0 : 1), check: "lexicon",
      model: identity, span: match)
  }
}
