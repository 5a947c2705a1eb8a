import Evidence
import Moderation
import Policy
import StrictJSON
import Synchronization
import TestKit
import Testing

struct TextRowsTests {
  /// Rows handed out one by one, and a count of how many are out.
  private final class Rows: Sendable {
    private let lines: [String?]
    private let state = Mutex((read: 0, written: 0, most: 0))
    var most: Int { state.withLock { $0.most } }

    init(_ lines: [String?]) { self.lines = lines }

    func next() -> TextRow? {
      let index = state.withLock { state in
        if state.read < lines.count {
          state.read += 1
          state.most = max(state.most, state.read - state.written)
          return state.read
        }
        return 0
      }
      return index == 0
        ? nil : TextRow(number: index, bytes: lines[index - 1].map { Array($0.utf8) })
    }

    func wrote() { state.withLock { $0.written += 1 } }
  }

  /// Answers later texts first: each text waits until all others in flight were asked.
  private actor Reversing: TextChecking {
    private let group: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(group: Int) { self.group = group }

    func signals(for text: String) async -> [Signal] {
      if waiting.count + 1 < group {
        await withCheckedContinuation { waiting.append($0) }
      }
      if !waiting.isEmpty { waiting.removeLast().resume() }
      return [Signal(name: "sexual", value: .score(0), check: "text")]
    }
  }

  private func answers(
    _ rows: Rows, _ moderation: TextModeration, width: Int = 4
  ) async -> [TextRowAnswer] {
    var answers: [TextRowAnswer] = []
    await moderation.answerRows(
      width: width, next: { rows.next() },
      write: {
        answers.append($0)
        rows.wrote()
      })
    return answers
  }

  @Test func aRowIsAnsweredWithDecisionScoresAndRules() async throws {
    let rows = Rows([
      #"{"id": "a", "text": "something sexual", "labels": []}"#,
      #"{"id": 7, "text": "some violence", "modality": "transcript"}"#,
      #"{"id": "c", "text": "a boat", "modality": "text_in_frame"}"#,
    ])
    let lines = await answers(rows, try TextModerationTests.moderation()).map(\.json.compact)
    #expect(
      lines == [
        #"{"id":"a","decision":"block","scores":{"sexual":0.99,"violence":0.01},"#
          + #""rules":["sexual.text"]}"#,
        #"{"id":7,"decision":"block","scores":{"sexual":0.01,"violence":0.99},"#
          + #""rules":["violence.spoken"]}"#,
        #"{"id":"c","decision":"allow","scores":{"sexual":0.01,"violence":0.01},"rules":[]}"#,
      ])
  }

  @Test func aBadRowIsAnErrorAndTheOthersAreAnswered() async throws {
    let rows = Rows([
      "{", "[]", #"{"text": "x"}"#, #"{"id": "d"}"#,
      #"{"id": "e", "text": "x", "modality": "song"}"#, #"{"id": "f", "id": "g", "text": "x"}"#,
      nil, #"{"id": "h", "text": "a boat"}"#,
    ])
    let answers = await answers(rows, try TextModerationTests.moderation())
    #expect(answers.map { $0.json["line"]?.integer } == [1, 2, 3, 4, 5, 6, 7, nil])
    #expect(answers.compactMap { $0.json["decision"]?.string } == ["allow"])
    #expect(answers[4].json["id"]?.string == "e")
    #expect(
      answers[4].problem
        == "line 5: \"modality\" is none of prompt, transcript, scene, text_in_frame")
    #expect(answers.dropLast().allSatisfy { $0.problem != nil })
    #expect(answers.last?.problem == nil)
  }

  @Test func answersKeepTheOrderOfTheRowsAndFewAreInFlight() async throws {
    let rows = Rows((0..<40).map { #"{"id": \#($0), "text": "a boat"}"# })
    let moderation = TextModeration(
      policy: try PolicySet(
        layers: [PolicyDocument.parse(Array(Bench.policy.utf8), file: "floor.json")]),
      text: Reversing(group: 4))
    let answers = await answers(rows, moderation, width: 4)
    #expect(answers.map { $0.json["id"]?.integer } == Array(0..<40))
    #expect(rows.most == 4)
  }

  @Test func anUnansweredCheckIsNamedInTheRow() async throws {
    let rows = Rows([#"{"id": "a", "text": "a boat"}"#])
    let moderation = try TextModerationTests.moderation(unknown: .modelMissing("no model"))
    let answer = try #require(await answers(rows, moderation).first)
    #expect(answer.json["decision"]?.string == "review")
    #expect(answer.json["unknown"]?.array == ["model_missing: no model"])
  }
}
