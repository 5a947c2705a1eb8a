import HTTPTypes
import Synchronization

/// A door that only so many may be behind at the same time. Whoever finds it full is told to come
/// again, before anything was done: work that waits too long is judged by nobody in time, and what is
/// not judged is held for a person.
final class AdmissionGate: Sendable {
  /// Requests at the text checks: they take a millisecond or a few each.
  static let screenings = 256
  /// Pictures and recordings in the making: each keeps a processor busy for seconds.
  static let pieces = 16

  private let limit: Int
  private let inside = Mutex(0)

  init(limit: Int) { self.limit = limit }

  /// - Throws: 429 when the gate is full; what `work` throws.
  func pass<Value>(_ work: () async throws -> Value) async throws -> Value {
    let isAdmitted = inside.withLock { count in
      guard count < limit else { return false }
      count += 1
      return true
    }
    guard isAdmitted else {
      throw APIError(
        .tooManyRequests, "The server is busy with other requests; send this one again.",
        type: "rate_limit_error", code: "server_busy",
        headers: [.retryAfter: "1", .retryAfterMilliseconds: "1000"])
    }
    defer { inside.withLock { $0 -= 1 } }
    return try await work()
  }
}
