import Bytes
import Classifiers
import StrictJSON

/// OpenAI's `POST /v1/moderations`, texts and pictures.
struct OpenAIModerationAdapter: RemoteAdapter {
  static let defaultModel = "omni-moderation-latest"
  /// What it judges in pictures; the other categories are for texts only.
  static let ofPictures = [
    "self-harm", "self-harm/intent", "self-harm/instructions", "sexual", "violence",
    "violence/graphic",
  ]

  let model: String

  func names(for input: RemoteInput) -> [String] {
    if case .picture = input { return Self.ofPictures }
    return TextClassifier.categories
  }

  func body(for input: RemoteInput) -> RemoteBody? {
    let content: JSONValue =
      switch input {
      case .text(let text): .string(text)
      case .picture(let bytes):
        [
          [
            "type": "image_url",
            "image_url": ["url": .string("data:image/png;base64,\(Base64.encode(bytes))")],
          ]
        ]
      }
    return RemoteBody(["model": .string(model), "input": content])
  }

  func scores(
    in answer: RemoteBody, for input: RemoteInput
  ) throws(RemoteFault) -> [String: Double] {
    guard let results = answer.json["results"]?.array, results.count == 1,
      let scores = results[0]["category_scores"]
    else { throw RemoteFault(kind: .lasting, detail: "its answer has no category_scores") }
    var found: [String: Double] = [:]
    for name in names(for: input) {
      // `illicit` is null from models that do not know it.
      if let score = scores[name]?.number { found[name] = score }
    }
    guard !found.isEmpty else {
      throw RemoteFault(kind: .lasting, detail: "its answer has no category that is known")
    }
    return found
  }
}
