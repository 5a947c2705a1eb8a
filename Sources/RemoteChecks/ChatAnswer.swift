import Glibc
import StrictJSON

/// The first choice of a `POST /v1/chat/completions` answer.
struct ChatAnswer {
  let content: String
  private let choice: JSONValue

  /// A refusal is no judgement, and an answer that was cut is none unless its beginning says it all.
  init(_ answer: RemoteBody, mayBeCut: Bool = false) throws(RemoteFault) {
    guard let choice = answer.json["choices"]?.array?.first,
      let content = choice["message"]?["content"]?.string
    else { throw RemoteFault(kind: .lasting, detail: "its answer has no message") }
    let end = choice["finish_reason"]?.string
    guard end == "stop" || mayBeCut && end == "length",
      choice["message"]?["refusal"].map({ $0.isNull }) ?? true
    else { throw RemoteFault(kind: .lasting, detail: "it did not finish its answer") }
    self.content = content
    self.choice = choice
  }

  /// How probable `word` (lower case) is as the first token with letters; nil where the server does
  /// not tell, or did not consider it. A token may be the beginning of the word.
  func probability(of word: String) -> Double? {
    for token in choice["logprobs"]?["content"]?.array ?? [] {
      guard let text = token["token"]?.string, let logarithm = token["logprob"]?.number else {
        return nil
      }
      if Self.letters(text).isEmpty { continue }
      let considered =
        token["top_logprobs"]?.array?.compactMap { entry in
          entry["token"]?.string.flatMap { text in entry["logprob"]?.number.map { (text, $0) } }
        } ?? []
      let probabilities = (considered.isEmpty ? [(text, logarithm)] : considered).compactMap {
        let letters = Self.letters($0.0)
        return letters.isEmpty || !word.hasPrefix(letters) ? nil : exp($0.1)
      }
      return probabilities.isEmpty ? nil : min(max(probabilities.reduce(0, +), 0), 1)
    }
    return nil
  }

  private static func letters(_ token: String) -> String {
    token.filter { !$0.isWhitespace && $0 != "▁" && $0 != "Ġ" }.lowercased()
  }
}
