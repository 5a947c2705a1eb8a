import HTTPTypes
import StrictJSON

/// An answer that is no success, in the envelope that OpenAI's clients read: one object `error`
/// with four keys that are always there.
///
/// A refusal of content is never 408, 409, 429 or 5xx: clients send those again by themselves.
struct APIError: Error, Equatable, Sendable {
  let status: HTTPResponse.Status
  let message: String
  /// `invalid_request_error`, `server_error` …
  let type: String
  /// The request field at fault.
  let parameter: String?
  /// Stable, for programs.
  let code: String?
  /// Set on refusals by policy.
  let moderation: ModerationDetails?
  var headers: HTTPFields

  /// What a caller learns of a refusal: the stage and coarse categories, never rules or scores.
  struct ModerationDetails: Equatable, Sendable {
    /// `input` or `output`.
    let stage: String
    let categories: [String]
  }

  init(
    _ status: HTTPResponse.Status, _ message: String, type: String = "invalid_request_error",
    parameter: String? = nil, code: String? = nil, moderation: ModerationDetails? = nil,
    headers: HTTPFields = [:]
  ) {
    self.status = status
    self.message = message
    self.type = type
    self.parameter = parameter
    self.code = code
    self.moderation = moderation
    self.headers = headers
  }

  /// The envelope.
  var body: JSONValue {
    var members: [JSONValue.Member] = [
      .init("message", .string(message)),
      .init("type", .string(type)),
      .init("param", parameter.map(JSONValue.string) ?? .null),
      .init("code", code.map(JSONValue.string) ?? .null),
    ]
    if let moderation {
      members.append(
        .init(
          "moderation_details",
          [
            "moderation_stage": .string(moderation.stage),
            "categories": .array(moderation.categories.map(JSONValue.string)),
          ]))
    }
    return ["error": .object(members)]
  }
}

extension HTTPField.Name {
  static let requestID = HTTPField.Name("x-request-id")!
  static let processingTime = HTTPField.Name("openai-processing-ms")!
  static let apiVersion = HTTPField.Name("openai-version")!
  static let pollAfter = HTTPField.Name("openai-poll-after-ms")!
  static let shouldRetry = HTTPField.Name("x-should-retry")!
  static let retryCount = HTTPField.Name("x-stainless-retry-count")!
  static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
}

extension APIError {
  /// 400 for one field of the request.
  static func invalid(_ parameter: String, _ message: String, code: String = "invalid_value")
    -> APIError
  {
    APIError(.badRequest, message, parameter: parameter, code: code)
  }

  static let invalidKey = APIError(
    .unauthorized,
    "Incorrect API key provided. Send 'Authorization: Bearer KEY' with a key of this server.",
    code: "invalid_api_key", headers: [.wwwAuthenticate: "Bearer"])

  static func noSuchVideo(_ id: String) -> APIError {
    // The id is the caller's own text; a long one is not echoed.
    let shown = id.utf8.count <= 80 ? "'\(id)'" : "that id"
    return APIError(
      .notFound, "No video with id \(shown) was found.", parameter: "video_id", code: "not_found")
  }

  static func tooLarge(_ parameter: String?, _ message: String) -> APIError {
    APIError(.contentTooLarge, message, parameter: parameter, code: "request_too_large")
  }

  /// Our own fault; the cause is in the server's log under the request id.
  static let internalFault = APIError(
    .internalServerError,
    "The server had an error while processing your request. Its log has the cause under this "
      + "response's x-request-id.",
    type: "server_error", code: "internal_error")

  /// No space or no write access. Nothing was accepted, so nothing is lost; clients shall not
  /// hammer a full disk.
  static let storageUnavailable = APIError(
    .serviceUnavailable,
    "The server cannot store anything now (its disk is full or not writable). Nothing was "
      + "accepted; try again after its operator has made room.",
    type: "server_error", code: "storage_unavailable", headers: [.shouldRetry: "false"])
}
