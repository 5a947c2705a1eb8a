/// What a check said at its strongest, and of which evidence.
public struct EvidenceScore: Equatable, Sendable {
  public let signal: String
  public let evidence: EvidenceItem.Kind
  public let value: Signal.Value
  /// Seconds from the clip's start.
  public let time: ClosedRange<Double>?

  public init(
    signal: String, evidence: EvidenceItem.Kind, value: Signal.Value,
    time: ClosedRange<Double>? = nil
  ) {
    self.signal = signal
    self.evidence = evidence
    self.value = value
    self.time = time
  }

  /// One a signal: an unknown before any score, because it hides one; then the highest score first.
  public static func strongest(of items: [EvidenceItem]) -> [EvidenceScore] {
    var strongest: [String: EvidenceScore] = [:]
    for item in items {
      for signal in item.signals {
        let score = EvidenceScore(
          signal: signal.name, evidence: item.kind, value: signal.value, time: item.time)
        if let known = strongest[signal.name], known.rank >= score.rank { continue }
        strongest[signal.name] = score
      }
    }
    return strongest.values.sorted { ($1.rank, $0.signal) < ($0.rank, $1.signal) }
  }

  private var rank: Double {
    switch value {
    case .score(let score): score
    case .unknown: .infinity
    }
  }
}
