import Evidence
import HTTPTypes
import Moderation

/// Why a picture or a recording did not come, as the image and audio APIs say it.
enum PieceErrors {
  /// - Parameter type: `image_generation_user_error` for pictures.
  static func refused(_ refusal: Refusal, type: String) -> APIError {
    let details = APIError.ModerationDetails(
      stage: refusal.stage == .screen ? "input" : "output", categories: refusal.categories)
    let list = refusal.categories.joined(separator: ", ")
    return APIError(
      .badRequest,
      refusal.message
        ?? "Your request was rejected by the safety system. safety_violations=[\(list)].",
      type: type, parameter: type == "invalid_request_error" ? refusal.parameter : nil,
      code: "moderation_blocked", moderation: details)
  }

  static func held(type: String) -> APIError {
    APIError(
      .badRequest,
      "Your request is held until a person has looked at it. Nothing was released.", type: type,
      code: "moderation_held")
  }

  static func failed(_ failure: GenerationFailure) -> APIError {
    switch failure {
    case .refused: PieceErrors.held(type: "invalid_request_error")
    case .unsupported:
      APIError(
        .badRequest, "The generation core cannot serve this request.", code: "unsupported_request")
    case .unavailable:
      APIError(
        .badGateway, "The generation core could not be reached. Try again.", type: "server_error",
        code: "upstream_error")
    case .deadlineExceeded:
      APIError(
        .gatewayTimeout, "The generation core did not finish in time. Try again.",
        type: "server_error", code: "deadline_exceeded")
    }
  }
}
