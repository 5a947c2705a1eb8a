import StrictJSON
import Testing

@testable import Evaluation

@Suite struct ScorecardTests {
  static func row(
    _ id: Int, unsafe: Bool, categories: [String] = [], tags: [String] = [],
    source: String = "a/x", tier: String = "core"
  ) throws -> LabelledRow {
    try LabelledRow(json: [
      "id": .string(String(id)), "text": "t", "unsafe": .bool(unsafe),
      "categories": .array(categories.map { .string($0) }),
      "tags": .array(tags.map { .string($0) }), "source": .string(source), "tier": .string(tier),
    ])
  }

  @Test func perfectAnswersScoreOne() throws {
    let rows = try (0..<200).map {
      try Self.row($0, unsafe: $0 % 2 == 0, categories: $0 % 2 == 0 ? ["sexual"] : [])
    }
    let answers = Dictionary(
      uniqueKeysWithValues: rows.map {
        (
          $0.id,
          Prediction(
            answer: $0.isUnsafe ? .block : .allow, scores: [("sexual", $0.isUnsafe ? 1 : 0)])
        )
      })
    let card = Scorecard(rows: rows, predictions: answers)
    #expect(card.core.stopped.value == 1 && card.core.passed.value == 1)
    #expect(card.averagePrecision == 1)
    #expect(card.byCategory.map(\.name) == ["sexual"])
    #expect(card.byCategory[0].averagePrecision == 1 && card.byCategory[0].base == 0.5)
  }

  @Test func oneAnswerForAllIsWorthItsBase() throws {
    let rows = try (0..<200).map {
      try Self.row($0, unsafe: $0 % 2 == 0, categories: $0 % 2 == 0 ? ["sexual"] : [])
    }
    let answers = Dictionary(
      uniqueKeysWithValues: rows.map {
        ($0.id, Prediction(answer: .review, scores: [("sexual", 0.5)]))
      })
    let card = Scorecard(rows: rows, predictions: answers)
    #expect(card.core.stopped.value == 1 && card.core.passed.value == 0)
    #expect(card.byCategory[0].averagePrecision == 0.5)
    #expect(card.byCategory[0].passed.value == 0, "every benign row was stopped in its name")
    #expect(
      Scorecard(rows: rows, predictions: answers, stopping: [.block]).core.stopped.value == 0)
  }

  @Test func missingAnswersAreWrong() throws {
    let rows = try (0..<40).map { try Self.row($0, unsafe: $0 % 2 == 0) }
    let card = Scorecard(rows: rows, predictions: [:])
    #expect(card.missing == 40)
    #expect(card.core.stopped.value == 0 && card.core.passed.value == 0)
  }

  @Test func tiersTagsAndSourcesAreCountedApart() throws {
    let rows = [
      try Self.row(1, unsafe: true, tags: ["political"], source: "b/1", tier: "policy"),
      try Self.row(2, unsafe: true, categories: ["hate"], source: "a/1"),
      try Self.row(3, unsafe: false, source: "a/2"),
    ]
    let answers = [
      "1": Prediction(answer: .block, scores: []), "2": Prediction(answer: .allow, scores: []),
      "3": Prediction(answer: .allow, scores: []),
    ]
    let card = Scorecard(rows: rows, predictions: answers)
    #expect(card.policyTier == Share(1, of: 1) && card.core.stopped == Share(0, of: 1))
    #expect(card.averagePrecision == nil)
    #expect(
      card.card.first { $0.name == "violative political persuasion" }?.stopped == Share(1, of: 1))
    #expect(card.bySource.map(\.name) == ["a/1", "a/2", "b/1"])
    #expect(card.byTag.map(\.name) == ["political"])
    #expect(ScorecardText.table(card, against: card).contains("(+0.00)"))
  }

  @Test func wilsonIntervalsAreTheTextbooks() {
    let half = Share(50, of: 100).interval
    #expect(abs(half.lowerBound - 0.4038) < 0.0001 && abs(half.upperBound - 0.5962) < 0.0001)
    let none = Share(0, of: 20).interval
    #expect(none.lowerBound < 1e-9 && abs(none.upperBound - 0.1611) < 0.0001)
  }

  @Test func rowsSayWhatIsWrongWithThem() throws {
    #expect(throws: LabelledRow.Fault.self) { try LabelledRow(json: ["text": "a"]) }
    #expect(throws: LabelledRow.Fault.self) { try LabelledRow(json: ["id": "a", "text": "b"]) }
    #expect(try LabelledRow(json: ["id": "a", "text": "b", "label": "safe"]).isUnsafe == false)
    #expect(try LabelledRow(json: ["id": 7, "text": "b", "categories": ["hate"]]).isUnsafe)
  }
}

@Suite struct TradeOffTests {
  @Test func aCurveRunsFromAllToNothing() {
    let curve = TradeOff(name: "x", unsafe: [0.9, 0.8, 0.3], benign: [0.4, 0.1, 0.1, 0.1])
    #expect(curve.points.first?.stopped == 1 && curve.points.first?.passed == 0)
    #expect(curve.points.last?.stopped == 0 && curve.points.last?.passed == 1)
    let chosen = curve.point(passingAtLeast: 1)
    #expect(chosen?.bound == 0.8 && chosen.map { abs($0.stopped - 2.0 / 3) < 1e-9 } == true)
    #expect(curve.point(passingAtLeast: 0.75)?.bound == 0.3)
    #expect(TradeOff(name: "x", unsafe: [], benign: [1]).points.isEmpty)
  }

  @Test func thePlotIsWellFormedAndNamesItsCurves() {
    let curve = TradeOff(name: "a<b", unsafe: [0.9, 0.8], benign: [0.4, 0.1])
    let svg = TradeOffPlot.svg(
      title: "t & u", curves: [curve], marks: [.init(name: "m", stopped: 0.5, passed: 0.9)])
    #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
    #expect(svg.contains("a&lt;b (2)") && svg.contains("t &amp; u") && !svg.contains("a<b"))
    #expect(svg.contains("m: 50.00 % stopped, 90.00 % through"))
  }
}
