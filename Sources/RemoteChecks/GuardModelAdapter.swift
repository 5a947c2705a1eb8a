import StrictJSON

/// Llama Guard 3 behind `POST /v1/chat/completions`. Its answer is `safe`, or `unsafe` and its
/// categories on the next line. How sure it is stands in the first token's probability, where the
/// server tells it.
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

  /// Words of another kind are no judgement.
  func scores(
    in answer: RemoteBody, for input: RemoteInput
  ) throws(RemoteFault) -> [String: Double] {
    let answer = try ChatAnswer(answer)
    let lines = answer.content.split(whereSeparator: \.isNewline).map { line in
      String(line.filter { !$0.isWhitespace })
    }.filter { !$0.isEmpty }
    var scores = Dictionary(uniqueKeysWithValues: names(for: input).map { ($0, 0.0) })
    switch lines.first?.lowercased() {
    case "safe":
      guard lines.count == 1 else { break }
      scores["unsafe"] = 1 - (answer.probability(of: "safe") ?? 1)
      return scores
    case "unsafe":
      let sure = answer.probability(of: "unsafe") ?? 1
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
}
