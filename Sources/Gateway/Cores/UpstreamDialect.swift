import Moderation
import StrictJSON

/// One request to a foreign server.
struct UpstreamCall: Equatable, Sendable {
  enum Method: String, Sendable { case get, post }

  let method: Method
  /// Absolute.
  let url: String
  let body: JSONValue?

  static func get(_ url: String) -> UpstreamCall { UpstreamCall(method: .get, url: url, body: nil) }
  static func post(_ url: String, _ body: JSONValue) -> UpstreamCall {
    UpstreamCall(method: .post, url: url, body: body)
  }
}

/// What a foreign server says of one job.
enum UpstreamState: Equatable, Sendable {
  case running
  /// Done, and the rest stands in the answer to another call.
  case then(UpstreamCall)
  /// The clip's address.
  case done(String)
  /// Its moderation said no. The words are for the log only.
  case refused(String)
  case failed(String)
}

/// How one kind of server takes a job, tells of it and hands it over. Pure: what is asked and what an
/// answer means, without a network, so that recorded answers test it.
protocol UpstreamDialect: Sendable {
  /// Name and value of the header that carries the key.
  func authorization(_ key: String) -> (name: String, value: String)
  /// - Parameter image: the reference picture, if there is one.
  func create(
    _ request: VideoRequest, image: (bytes: [UInt8], type: String)?
  ) throws(GenerationFailure) -> UpstreamCall
  /// What the answer to `create` calls the job.
  func handle(_ answer: JSONValue) -> String?
  func poll(_ handle: String) -> UpstreamCall
  func state(_ answer: JSONValue, of handle: String) -> UpstreamState
  /// Whether an error answer means that the content was refused.
  func isRefusal(status: Int, _ answer: JSONValue?) -> Bool
}

extension UpstreamDialect {
  /// Words with which servers without codes say that content was the reason.
  static var refusalWords: [String] {
    [
      "nsfw", "safety", "sensitive", "content policy", "content_policy", "moderat", "flagged",
      "prohibited", "responsible ai",
    ]
  }

  static func readsAsRefusal(_ text: String) -> Bool {
    let text = text.lowercased()
    return refusalWords.contains { text.contains($0) }
  }
}

extension VideoRequest {
  /// Fields of the caller's that steer a core; identities stay here.
  var steering: [JSONValue.Member] {
    extras.filter { $0.key != "user" && $0.key != "safety_identifier" && !$0.key.contains("[") }
      .sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) }
  }

  var aspectRatio: String { size.width >= size.height ? "16:9" : "9:16" }
}
