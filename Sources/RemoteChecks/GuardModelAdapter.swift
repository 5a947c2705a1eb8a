import Classifiers
import Glibc
import StrictJSON

/// A guard model behind `POST /v1/chat/completions`: Llama Guard 3's answer is `safe`, or `unsafe`
/// and its categories on the next line. How sure it is stands in the first token's probability,
/// where the server tells it.
struct GuardModelAdapter: RemoteAdapter {
  /// The MLCommons hazards that Llama Guard 3 names, by the policy's names.
  static let hazards = [
    "S1": "violence", "S2": "illicit", "S3": "sexual", "S4": "sexual/minors", "S5": "harassment",
    "S7": "privacy", "S8": "ip", "S9": "illicit/violent", "S10": "hate", "S11": "self-harm",
    "S12": "sexual", "S13": "political", "S14": "illicit",
  ]

  let model: String

  func names(for input: RemoteInput) -> [String] { ["unsafe"] + Set(Self.hazards.values).sorted() }

  func body(for input: RemoteInput) -> RemoteBody? {
    guard case .text(let text) = input else { return nil }
    return RemoteBody([
      "model": .string(model), "messages": [["role": "user", "content": .string(text)]],
      "temperature": 0, "max_tokens": 32, "logprobs": true, "top_logprobs": 5,
    ])
  }

  /// A refusal, a cut answer or words of another kind are no judgement.
  func scores(
    in answer: RemoteBody, for input: RemoteInput
  ) throws(RemoteFault) -> [String: Double] {
    guard let choice = answer.json["choices"]?.array?.first,
      let content = choice["message"]?["content"]?.string
    else { throw RemoteFault(kind: .lasting, detail: "its answer has no message") }
    guard choice["finish_reason"]?.string == "stop",
      choice["message"]?["refusal"].map({ $0.isNull }) ?? true
    else { throw RemoteFault(kind: .lasting, detail: "it did not finish its answer") }
    let lines = content.split(whereSeparator: \.isNewline).map { line in
      String(line.filter { !$0.isWhitespace })
    }.filter { !$0.isEmpty }
    var scores = Dictionary(uniqueKeysWithValues: names(for: input).map { ($0, 0.0) })
    switch lines.first?.lowercased() {
    case "safe":
      guard lines.count == 1 else { break }
      scores["unsafe"] = 1 - (probability(of: "safe", in: choice) ?? 1)
      return scores
    case "unsafe":
      let sure = probability(of: "unsafe", in: choice) ?? 1
      scores["unsafe"] = sure
      for code in lines.dropFirst().joined(separator: ",").split(separator: ",") {
        guard let name = Self.hazards[String(code).uppercased()] else { continue }
        scores[name] = sure
      }
      return scores
    default: break
    }
    throw RemoteFault(kind: .lasting, detail: "its answer is neither safe nor unsafe")
  }

  private func probability(of word: String, in choice: JSONValue) -> Double? {
    for token in choice["logprobs"]?["content"]?.array ?? [] {
      guard let text = token["token"]?.string, let logarithm = token["logprob"]?.number else {
        return nil
      }
      let trimmed = text.filter { !$0.isWhitespace }.lowercased()
      // The first token with letters is the word or, where it is cut in two, its beginning.
      if trimmed.isEmpty { continue }
      guard word.hasPrefix(trimmed) else { return nil }
      return min(max(exp(logarithm), 0), 1)
    }
    return nil
  }
}
