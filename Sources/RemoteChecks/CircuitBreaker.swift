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
  /// A retry for every ten requests.
  static let share = 0.1
  /// What may be saved up, and what there is at the start.
  static let most = 10.0

  private let tokens = Mutex(RetryBudget.most)

  /// Once for each request.
  func deposit() { tokens.withLock { $0 = min($0 + Self.share, Self.most) } }

  /// Whether there is a retry left.
  func withdraw() -> Bool {
    tokens.withLock { tokens in
      guard tokens >= 1 else { return false }
      tokens -= 1
      return true
    }
  }
}
