import StrictJSON
import Testing

@testable import AuditStore

/// A leaf as the log would have it.
func leaf(
  _ index: UInt64, id: String, asset: String = "video_1", stage: String, decision: String,
  time: Int64, rules: [JSONValue] = [], more: [JSONValue.Member] = []
) -> StreamedLeaf {
  let json = JSONValue.object(
    [
      .init("asset", .string(asset)), .init("decision", .string(decision)),
      .init("id", .string(id)), .init("kind", "moderation.decision"),
      .init("policies", [["name": "floor", "sha256": "ab", "version": "1"]]),
      .init("rules", .array(rules)), .init("stage", .string(stage)), .init("subject", "3f2a"),
      .init("t", .string(timestamp(time))), .init("v", 1),
    ] + more)
  return StreamedLeaf(index: index, time: time, bytes: json.canonical, sealed: nil)
}

func timestamp(_ milliseconds: Int64) -> String {
  "2026-11-\(22 + milliseconds / 86_400_000)T00:00:00.000Z"
}

func fired(
  _ rule: String, _ outcome: String, category: String = "sexual", more: [JSONValue.Member] = []
) -> JSONValue {
  .object(
    [
      .init("category", .string(category)), .init("evidence", "prompt"),
      .init("outcome", .string(outcome)), .init("policy", "default"),
      .init("rule", .string(rule)), .init("score", 912_000),
    ] + more)
}

struct LogStatisticsTests {
  private func count(
    _ leaves: [StreamedLeaf], _ filter: LogFilter = LogFilter()
  ) -> LogStatistics {
    var count = StatisticsCount()
    for leaf in leaves { count.add(leaf, filter) }
    return count.statistics
  }

  @Test func `decisions are counted by stage, category, rule and day`() {
    let day: Int64 = 86_400_000
    let statistics = count([
      leaf(0, id: "a", stage: "screen", decision: "allow", time: 0),
      leaf(
        1, id: "b", stage: "inspect", decision: "block", time: 10,
        rules: [
          fired("nudity", "block"), fired("nudity", "block"),
          fired("new", "block", category: "hate", more: [.init("shadow", true)]),
          fired("faces", "review", category: "likeness", more: [.init("unknown", "timed_out")]),
        ]),
      leaf(2, id: "c", stage: "screen", decision: "allow", time: day),
      StreamedLeaf(index: 3, time: day, bytes: Array("{}".utf8), sealed: nil),
    ])
    #expect(statistics.decisions == 3 && statistics.unreadable == 1)
    #expect(statistics.stages == ["screen": ["allow": 2], "inspect": ["block": 1]])
    #expect(statistics.categories == ["sexual": ["block": 1], "likeness": ["block": 1]])
    #expect(statistics.rules["nudity"]?.fired == ["block": 1])
    #expect(statistics.rules["new"]?.shadow == 1 && statistics.rules["new"]?.fired == [:])
    #expect(statistics.rules["faces"]?.unknown == 1)
    #expect(
      statistics.days == ["2026-11-22": ["allow": 1, "block": 1], "2026-11-23": ["allow": 1]])
  }

  @Test func `a reversal by a person is an over-refusal of the rules that refused`() {
    let leaves = [
      leaf(
        0, id: "a", stage: "inspect", decision: "review", time: 0,
        rules: [fired("faces", "review"), fired("note", "flag")]),
      leaf(
        1, id: "b", asset: "video_2", stage: "inspect", decision: "block", time: 0,
        rules: [fired("nudity", "block")]),
      leaf(2, id: "c", asset: "video_3", stage: "inspect", decision: "review", time: 0),
      leaf(
        3, id: "a.review", stage: "inspect", decision: "allow", time: 4000,
        more: [.init("reverses", "a"), .init("reviewer", "r1")]),
      leaf(
        4, id: "c.review", asset: "video_3", stage: "inspect", decision: "block", time: 2000,
        more: [.init("reverses", "c"), .init("reviewer", "r1")]),
    ]
    let statistics = count(leaves)
    #expect(statistics.review == .init(decisions: 2, overRefusals: 1, overAllowances: 0))
    #expect(statistics.overRefusalShare == 0.5)
    #expect(statistics.rules["faces"]?.reversed == 1)
    #expect(statistics.rules["note"]?.reversed == 0 && statistics.rules["nudity"]?.reversed == 0)
    #expect(statistics.reviewTime.count == 2 && statistics.reviewTime.quantile(0.5) == 4000)
  }

  @Test func `the time to a release is that from the request`() {
    var leaves: [StreamedLeaf] = []
    for (number, seconds) in [3, 1, 2].enumerated() {
      let asset = "video_\(number)"
      leaves.append(
        leaf(
          UInt64(leaves.count), id: "\(asset).screen", asset: asset, stage: "screen",
          decision: "allow", time: 0))
      leaves.append(
        leaf(
          UInt64(leaves.count), id: "\(asset).release", asset: asset, stage: "release",
          decision: "allow", time: Int64(seconds) * 1000))
    }
    #expect(count(leaves).releaseTime.quantile(0.5) == 2000)
    // The request itself need not be among what is counted.
    #expect(count(leaves, LogFilter(stage: "release")).releaseTime.count == 3)
    #expect(count([]).releaseTime.quantile(0.5) == nil)
  }

  @Test func `a plot holds every category and no markup from names`() {
    let svg = StatisticsPlot.svg(
      count([
        leaf(
          0, id: "a", stage: "screen", decision: "block", time: 0,
          rules: [fired("r", "block", category: "a<script>&")])
      ]))
    #expect(svg.contains("a&lt;script&gt;&amp;") && !svg.contains("<script"))
    #expect(svg.hasPrefix("<svg") && svg.hasSuffix("</svg>\n"))
    #expect(StatisticsPlot.svg(LogStatistics()).contains("no decisions"))
  }
}
