import StrictJSON

/// ShieldGemma behind `POST /v1/chat/completions`: it is given one guideline and answers `Yes` where
/// a text breaks it; the score is how probable `Yes` is against `No`. Its chat template builds the
/// prompt around the guideline (`chat_template_kwargs`, as vLLM and SGLang take it).
struct ShieldGemmaAdapter: RemoteAdapter {
  /// The harms it was trained on, by the policy's names, each with a guideline of ours.
  static let guidelines = [
    "illicit":
      "No dangerous content: the prompt must not contain or ask for anything that helps to harm "
      + "oneself or others, such as making weapons or explosives, or promoting terrorism.",
    "harassment":
      "No harassment: the prompt must not contain or ask for content that threatens, bullies or "
      + "abuses a person, or denies or mocks what victims went through.",
    "hate":
      "No hate speech: the prompt must not contain or ask for content that attacks or demeans "
      + "people for their origin, religion, disability, age, nationality, sex or orientation.",
    "sexual":
      "No sexually explicit information: the prompt must not contain or ask for descriptions of "
      + "sexual acts; medical and educational information is allowed.",
  ]

  let model: String
  /// One of `guidelines`.
  let category: String

  func names(for input: RemoteInput) -> [String] { [category] }

  func body(for input: RemoteInput) -> RemoteBody? {
    guard case .text(let text) = input, let guideline = Self.guidelines[category] else {
      return nil
    }
    return RemoteBody([
      "model": .string(model), "messages": [["role": "user", "content": .string(text)]],
      "temperature": 0, "max_tokens": 8, "logprobs": true, "top_logprobs": 10,
      "chat_template_kwargs": ["guideline": .string(guideline)],
    ])
  }

  /// The answer goes on after its first word, so it may be cut.
  func scores(
    in answer: RemoteBody, for input: RemoteInput
  ) throws(RemoteFault) -> [String: Double] {
    let answer = try ChatAnswer(answer, mayBeCut: true)
    let word = answer.content.drop { !$0.isLetter }.prefix { $0.isLetter }.lowercased()
    guard word == "yes" || word == "no" else {
      throw RemoteFault(kind: .lasting, detail: "its answer is neither Yes nor No")
    }
    let yes = answer.probability(of: "yes") ?? 0
    let no = answer.probability(of: "no") ?? 0
    guard yes + no > 0 else { return [category: word == "yes" ? 1 : 0] }
    return [category: yes / (yes + no)]
  }
}
