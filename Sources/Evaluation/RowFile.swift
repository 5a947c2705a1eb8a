public import StrictJSON

/// Labelled rows and predictions as JSON Lines.
public enum RowFile {
  /// A line of the most bytes that a text may have, escaped.
  static let lineLimit = 1 << 20

  /// A line that is no row; a sentence with its number.
  public struct Fault: Error, Equatable, Sendable, CustomStringConvertible {
    public let line: Int
    public let reason: String
    public var description: String { "line \(line): \(reason)" }
  }

  /// - Throws: the first line that is wrong: figures over part of the rows would be other figures.
  public static func rows(_ bytes: [UInt8]) throws(Fault) -> [LabelledRow] {
    var rows: [LabelledRow] = []
    var seen: Set<String> = []
    for (number, json) in try lines(bytes) {
      do {
        rows.append(try LabelledRow(json: json))
      } catch {
        throw Fault(line: number, reason: error.reason)
      }
      guard seen.insert(rows[rows.count - 1].id).inserted else {
        throw Fault(line: number, reason: "the id \(rows[rows.count - 1].id) stands twice")
      }
    }
    return rows
  }

  /// `{"id", "decision", "scores"}` a line, as `assay moderate --jsonl` prints them.
  public static func predictions(_ bytes: [UInt8]) throws(Fault) -> [String: Prediction] {
    var answers: [String: Prediction] = [:]
    for (number, json) in try lines(bytes) {
      guard let id = json["id"]?.string ?? json["id"]?.integer.map(String.init) else {
        throw Fault(line: number, reason: "\"id\" is missing")
      }
      guard let answer = json["decision"]?.string.flatMap(Prediction.Answer.init(rawValue:)) else {
        throw Fault(line: number, reason: "\"decision\" is none of allow, review, block")
      }
      guard answers[id] == nil else {
        throw Fault(line: number, reason: "the id \(id) stands twice")
      }
      answers[id] = Prediction(
        answer: answer,
        scores: (json["scores"]?.members ?? []).compactMap { member in
          member.value.number.map { (member.name, $0) }
        })
    }
    return answers
  }

  /// One line of `predictions`.
  public static func line(id: String, _ prediction: Prediction) -> JSONValue {
    [
      "id": .string(id), "decision": .string(prediction.answer.rawValue),
      "scores": .object(prediction.scores.map { .init($0.category, .real($0.score)) }),
    ]
  }

  private static func lines(_ bytes: [UInt8]) throws(Fault) -> [(number: Int, json: JSONValue)] {
    var found: [(Int, JSONValue)] = []
    for (index, line) in bytes.split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
    )
    .enumerated()
    where !line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) {
      do {
        found.append((index + 1, try JSONValue.parse(Array(line), byteLimit: lineLimit)))
      } catch {
        throw Fault(line: index + 1, reason: "no JSON at column \(error.column): \(error.reason)")
      }
    }
    return found
  }
}
