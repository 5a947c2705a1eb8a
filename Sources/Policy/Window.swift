import Evidence

/// Counting over time: whether a condition held often enough within a span.
enum Window {
  /// An item on which a condition was true or unknown.
  struct Judged: Sendable {
    let item: EvidenceItem
    let verdict: Verdict
  }

  /// Evidence that makes a rule fire: one item, or the items of one span.
  struct Match: Sendable {
    let kind: EvidenceItem.Kind
    let time: ClosedRange<Double>?
    let isUnknown: Bool
    let witness: Verdict.Witness?
    let doubts: [Verdict.Doubt]

    init(_ judged: Judged) {
      self.init([judged], isUnknown: judged.verdict.truth == .isUnknown)
    }

    /// - Parameter judged: of one kind, in order of time; not empty.
    init(_ judged: some BidirectionalCollection<Judged>, isUnknown: Bool) {
      kind = judged.first!.item.kind
      let times = judged.compactMap(\.item.time)
      if let start = times.map(\.lowerBound).min(), let end = times.map(\.upperBound).max() {
        time = start...end
      } else {
        time = nil
      }
      self.isUnknown = isUnknown
      witness = judged.compactMap(\.verdict.witness).max { $0.score < $1.score }
      doubts = isUnknown ? judged.flatMap(\.verdict.doubts) : []
    }
  }

  /// Frame times are multiples of 1/fps in floating point: a second apart may come out a little more.
  private static let tolerance = 0.001

  /// The first span in which the condition was true often enough; else the first in which it would
  /// be if what is unknown were true; for each kind of evidence apart, because a frame and the text
  /// in it are no two frames. Items without a time count as one moment, at the start.
  static func matches(_ judged: [Judged], over window: Rule.Window) -> [Match] {
    var matches: [Match] = []
    for kind in EvidenceItem.Kind.allCases {
      let ordered = judged.filter { $0.item.kind == kind }.sorted { $0.start < $1.start }
      let certain = ordered.filter { $0.verdict.truth == .isTrue }
      if let span = firstSpan(certain, window) {
        matches.append(Match(span, isUnknown: false))
      } else if let span = firstSpan(ordered, window) {
        matches.append(Match(span, isUnknown: true))
      }
    }
    return matches
  }

  /// All items of the earliest span that holds at least the wanted count.
  private static func firstSpan(
    _ ordered: [Judged], _ window: Rule.Window
  ) -> ArraySlice<Judged>? {
    guard window.count <= ordered.count else { return nil }
    for first in 0...(ordered.count - window.count) {
      let end = ordered[first].start + window.seconds + tolerance
      guard ordered[first + window.count - 1].start <= end else { continue }
      var last = first + window.count - 1
      while last + 1 < ordered.count, ordered[last + 1].start <= end { last += 1 }
      return ordered[first...last]
    }
    return nil
  }
}

extension Window.Judged {
  fileprivate var start: Double { item.time?.lowerBound ?? 0 }
}
