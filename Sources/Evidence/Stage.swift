/// The five stages of one request's way (Sources/README.md).
public enum Stage: String, CaseIterable, Sendable {
  case screen, generate, inspect, seal, release
}

/// What a decision says, least severe first: the most severe rule that fires wins.
public enum Outcome: String, CaseIterable, Comparable, Sendable {
  /// Go on.
  case allow
  /// Go on, and mark the record for whoever reads the log.
  case flag
  /// Hold for a person; nothing is released meanwhile.
  case review
  /// Refuse.
  case block

  public static func < (left: Outcome, right: Outcome) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .allow: 0
    case .flag: 1
    case .review: 2
    case .block: 3
    }
  }
}
