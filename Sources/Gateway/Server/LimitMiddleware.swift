import HTTPTypes
import Hummingbird

/// Holds each key to its limits and tells it where it stands. Behind `KeyMiddleware`.
struct LimitMiddleware: RouterMiddleware {
  typealias Context = GatewayContext

  let limiter: RequestLimiter

  func handle(
    _ request: Request, context: GatewayContext,
    next: (Request, GatewayContext) async throws -> Response
  ) async throws -> Response {
    let tenant = context.tenant
    switch limiter.enter(tenant) {
    case .tooMany(let standing, let wait):
      throw LimitMiddleware.refusal(
        "You send more than \(standing.limit) requests a minute.", standing, wait: wait)
    case .tooManyAtOnce(let standing):
      throw LimitMiddleware.refusal(
        "You have \(limiter.concurrentRequests) requests running at the same time; wait for one.",
        standing, wait: 1000)
    case .admitted(let standing):
      defer { limiter.leave(tenant) }
      do {
        var response = try await next(request, context)
        response.headers.append(contentsOf: LimitMiddleware.headers(standing))
        return response
      } catch var error as APIError {
        error.headers.append(contentsOf: LimitMiddleware.headers(standing))
        throw error
      }
    }
  }

  private static func refusal(
    _ message: String, _ standing: RequestLimiter.Standing, wait: Int64
  ) -> APIError {
    var headers = headers(standing)
    // Whole seconds, at least one; programs that know the finer header wait no longer than needed.
    headers[.retryAfter] = String(max(1, (wait + 999) / 1000))
    headers[.retryAfterMilliseconds] = String(wait)
    return APIError(
      .tooManyRequests, message, type: "rate_limit_error", code: "rate_limit_exceeded",
      headers: headers)
  }

  static func headers(_ standing: RequestLimiter.Standing) -> HTTPFields {
    [
      .rateLimitRequests: String(standing.limit),
      .rateLimitRemaining: String(standing.remaining),
      .rateLimitReset: duration(standing.resetMilliseconds),
    ]
  }

  /// As OpenAI writes durations: `20ms`, `1s`, `6m0s`.
  static func duration(_ milliseconds: Int64) -> String {
    if milliseconds < 1000 { return "\(milliseconds)ms" }
    let seconds = (milliseconds + 999) / 1000
    return seconds < 60 ? "\(seconds)s" : "\(seconds / 60)m\(seconds % 60)s"
  }
}

extension HTTPField.Name {
  static let retryAfterMilliseconds = HTTPField.Name("retry-after-ms")!
  static let rateLimitRequests = HTTPField.Name("x-ratelimit-limit-requests")!
  static let rateLimitRemaining = HTTPField.Name("x-ratelimit-remaining-requests")!
  static let rateLimitReset = HTTPField.Name("x-ratelimit-reset-requests")!
  static let organization = HTTPField.Name("openai-organization")!
}
