import Evidence
import Policy
import Testing

/// `over`: k matches within a span of time.
@Suite struct WindowTests {
  private let nudity: PolicySet

  init() throws {
    nudity = try policySet(
      rules: """
        {"id": "nudity.frames", "on": ["frame"], "when": {"score": "nudity", "at_least": 0.8},
         "over": {"frames": 2, "within_seconds": 1.0}, "then": "block", "category": "sexual"}
        """)
  }

  @Test(
    arguments: [
      ([(0.9, 0.0), (0.9, 1.0)], Outcome.block),
      // Frames a second apart at 30 fps, as floating point has them.
      ([(0.9, 1.0 / 30), (0.9, 1.0 / 30 + 1.0000000002)], .block),
      ([(0.9, 0.0), (0.9, 1.5)], .allow),
      ([(0.9, 0.0)], .allow),
      ([(0.9, 0.0), (0.1, 0.5), (0.9, 5.0), (0.95, 5.4)], .block),
    ] as [([(Double, Double)], Outcome)])
  func countsWithinTheSpan(frames: [(Double, Double)], wanted: Outcome) {
    #expect(nudity.outcome(frames.map { .frame($0.0, at: $0.1) }) == wanted)
  }

  @Test func orderOfTheItemsDoesNotMatter() {
    let items: [EvidenceItem] = [.frame(0.9, at: 9), .frame(0.1, at: 0), .frame(0.9, at: 8.5)]
    let decision = nudity.evaluate(
      stage: .inspect, items: items, subject: Subject(tenant: "test"))
    #expect(decision.outcome == .block)
    #expect(decision.fired.map(\.time) == [8.5...9])
    #expect(decision.fired.first?.score == 0.9)
  }

  @Test func whatIsUnknownCouldCompleteTheCount() {
    #expect(nudity.outcome([.frame(0.9, at: 0), .frame(nil, at: 0.5)]) == .review)
    #expect(nudity.outcome([.frame(0.1, at: 0), .frame(nil, at: 0.5)]) == .allow)
    // Certain matches decide, whatever else is unknown.
    #expect(
      nudity.outcome([.frame(nil, at: 0), .frame(0.9, at: 5), .frame(0.9, at: 5.5)]) == .block)
  }

  @Test func framesWithoutTimeAreOneMoment() {
    #expect(nudity.outcome([.frame(0.9, at: nil), .frame(0.9, at: nil)]) == .block)
  }

  @Test func segmentsOfSpeech() throws {
    let speech = try policySet(
      rules: """
        {"id": "insults", "on": ["transcript"], "when": {"score": "harassment", "at_least": 0.5},
         "over": {"segments": 3, "within_seconds": 10}, "then": "review", "category": "harassment"}
        """)
    func segments(_ starts: Double...) -> [EvidenceItem] {
      starts.map { .text(.transcript, ["harassment": 0.7], at: $0...($0 + 1)) }
    }
    #expect(speech.outcome(segments(0, 4, 9)) == .review)
    #expect(speech.outcome(segments(0, 4, 11)) == .allow)
  }
}
