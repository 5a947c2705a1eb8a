public import Evidence

/// What a rule asks of one piece of evidence. True, false, or unknown (Kleene's three values).
public indirect enum Condition: Equatable, Sendable {
  case all([Condition])
  case any([Condition])
  case not(Condition)
  /// A classifier's score lies in a range.
  case score(String, ScoreRange)
  /// The text holds a term of the list.
  case lexicon(String)
  /// The subject's age band is one of these. An unknown band is neither in nor out unless
  /// `unknown` is listed.
  case ageBand(Set<Subject.AgeBand>)
  case uploadKind(Set<Upload.Kind>)
  case uploadMediaType(Set<String>)
  /// The verifier's state of an upload: `Trusted`, `Valid`, `Invalid`, `NoManifest`.
  case provenanceState(Set<String>)
  /// The upload's digitalSourceType by its last path component.
  case provenanceSourceType(Set<String>)
  /// A consent of this name is on record for the request.
  case consent(String)
}

/// Bounds of a score, each optional; all that are given must hold.
public struct ScoreRange: Equatable, Sendable {
  public var atLeast: Double?
  public var above: Double?
  public var atMost: Double?
  public var below: Double?

  public init(
    atLeast: Double? = nil, above: Double? = nil, atMost: Double? = nil, below: Double? = nil
  ) {
    self.atLeast = atLeast
    self.above = above
    self.atMost = atMost
    self.below = below
  }

  func contains(_ score: Double) -> Bool {
    (atLeast.map { score >= $0 } ?? true) && (above.map { score > $0 } ?? true)
      && (atMost.map { score <= $0 } ?? true) && (below.map { score < $0 } ?? true)
  }

  /// Whether no score from 0 to 1 lies inside.
  var isEmpty: Bool {
    let (low, high) = (lower, upper)
    return low.value > high.value
      || (low.value == high.value && (low.isExclusive || high.isExclusive))
  }

  /// Whether every score in `other` lies in this range too.
  func covers(_ other: ScoreRange) -> Bool {
    let (low, otherLow) = (lower, other.lower)
    let (high, otherHigh) = (upper, other.upper)
    let startsBefore =
      low.value < otherLow.value
      || (low.value == otherLow.value && (!low.isExclusive || otherLow.isExclusive))
    let endsAfter =
      high.value > otherHigh.value
      || (high.value == otherHigh.value && (!high.isExclusive || otherHigh.isExclusive))
    return startsBefore && endsAfter
  }

  private var lower: (value: Double, isExclusive: Bool) {
    let (closed, open) = (atLeast ?? 0, above ?? -1)
    return open >= closed ? (open, true) : (closed, false)
  }

  private var upper: (value: Double, isExclusive: Bool) {
    let (closed, open) = (atMost ?? 1, below ?? 2)
    return open <= closed ? (open, true) : (closed, false)
  }
}

extension Condition {
  /// Every leaf, in written order.
  var leaves: [Condition] {
    switch self {
    case .all(let parts), .any(let parts): parts.flatMap(\.leaves)
    case .not(let part): part.leaves
    default: [self]
    }
  }

  /// Names of the signals that the leaves read.
  var signalNames: Set<String> {
    Set(
      leaves.compactMap { leaf in
        switch leaf {
        case .score(let name, _): name
        case .lexicon(let list): Condition.signalName(ofLexicon: list)
        default: nil
        }
      })
  }

  static func signalName(ofLexicon list: String) -> String { "lexicon:\(list)" }
}
