import Evidence

extension Condition {
  /// One form for one meaning: nested lists of one kind flattened, single parts unpacked, double
  /// negation gone, parts in a fixed order.
  var simplified: Condition {
    switch self {
    case .all(let parts):
      let flat = parts.map(\.simplified).flatMap { part in
        if case .all(let inner) = part { inner } else { [part] }
      }
      return flat.count == 1 ? flat[0] : .all(flat.inOrder)
    case .any(let parts):
      let flat = parts.map(\.simplified).flatMap { part in
        if case .any(let inner) = part { inner } else { [part] }
      }
      return flat.count == 1 ? flat[0] : .any(flat.inOrder)
    case .not(.not(let part)): return part.simplified
    case .not(let part): return .not(part.simplified)
    default: return self
    }
  }

  /// As a person would say it: `sexual ≥ 0.8 and not consent covers_likeness`.
  public var sentence: String {
    switch self {
    case .all(let parts): parts.map(\.bracketed).joined(separator: " and ")
    case .any(let parts): parts.map(\.bracketed).joined(separator: " or ")
    case .not(let part): "not \(part.bracketed)"
    case .score(let name, let range): "\(name) \(range.sentence)"
    case .lexicon(let list): "a word of \(list)"
    case .ageBand(let bands): "age \(Self.list(bands.map(\.rawValue)))"
    case .uploadKind(let kinds): "upload is \(Self.list(kinds.map(\.rawValue)))"
    case .uploadMediaType(let types): "media type \(Self.list(Array(types)))"
    case .provenanceState(let states): "credentials \(Self.list(Array(states)))"
    case .provenanceSourceType(let types): "source \(Self.list(Array(types)))"
    case .consent(let name): "consent \(name)"
    }
  }

  private var bracketed: String {
    switch self {
    case .all(let parts), .any(let parts): parts.count > 1 ? "(\(sentence))" : sentence
    default: sentence
    }
  }

  private static func list(_ words: [String]) -> String { words.sorted().joined(separator: "|") }
}

extension ScoreRange {
  fileprivate var sentence: String {
    let bounds = [("≥", atLeast), (">", above), ("≤", atMost), ("<", below)]
    return bounds.compactMap { sign, bound in bound.map { "\(sign) \($0)" } }
      .joined(separator: " and ")
  }
}

extension [Condition] {
  fileprivate var inOrder: [Condition] {
    var seen: Set<String> = []
    return sorted { $0.sentence < $1.sentence }.filter { seen.insert($0.sentence).inserted }
  }
}
