import Evidence

/// A check that another machine performs: one deadline over all attempts, a budget for retries, and a
/// breaker that stops asking a server that does not answer. Whatever goes wrong is unknown with a
/// reason, and the policy's `on_error` for this check decides.
public final class RemoteCheck: Sendable {
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
  private let adapter: any RemoteAdapter
  private let transport: any RemoteTransport
  private let breaker: CircuitBreaker
  private let budget: RetryBudget

  init(
    _ settings: Settings, adapter: any RemoteAdapter, transport: any RemoteTransport,
    breaker: CircuitBreaker = CircuitBreaker(), budget: RetryBudget = RetryBudget()
  ) {
    self.settings = settings
    self.adapter = adapter
    self.transport = transport
    self.breaker = breaker
    self.budget = budget
  }

  /// One signal for each name that the adapter answers; empty when it does not judge such things.
  /// Never throws, and never takes longer than the timeout.
  func signals(for input: RemoteInput) async -> [Signal] {
    guard let body = adapter.body(for: input) else { return [] }
    let names = adapter.names(for: input)
    let model = ModelIdentity(name: "remote \(settings.name) \(settings.url)", sha256: "")
    do {
      let scores = try await answer(to: body, for: input)
      return names.map { name in
        let value: Signal.Value =
          scores[name].map { .score($0) }
          ?? .unknown(.notEvaluated("\(settings.name) said nothing of \(name)"))
        return Signal(name: name, value: value, check: settings.name, model: model)
      }
    } catch {
      let reason: UnknownReason =
        error.kind == .late ? .timedOut : .failed("\(settings.name): \(error.detail)")
      return names.map {
        Signal(name: $0, value: .unknown(reason), check: settings.name, model: model)
      }
    }
  }

  private func answer(
    to body: RemoteBody, for input: RemoteInput
  ) async throws(RemoteFault) -> [String: Double] {
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
        let scores = try await ask(body, input, within: left)
        breaker.succeeded()
        return scores
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

  private func ask(
    _ body: RemoteBody, _ input: RemoteInput, within limit: Duration
  ) async throws(RemoteFault) -> [String: Double] {
    var headers = [("Content-Type", "application/json"), ("User-Agent", "Assay")]
    if let key = settings.key { headers.append(("Authorization", "Bearer \(key)")) }
    let (status, bytes) = try await transport.post(
      settings.url, headers: headers, body: body.bytes, timeout: limit)
    switch status {
    case 200..<300: break
    case 408, 425, 429, 500...: throw RemoteFault(kind: .passing, detail: "status \(status)")
    default: throw RemoteFault(kind: .lasting, detail: "status \(status)")
    }
    let scores = try adapter.scores(in: try RemoteBody(parsing: bytes), for: input)
    for (name, score) in scores where !(0...1).contains(score) {
      throw RemoteFault(kind: .lasting, detail: "its \(name) is \(score), which is no score")
    }
    return scores
  }
}
