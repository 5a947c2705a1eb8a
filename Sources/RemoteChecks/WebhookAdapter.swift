import Bytes
import StrictJSON

/// An operator's own service: `{"kind": "text", "text"}` or `{"kind": "picture", "png"}` (base64) is
/// posted, `{"scores": {name: 0…1}}` comes back.
struct WebhookAdapter: RemoteAdapter {
  /// What it answers, as the configuration says; for texts and pictures alike.
  let scores: [String]

  func names(for input: RemoteInput) -> [String] { scores }

  func body(for input: RemoteInput) -> RemoteBody? {
    switch input {
    case .text(let text): RemoteBody(["kind": "text", "text": .string(text)])
    case .picture(let bytes):
      RemoteBody(["kind": "picture", "png": .string(Base64.encode(bytes))])
    }
  }

  func scores(
    in answer: RemoteBody, for input: RemoteInput
  ) throws(RemoteFault) -> [String: Double] {
    guard let members = answer.json["scores"]?.members else {
      throw RemoteFault(kind: .lasting, detail: "its answer has no scores")
    }
    var found: [String: Double] = [:]
    for member in members where scores.contains(member.name) {
      guard let score = member.value.number else {
        throw RemoteFault(kind: .lasting, detail: "its \(member.name) is no number")
      }
      found[member.name] = score
    }
    return found
  }
}
