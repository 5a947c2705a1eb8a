import Bytes
import Moderation
import StrictJSON

/// Google's Veo over the Gemini API: long-running operations. "Done" without a sample is how its filter
/// says no.
struct VeoDialect: UpstreamDialect {
  /// With `/v1beta`, without a slash at the end.
  let base: String
  let model: String

  func authorization(_ key: String) -> (name: String, value: String) { ("x-goog-api-key", key) }

  func create(
    _ request: VideoRequest, image: (bytes: [UInt8], type: String)?
  ) throws(GenerationFailure) -> UpstreamCall {
    guard request.operation == .create else {
      throw .unsupported(detail: "Veo's adapter makes new clips only")
    }
    var instance: [JSONValue.Member] = [.init("prompt", .string(request.prompt))]
    if let image {
      instance.append(
        .init(
          "image",
          [
            "bytesBase64Encoded": .string(Base64.encode(image.bytes)),
            "mimeType": .string(image.type),
          ]))
    }
    var parameters: [JSONValue.Member] = [
      .init("aspectRatio", .string(request.aspectRatio)),
      .init("durationSeconds", .integer(request.seconds)),
    ]
    if let negative = request.extras["negative_prompt"] {
      parameters.append(.init("negativePrompt", .string(negative)))
    }
    if let seed = request.extras["seed"].flatMap({ Int($0) }) {
      parameters.append(.init("seed", .integer(seed)))
    }
    return .post(
      "\(base)/models/\(model):predictLongRunning",
      ["instances": [.object(instance)], "parameters": .object(parameters)])
  }

  func handle(_ answer: JSONValue) -> String? { answer["name"]?.string }

  func poll(_ handle: String) -> UpstreamCall { .get("\(base)/\(handle)") }

  func state(_ answer: JSONValue, of handle: String) -> UpstreamState {
    if let error = answer["error"], !error.isNull {
      let text = error.compact
      return Self.readsAsRefusal(text) ? .refused(text) : .failed(text)
    }
    guard answer["done"]?.bool == true else { return .running }
    let response = answer["response"]?["generateVideoResponse"] ?? answer["response"]
    let sample = response?["generatedSamples"]?.array?.first ?? response?["videos"]?.array?.first
    if let uri = sample?["video"]?["uri"]?.string ?? sample?["uri"]?.string { return .done(uri) }
    return .refused((response ?? .null).compact)
  }

  func isRefusal(status: Int, _ answer: JSONValue?) -> Bool {
    status == 400 && Self.readsAsRefusal(answer?["error"]?["message"]?.string ?? "")
  }
}
