import Evidence
import Testing

@testable import Policy

/// Kleene's tables and each leaf's own idea of "unknown".
@Suite struct ConditionEvaluationTests {
  static let truths: [Truth] = [.isFalse, .isUnknown, .isTrue]

  /// A condition that has this value on `item`.
  private static func leaf(_ truth: Truth) -> Condition {
    switch truth {
    case .isFalse: .score("low", ScoreRange(atLeast: 0.5))
    case .isUnknown: .score("broken", ScoreRange(atLeast: 0.5))
    case .isTrue: .score("high", ScoreRange(atLeast: 0.5))
    }
  }

  private static let item = EvidenceItem.text(
    ["low": 0.1, "high": 0.9], unknown: ["broken": .failed("out of memory")])

  private func verdict(
    _ condition: Condition, _ item: EvidenceItem = item,
    _ subject: Subject = Subject(tenant: "test")
  ) -> Verdict {
    condition.evaluate(IndexedItem(item), subject: subject, checks: [:])
  }

  @Test(arguments: truths, truths)
  func kleene(left: Truth, right: Truth) {
    let (a, b) = (Self.leaf(left), Self.leaf(right))
    let order: [Truth] = [.isFalse, .isUnknown, .isTrue]
    let ranks = [order.firstIndex(of: left)!, order.firstIndex(of: right)!]
    #expect(verdict(.all([a, b])).truth == order[ranks.min()!])
    #expect(verdict(.any([a, b])).truth == order[ranks.max()!])
    #expect(verdict(.not(a)).truth == order[2 - ranks[0]])
  }

  @Test func missingFailedAndImpossibleScoresAreUnknown() {
    let range = ScoreRange(atLeast: 0.5)
    #expect(verdict(.score("absent", range)).doubts.first?.reason.code == "not_evaluated")
    #expect(verdict(.score("broken", range)).doubts.first?.reason == .failed("out of memory"))
    #expect(verdict(.score("x", range), .text(["x": .nan])).truth == .isUnknown)
    #expect(verdict(.score("x", range), .text(["x": 1.5])).truth == .isUnknown)
  }

  @Test func twoAnswersOfOneName() {
    let item = EvidenceItem(
      kind: .prompt,
      signals: [
        Signal(name: "x", value: .score(0.6), check: "local"),
        Signal(name: "x", value: .unknown(.timedOut), check: "remote"),
      ])
    #expect(verdict(.score("x", ScoreRange(atLeast: 0.5)), item).truth == .isTrue)
    #expect(verdict(.score("x", ScoreRange(atLeast: 0.7)), item).truth == .isUnknown)
    #expect(verdict(.score("x", ScoreRange(atMost: 0.5)), item).truth == .isFalse)
    #expect(verdict(.score("x", ScoreRange(atMost: 0.7)), item).truth == .isUnknown)
  }

  @Test func wholeCheckThatFailedExplainsItsScores() {
    let item = EvidenceItem(
      kind: .prompt,
      signals: [
        Signal(name: "text", value: .unknown(.timedOut), check: "text"),
        Signal(name: "lexicon:slurs", value: .score(0), check: "lexicon"),
      ])
    let found = Condition.score("sexual", ScoreRange(atLeast: 0.5))
      .evaluate(
        IndexedItem(item), subject: Subject(tenant: "test"), checks: ["sexual": "text"])
    #expect(found.doubts.map(\.reason) == [.timedOut])
    let lost = EvidenceItem(
      kind: .transcript,
      signals: [Signal(name: "transcript", value: .unknown(.timedOut), check: "transcript")])
    #expect(
      verdict(.score("sexual", ScoreRange(atLeast: 0.5)), lost).doubts.map(\.check)
        == ["transcript"])
  }

  @Test func lexiconHitsAboveZero() {
    #expect(verdict(.lexicon("slurs"), .text(["lexicon:slurs": 1])).truth == .isTrue)
    #expect(verdict(.lexicon("slurs"), .text(["lexicon:slurs": 0])).truth == .isFalse)
    #expect(verdict(.lexicon("slurs"), .text([:])).doubts.map(\.check) == ["lexicon"])
  }

  @Test func unknownAgeIsNeverAdult() {
    let young = Condition.ageBand([.under13, .from13To17])
    let adult = Condition.ageBand([.adult])
    #expect(verdict(young).truth == .isUnknown)
    #expect(verdict(adult).truth == .isUnknown)
    #expect(verdict(.not(young)).truth == .isUnknown)
    #expect(verdict(.ageBand([.unknown, .under13])).truth == .isTrue)
    let grown = Subject(tenant: "test", ageBand: .adult)
    #expect(verdict(young, Self.item, grown).truth == .isFalse)
    #expect(verdict(adult, Self.item, grown).truth == .isTrue)
  }

  @Test func consentIsThereOrNot() {
    let consenting = Subject(tenant: "test", consents: ["covers_likeness"])
    #expect(verdict(.consent("covers_likeness"), Self.item, consenting).truth == .isTrue)
    #expect(verdict(.consent("covers_likeness")).truth == .isFalse)
  }

  @Test func uploadFacts() {
    func upload(_ kind: Upload.Kind, _ provenance: UploadProvenance? = nil) -> EvidenceItem {
      EvidenceItem(
        kind: .upload, signals: [],
        upload: Upload(kind: kind, mediaType: "image/PNG", provenance: provenance))
    }
    let isVideo = Condition.uploadKind([.video])
    #expect(verdict(isVideo, upload(.video)).truth == .isTrue)
    #expect(verdict(isVideo, upload(.image)).truth == .isFalse)
    #expect(verdict(isVideo, upload(.unknown)).truth == .isUnknown)
    #expect(verdict(.uploadKind([.unknown]), upload(.unknown)).truth == .isTrue)
    #expect(verdict(.uploadMediaType(["image/png"]), upload(.image)).truth == .isTrue)
    let isInvalid = Condition.provenanceState(["Invalid"])
    #expect(verdict(isInvalid, upload(.image)).truth == .isUnknown)
    let invalid = UploadProvenance(state: "Invalid", sourceType: nil)
    #expect(verdict(isInvalid, upload(.image, invalid)).truth == .isTrue)
    let isCamera = Condition.provenanceSourceType(["digitalCapture"])
    #expect(verdict(isCamera, upload(.image, invalid)).truth == .isFalse)
    let camera = UploadProvenance(state: "Valid", sourceType: "digitalCapture")
    #expect(verdict(isCamera, upload(.image, camera)).truth == .isTrue)
    #expect(verdict(isVideo).truth == .isUnknown)
  }

  @Test func highestScoreIsTheWitness() {
    let item = EvidenceItem.text(["a": 0.6, "b": 0.8])
    let range = ScoreRange(atLeast: 0.5)
    let both = verdict(.any([.score("a", range), .score("b", range)]), item)
    #expect(both.witness?.signal == "b")
    #expect(both.witness?.score == 0.8)
  }
}
