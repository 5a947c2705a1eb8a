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
      input.append(.init("image_url", .string(Self.dataURL(image))))
    }
    return .post(base, .object(input + request.steering))
  }

  static func dataURL(_ image: (bytes: [UInt8], type: String)) -> String {
    "data:\(image.type);base64,\(Base64.encode(image.bytes))"
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
    if let image { input.append(.init("image", .string(FalDialect.dataURL(image)))) }
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

/// ComfyUI: a graph of the operator's own, in which `{{prompt}}`, `{{negative_prompt}}`, `{{seed}}`,
/// `{{width}}`, `{{height}}` and `{{seconds}}` are filled in. It has no moderation of its own.
struct ComfyUIDialect: UpstreamDialect {
  let base: String
  /// As ComfyUI exports it ("API format").
  let workflow: JSONValue

  func authorization(_ key: String) -> (name: String, value: String) {
    ("Authorization", "Bearer \(key)")
  }

  func create(
    _ request: VideoRequest, image: (bytes: [UInt8], type: String)?
  ) throws(GenerationFailure) -> UpstreamCall {
    guard request.operation == .create, image == nil else {
      throw .unsupported(detail: "ComfyUI's adapter makes clips from prompts only")
    }
    return .post("\(base)/prompt", ["prompt": Self.fill(workflow, request), "client_id": "assay"])
  }

  /// Whole values become numbers where they are ones; a place within a text becomes text. Nothing of a
  /// prompt is read as JSON.
  static func fill(_ value: JSONValue, _ request: VideoRequest) -> JSONValue {
    switch value {
    case .string(let text):
      switch text {
      case "{{width}}": return .integer(request.size.width)
      case "{{height}}": return .integer(request.size.height)
      case "{{seconds}}": return .integer(request.seconds)
      case "{{seed}}": return .integer(Int(BuiltInCore.seed(of: request) >> 12))
      default:
        // One pass, so that a prompt that spells a place is not filled in itself.
        return .string(
          text.components(around: ["{{prompt}}", "{{negative_prompt}}"]) {
            $0 == "{{prompt}}" ? request.prompt : request.extras["negative_prompt"] ?? ""
          })
      }
    case .array(let items): return .array(items.map { fill($0, request) })
    case .object(let members):
      return .object(members.map { .init($0.name, fill($0.value, request)) })
    default: return value
    }
  }

  func handle(_ answer: JSONValue) -> String? { answer["prompt_id"]?.string }

  func poll(_ handle: String) -> UpstreamCall { .get("\(base)/history/\(handle)") }

  func state(_ answer: JSONValue, of handle: String) -> UpstreamState {
    guard let job = answer[handle] else { return .running }
    if job["status"]?["status_str"]?.string == "error" { return .failed("the graph failed") }
    for node in job["outputs"]?.members ?? [] {
      for kind in ["videos", "gifs", "video", "images"] {
        for file in node.value[kind]?.array ?? [] {
          guard let name = file["filename"]?.string, name.hasSuffix(".mp4") else { continue }
          let query = [
            "filename=\(UpstreamVideoCore.escape(name))",
            "subfolder=\(UpstreamVideoCore.escape(file["subfolder"]?.string ?? ""))",
            "type=\(UpstreamVideoCore.escape(file["type"]?.string ?? "output"))",
          ]
          return .done("\(base)/view?\(query.joined(separator: "&"))")
        }
      }
    }
    return job["status"]?["completed"]?.bool == true
      ? .failed("the graph made no MP4 file") : .running
  }

  func isRefusal(status: Int, _ answer: JSONValue?) -> Bool { false }
}

extension String {
  /// This text with each of `places` replaced by what `fill` says, in one pass.
  fileprivate func components(around places: [String], fill: (String) -> String) -> String {
    var result = ""
    var rest = self[...]
    while !rest.isEmpty {
      if let place = places.first(where: { rest.hasPrefix($0) }) {
        result += fill(place)
        rest = rest.dropFirst(place.count)
      } else {
        result.append(rest.removeFirst())
      }
    }
    return result
  }
}
