import Moderation
import StrictJSON

/// fal's queue: status and result are read apart, and a refusal shows in the result.
struct FalDialect: UpstreamDialect {
  /// `https://queue.fal.run/OWNER/MODEL`
  let base: String

  func authorization(_ key: String) -> (name: String, value: String) {
    ("Authorization", "Key \(key)")
  }

  func create(
    _ request: VideoRequest, image: (bytes: [UInt8], type: String)?
  ) throws(GenerationFailure) -> UpstreamCall {
    guard request.operation == .create else {
      throw .unsupported(detail: "fal's adapter makes new clips only")
    }
    var input: [JSONValue.Member] = [
      .init("prompt", .string(request.prompt)),
      .init("duration", .string(String(request.seconds))),
      .init("aspect_ratio", .string(request.aspectRatio)),
    ]
    if let image {
      input.append(.init("image_url", .string(DataURL.encode(image.bytes, type: image.type))))
    }
    return .post(base, .object(input + request.steering))
  }

  func handle(_ answer: JSONValue) -> String? { answer["request_id"]?.string }

  func poll(_ handle: String) -> UpstreamCall { .get("\(base)/requests/\(handle)/status") }

  func state(_ answer: JSONValue, of handle: String) -> UpstreamState {
    if let clip = answer["video"]?["url"]?.string ?? answer["videos"]?.array?.first?["url"]?.string
    {
      let flags = answer["has_nsfw_concepts"]?.array ?? []
      return flags.contains(true) ? .refused("has_nsfw_concepts") : .done(clip)
    }
    switch answer["status"]?.string {
    case "IN_QUEUE", "IN_PROGRESS": return .running
    case "COMPLETED":
      if let error = answer["error"]?.string {
        return Self.readsAsRefusal(error) ? .refused(error) : .failed(error)
      }
      return .then(.get("\(base)/requests/\(handle)"))
    default:
      let text = answer.compact
      return Self.readsAsRefusal(text) ? .refused(text) : .failed(text)
    }
  }

  func isRefusal(status: Int, _ answer: JSONValue?) -> Bool {
    status == 422
      && (answer?["detail"]?.array ?? []).contains {
        $0["type"]?.string == "content_policy_violation"
      }
  }
}
