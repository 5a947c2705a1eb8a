import Evidence
import StrictJSON
import Testing

@testable import Policy

@Suite struct PolicyReplayTests {
  private static let leaf: JSONValue = [
    "id": "video_1.screen", "stage": "screen", "decision": "allow", "rules": [],
  ]

  private func payload(_ items: [EvidenceItem], _ subject: Subject) -> JSONValue {
    ["evidence": .array(items.map(\.json)), "subject": subject.policyContext]
  }

  @Test func evidenceComesBackAsItWas() throws {
    let item = EvidenceItem(
      kind: .upload, time: 0.5...1.25,
      signals: [
        Signal(name: "nudity", value: .score(0.123456789012345), check: "nudity"),
        Signal(name: "face", value: .unknown(.timedOut), check: "faces"),
        Signal(name: "x", value: .unknown(.failed("why")), check: "y"),
      ],
      upload: Upload(
        kind: .image, mediaType: "image/png",
        provenance: UploadProvenance(state: "Valid", sourceType: "digitalCapture")))
    let written = try JSONValue.parse(item.json.canonical)
    #expect(EvidenceItem(json: written) == item)
    #expect(EvidenceItem(json: ["kind": "prompt"]) == nil)
    #expect(EvidenceItem(json: ["kind": "prompt", "signals": [["name": "a"]]]) == nil)
    let subject = Subject(tenant: "t", ageBand: .from13To17, consents: ["b", "a"])
    #expect(Subject(policyContext: subject.policyContext, tenant: "t") == subject)
  }

  @Test func countsFlipsAndTheirCauses() throws {
    var replay = PolicyReplay(
      policy: try policySet(
        rules: """
          {"id": "new", "on": ["prompt"], "when": {"score": "x", "at_least": 0.5},
           "then": "block", "category": "c"}
          """))
    let adult = Subject(tenant: "t", ageBand: .adult)
    for score in [0.1, 0.7, 0.8] {
      let past = try RecordedDecision(
        leaf: Self.leaf, payload: payload([.text(["x": score])], adult))
      let flip = replay.replay(past)
      #expect((flip != nil) == (score > 0.5))
      if let flip { #expect(flip.rules == ["new"] && flip.isStricter && flip.was == .allow) }
    }
    let milder: JSONValue = [
      "id": "video_2.screen", "stage": "screen", "decision": "review",
      "rules": [["rule": "old"], ["rule": "seen", "shadow": true]],
    ]
    let flip = replay.replay(
      try RecordedDecision(leaf: milder, payload: payload([.text(["x": 0.1])], adult)))
    #expect(flip?.becomes == .allow && flip?.rules == ["old"])
    #expect(replay.judged == 4 && replay.flipCount == 3)
    #expect(replay.turns[.init(was: .allow, becomes: .block)] == 2)
    #expect(replay.causes == ["new": 2, "old": 1])
  }

  @Test func saysWhyAnEntryCannotBeJudgedAgain() {
    func reason(_ leaf: JSONValue, _ payload: JSONValue?) -> RecordedDecision.Skip? {
      do throws(RecordedDecision.Skip) {
        _ = try RecordedDecision(leaf: leaf, payload: payload)
        return nil
      } catch {
        return error
      }
    }
    #expect(reason(Self.leaf, nil) == .noEvidence)
    #expect(reason(["kind": "payload.erased"], nil) == .unreadable)
    #expect(
      reason(["id": "a", "stage": "seal", "decision": "allow"], ["evidence": []]) == .noPolicyStage)
    #expect(reason(Self.leaf, ["evidence": [["kind": "nothing"]]]) == .unreadable)
  }
}
