import Evidence

/// A classifier on another machine: one deadline over all attempts, a budget for retries, and a
/// breaker that stops asking a server that does not answer.
final class RemoteService: Sendable {
  struct Settings: Equatable, Sendable {
    /// As the policy's `checks` names it.
    var name: String
    var url: String
    var key: String?
    /// Over all attempts.
    var timeout = Duration.seconds(4)
    var attempts = 2
  }

  /// Between two attempts: a server that restarts needs some time, a caller waits for the sum.
  static let pause = Duration.milliseconds(100)

  let settings: Settings
  private let transport: any RemoteTransport
  private let breaker: CircuitBreaker
  private let budget: RetryBudget

  init(
    _ settings: Settings, transport: any RemoteTransport,
    breaker: CircuitBreaker = CircuitBreaker(), budget: RetryBudget = RetryBudget()
  ) {
    self.settings = settings
    self.transport = transport
    self.breaker = breaker
    self.budget = budget
  }

  /// For the log. Nobody knows which weights answer on another machine, so there is no hash.
  var model: ModelIdentity {
    ModelIdentity(name: "remote \(settings.name) \(settings.url)", sha256: "")
  }

  /// What `read` makes of the answer to `request`. An answer that `read` refuses counts as a failure
  /// of the service.
  func ask<Answer: Sendable>(
    _ request: RemoteRequest, _ read: (RemoteBody) throws(RemoteFault) -> Answer
  ) async throws(RemoteFault) -> Answer {
    guard breaker.mayAsk() else {
      throw RemoteFault(kind: .lasting, detail: "it failed too often and is not asked for a while")
    }
    budget.deposit()
    let clock = ContinuousClock()
    let deadline = clock.now + settings.timeout
    var attempt = 1
    while true {
      let left = deadline - clock.now
      let fault: RemoteFault
      do throws(RemoteFault) {
        guard left > .zero else { throw RemoteFault(kind: .late, detail: "no answer in time") }
        let answer = try read(try await post(request, within: left))
        breaker.succeeded()
        return answer
      } catch {
        fault = error
      }
      guard fault.kind == .passing, attempt < settings.attempts, budget.withdraw() else {
        breaker.failed()
        throw fault
      }
      attempt += 1
      try? await Task.sleep(for: Self.pause)
    }
  }

  /// What a failed question means to the policy.
  func reason(of fault: RemoteFault) -> UnknownReason {
    fault.kind == .late ? .timedOut : .failed("\(settings.name): \(fault.detail)")
  }

  private func post(
    _ request: RemoteRequest, within limit: Duration
  ) async throws(RemoteFault) -> RemoteBody {
    var headers = [("Content-Type", request.mediaType), ("User-Agent", "Assay")]
    if let key = settings.key { headers.append(("Authorization", "Bearer \(key)")) }
    let (status, bytes) = try await transport.post(
      settings.url, headers: headers, body: request.bytes, timeout: limit)
    switch status {
    case 200..<300: return try RemoteBody(parsing: bytes)
    case 408, 425, 429, 500...: throw RemoteFault(kind: .passing, detail: "status \(status)")
    default: throw RemoteFault(kind: .lasting, detail: "status \(status)")
    }
  }
}
