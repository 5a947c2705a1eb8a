import StrictJSON
import Synchronization

@testable import RemoteChecks

/// A server that gives one answer to everybody, and keeps what it was asked.
final class OneAnswer: RemoteTransport {
  struct Request {
    let headers: [(String, String)]
    let body: [UInt8]

    var json: JSONValue? { try? JSONValue.parse(body) }
  }

  let status: Int
  let answer: String
  private let requests = Mutex<[Request]>([])

  init(_ status: Int, _ answer: String) {
    self.status = status
    self.answer = answer
  }

  /// The message of a chat completion, as a server words it.
  convenience init(
    saying content: String, finish: String = "stop", probabilities: [(String, Double)] = []
  ) {
    let tokens = probabilities.map { token, logarithm in
      JSONValue.object([.init("token", .string(token)), .init("logprob", .real(logarithm))])
    }
    let first: JSONValue = [
      "token": .string(probabilities.first?.0 ?? ""), "logprob": .real(probabilities.first?.1 ?? 0),
      "top_logprobs": .array(tokens),
    ]
    let json: JSONValue = [
      "choices": [
        [
          "message": ["role": "assistant", "content": .string(content)],
          "finish_reason": .string(finish),
          "logprobs": probabilities.isEmpty ? .null : ["content": [first]],
        ]
      ]
    ]
    self.init(200, json.compact)
  }

  var sent: [Request] { requests.withLock { $0 } }
  var asked: [JSONValue] { sent.compactMap(\.json) }

  func post(
    _ url: String, headers: [(String, String)], body: [UInt8], timeout: Duration
  ) async throws(RemoteFault) -> (status: Int, body: [UInt8]) {
    requests.withLock { $0.append(Request(headers: headers, body: body)) }
    return (status, Array(answer.utf8))
  }
}

extension RemoteCheckList {
  /// One entry of `kind`, with more members.
  static func one(_ kind: String, _ more: String = "") throws -> RemoteCheckList {
    try RemoteCheckList(
      json: JSONValue.parse(
        #"[{"name": "far", "kind": "\#(kind)", "url": "https://checks.example/v1"\#(more)}]"#))
  }
}
