import Moderation
import StrictJSON

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
            "filename=\(UpstreamConnection.escape(name))",
            "subfolder=\(UpstreamConnection.escape(file["subfolder"]?.string ?? ""))",
            "type=\(UpstreamConnection.escape(file["type"]?.string ?? "output"))",
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
