import Evidence
public import StrictJSON

/// A line of JSON Lines input.
public struct TextRow: Sendable {
  /// A text of the classifiers' full length, each byte escaped as `\u0000`, with room for the rest.
  public static let byteLimit = 512 << 10

  /// Counts from 1.
  public let number: Int
  /// Without its line end; nil when the line was longer than `byteLimit` and was not kept.
  public let bytes: [UInt8]?

  public init(number: Int, bytes: [UInt8]?) {
    self.number = number
    self.bytes = bytes
  }
}

/// The answer to a row: its line of output, and what was wrong with the row.
public struct TextRowAnswer: Equatable, Sendable {
  /// `{"id","decision","scores","rules"}`, with `unknown` where a check had no answer; or
  /// `{"id","error","line"}`.
  public let json: JSONValue
  /// A sentence for a person when the row could not be judged.
  public let problem: String?
}

/// Judging row after row: `{"id","text","modality"}` in, a decision a line out.
extension TextModeration {
  /// Answers rows in their order, at most `width` of them between reading and writing, so that an
  /// input of any length takes the memory of a few rows.
  ///
  /// - Parameters:
  ///   - modality: of rows that name none.
  ///   - next: the next row; nil at the end. Called again only after it returned.
  ///   - write: takes the answers one after the other.
  public func answerRows(
    modality: Modality = .prompt, width: Int, next: @escaping @Sendable () async -> TextRow?,
    write: (TextRowAnswer) async -> Void
  ) async {
    enum Event: Sendable {
      case row(TextRow?)
      case answer(Int, TextRowAnswer)
    }
    precondition(width > 0, "at least one row is in flight")
    await withTaskGroup(of: Event.self) { group in
      var (read, written) = (0, 0)
      var hasEnded = false
      var early: [Int: TextRowAnswer] = [:]
      group.addTask { .row(await next()) }
      var isReading = true
      for await event in group {
        switch event {
        case .row(let row):
          isReading = false
          guard let row else {
            hasEnded = true
            continue
          }
          let place = read
          read += 1
          group.addTask { .answer(place, await answer(to: row, modality: modality)) }
        case .answer(let place, let answer):
          early[place] = answer
          while let ready = early.removeValue(forKey: written) {
            await write(ready)
            written += 1
          }
        }
        if !hasEnded, !isReading, read - written < width {
          isReading = true
          group.addTask { .row(await next()) }
        }
      }
    }
  }

  /// Judges one row; one that cannot be judged is answered with what is wrong with it.
  func answer(to row: TextRow, modality: Modality) async -> TextRowAnswer {
    switch Self.parse(row, modality: modality) {
    case .failure(let fault):
      return TextRowAnswer(
        json: [
          "id": fault.id, "error": .string(fault.reason), "line": .integer(row.number),
        ], problem: "line \(row.number): \(fault.reason)")
    case .success(let input):
      let judgement = await judge(input.text, as: input.modality)
      return TextRowAnswer(json: judgement.json(id: input.id), problem: nil)
    }
  }

  private struct Fault: Error {
    var id = JSONValue.null
    let reason: String
  }

  private typealias Input = (id: JSONValue, text: String, modality: Modality)

  private static func parse(_ row: TextRow, modality: Modality) -> Result<Input, Fault> {
    guard let bytes = row.bytes else {
      return .failure(Fault(reason: "the line has more than \(TextRow.byteLimit) bytes"))
    }
    let json: JSONValue
    do {
      json = try JSONValue.parse(bytes, byteLimit: TextRow.byteLimit)
    } catch {
      return .failure(Fault(reason: "no JSON at column \(error.column): \(error.reason)"))
    }
    guard json.members != nil else {
      return .failure(Fault(reason: "the line is no JSON object"))
    }
    guard let id = json["id"], id.string != nil || id.integer != nil else {
      return .failure(Fault(reason: "\"id\" is missing, or neither a string nor an integer"))
    }
    guard let text = json["text"]?.string else {
      return .failure(Fault(id: id, reason: "\"text\" is missing or no string"))
    }
    guard let stated = json["modality"] else { return .success((id, text, modality)) }
    guard let known = stated.string.flatMap(Modality.init) else {
      let names = Modality.allCases.map(\.rawValue).joined(separator: ", ")
      return .failure(Fault(id: id, reason: "\"modality\" is none of \(names)"))
    }
    return .success((id, text, known))
  }
}

extension TextJudgement {
  /// As one line of `--jsonl` has it.
  public func json(id: JSONValue) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("id", id), .init("decision", .string(answer.rawValue)),
      .init("scores", .object(scores.map { .init($0.category, .real($0.score)) })),
      .init("rules", .array(rules.map { .string($0) })),
    ]
    if !doubts.isEmpty { members.append(.init("unknown", .array(doubts.map { .string($0) }))) }
    return .object(members)
  }
}
