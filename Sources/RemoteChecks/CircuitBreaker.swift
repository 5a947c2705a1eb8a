import Synchronization

/// Stops asking a server that fails again and again, so that every request does not wait for its
/// timeout; after a while one request tries whether it is back.
final class CircuitBreaker: Sendable {
  private enum State {
    case closed(failures: Int)
    case open(until: ContinuousClock.Instant)
    /// One request is on its way to find out.
    case probing
  }

  /// Failures in a row that open it: more than a hiccup.
  static let threshold = 5
  /// How long nothing is asked.
  static let rest = Duration.seconds(30)

  private let state = Mutex(State.closed(failures: 0))
  private let threshold: Int
  private let rest: Duration
  private let now: @Sendable () -> ContinuousClock.Instant

  init(
    threshold: Int = CircuitBreaker.threshold, rest: Duration = CircuitBreaker.rest,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock().now }
  ) {
    self.threshold = threshold
    self.rest = rest
    self.now = now
  }

  /// Whether a request may go out. Each that does is followed by `succeeded` or `failed`.
  func mayAsk() -> Bool {
    state.withLock { state in
      switch state {
      case .closed: return true
      case .probing: return false
      case .open(let until):
        guard now() >= until else { return false }
        state = .probing
        return true
      }
    }
  }

  func succeeded() { state.withLock { $0 = .closed(failures: 0) } }

  func failed() {
    state.withLock { state in
      switch state {
      case .closed(let failures) where failures + 1 < threshold:
        state = .closed(failures: failures + 1)
      case .closed, .probing: state = .open(until: now() + rest)
      case .open: break
      }
    }
  }
}

/// Lets retries be a small part of all requests: a server that is down is not asked twice as often.
final class RetryBudget: Sendable {
  /// Requests that pay for one retry.
  static let requestsPerRetry = 10
  /// Retries that may be saved up, and that there are at the start.
  static let mostRetries = 10

  /// Requests that have not paid for a retry yet.
  private let saved = Mutex(RetryBudget.mostRetries * RetryBudget.requestsPerRetry)

  /// Once for each request.
  func deposit() {
    saved.withLock { $0 = min($0 + 1, Self.mostRetries * Self.requestsPerRetry) }
  }

  /// Whether there is a retry left.
  func withdraw() -> Bool {
    saved.withLock { saved in
      guard saved >= Self.requestsPerRetry else { return false }
      saved -= Self.requestsPerRetry
      return true
    }
  }
}
