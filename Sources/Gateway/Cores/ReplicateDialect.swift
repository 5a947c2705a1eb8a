import Moderation
import StrictJSON

/// Replicate's predictions.
struct ReplicateDialect: UpstreamDialect {
  /// `https://api.replicate.com/v1`
  let base: String
  /// `OWNER/NAME`
  let model: String

  func authorization(_ key: String) -> (name: String, value: String) {
    ("Authorization", "Bearer \(key)")
  }

  func create(
    _ request: VideoRequest, image: (bytes: [UInt8], type: String)?
  ) throws(GenerationFailure) -> UpstreamCall {
    guard request.operation == .create else {
      throw .unsupported(detail: "Replicate's adapter makes new clips only")
    }
    var input: [JSONValue.Member] = [
      .init("prompt", .string(request.prompt)), .init("duration", .integer(request.seconds)),
      .init("aspect_ratio", .string(request.aspectRatio)),
    ]
    if let image {
      input.append(.init("image", .string(DataURL.encode(image.bytes, type: image.type))))
    }
    return .post(
      "\(base)/models/\(model)/predictions", ["input": .object(input + request.steering)])
  }

  func handle(_ answer: JSONValue) -> String? { answer["id"]?.string }

  func poll(_ handle: String) -> UpstreamCall { .get("\(base)/predictions/\(handle)") }

  func state(_ answer: JSONValue, of handle: String) -> UpstreamState {
    switch answer["status"]?.string {
    case "starting", "processing", "queued": return .running
    case "succeeded":
      let output = answer["output"]
      let clip = output?.string ?? output?.array?.first?.string ?? output?["video"]?.string
      // A filtered clip is a success without an output.
      return clip.map { .done($0) } ?? .refused("succeeded without an output")
    default:
      let text = answer["error"]?.string ?? "status \(answer["status"]?.string ?? "unknown")"
      return Self.readsAsRefusal(text) ? .refused(text) : .failed(text)
    }
  }

  func isRefusal(status: Int, _ answer: JSONValue?) -> Bool {
    status == 422 && Self.readsAsRefusal(answer?["detail"]?.string ?? "")
  }
}
