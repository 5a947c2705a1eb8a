import Evidence
import Policy

/// A check that another machine performs. Whatever goes wrong is unknown with a reason, and the
/// policy's `on_error` for this check decides.
public final class RemoteCheck: Sendable {
  let service: RemoteService
  private let adapter: @Sendable (PolicySet?) -> any RemoteAdapter

  /// - Parameter adapter: made for the policy that an input is judged by; nil where none is at hand.
  init(
    _ service: RemoteService, adapter: @escaping @Sendable (PolicySet?) -> any RemoteAdapter
  ) {
    self.service = service
    self.adapter = adapter
  }

  /// One signal for each name that the adapter answers; empty when it does not judge such things.
  /// Never throws, and never takes longer than the timeout.
  func signals(for input: RemoteInput, under policy: PolicySet? = nil) async -> [Signal] {
    let adapter = adapter(policy)
    guard let body = adapter.body(for: input) else { return [] }
    let names = adapter.names(for: input)
    let check = service.settings.name
    do {
      let scores = try await service.ask(RemoteRequest(body)) { answer throws(RemoteFault) in
        let scores = try adapter.scores(in: answer, for: input)
        for (name, score) in scores where !(0...1).contains(score) {
          throw RemoteFault(kind: .lasting, detail: "its \(name) is \(score), which is no score")
        }
        return scores
      }
      return names.map { name in
        let value: Signal.Value =
          scores[name].map { .score($0) }
          ?? .unknown(.notEvaluated("\(check) said nothing of \(name)"))
        return Signal(name: name, value: value, check: check, model: service.model)
      }
    } catch {
      let reason = service.reason(of: error)
      return names.map {
        Signal(name: $0, value: .unknown(reason), check: check, model: service.model)
      }
    }
  }
}
