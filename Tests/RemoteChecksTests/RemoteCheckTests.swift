import Evidence
import Hummingbird
import HummingbirdTesting
import NIOCore
import Pixels
import StrictJSON
import Synchronization
import Testing

@testable import RemoteChecks

/// Remote checks against servers that answer, stall, lie and talk nonsense.
@Suite struct RemoteCheckTests {
  /// Answers by script, over a real socket.
  private final class Server: Sendable {
    let answers: Mutex<[(Int, String)]>
    let seen = Mutex<[JSONValue]>([])
    let stalls: Bool

    init(_ answers: [(Int, String)], stalls: Bool = false) {
      self.answers = Mutex(answers)
      self.stalls = stalls
    }

    func signals(
      _ adapter: any RemoteAdapter, for input: RemoteInput = .text("a boat"),
      timeout: Duration = .seconds(60), attempts: Int = 2,
      breaker: CircuitBreaker = CircuitBreaker(),
      times: Int = 1
    ) async throws -> [Signal] {
      // A stalled request ends with the test: a server waits for those that it serves.
      let (asked, end) = AsyncStream<Void>.makeStream()
      let router = Router()
      router.post("check") { request, _ -> Response in
        let body = try await request.body.collect(upTo: 1 << 20)
        let json = try JSONValue.parse(Array(body.readableBytesView))
        self.seen.withLock { $0.append(json) }
        if self.stalls { for await _ in asked {} }
        let (status, text) = self.answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        return Response(
          status: .init(code: status), body: .init(byteBuffer: ByteBuffer(string: text)))
      }
      return try await Application(responder: router.buildResponder()).test(.live) { client in
        defer { end.finish() }
        let port = try #require(client.port)
        let service = RemoteService(
          .init(
            name: "far", url: "http://localhost:\(port)/check", key: "k", timeout: timeout,
            attempts: attempts),
          transport: HTTPTransport(), breaker: breaker)
        let check = RemoteCheck(service) { _ in adapter }
        var last: [Signal] = []
        for _ in 0..<times { last = await check.signals(for: input) }
        return last
      }
    }
  }

  private static let good =
    #"{"results": [{"category_scores": {"sexual": 0.25, "hate": 0.5, "illicit": null}}]}"#

  private func unknown(_ signals: [Signal]) -> Set<String> {
    Set(
      signals.map { signal in
        if case .unknown(let reason) = signal.value { "\(reason.code)" } else { "scored" }
      })
  }

  @Test func `a good answer is scored`() async throws {
    let server = Server([(200, Self.good)])
    let signals = try await server.signals(OpenAIModerationAdapter(model: "m"))
    let scores = signals.filter { if case .score = $0.value { true } else { false } }
    #expect(Set(scores.map(\.name)) == ["sexual", "hate"])
    #expect(signals.count == 13 && signals.allSatisfy { $0.check == "far" })
    #expect(server.seen.withLock { $0 } == [["model": "m", "input": "a boat"]])
  }

  @Test func `a passing fault is tried again`() async throws {
    let server = Server([(503, "busy"), (200, Self.good)])
    let signals = try await server.signals(OpenAIModerationAdapter(model: "m"))
    #expect(unknown(signals).contains("scored"))
    #expect(server.seen.withLock { $0.count } == 2)
  }

  @Test(arguments: [
    (200, "<html>it works</html>"), (200, "{}"), (200, #"{"results": []}"#),
    (200, #"{"results": [{"category_scores": {}}]}"#),
    (200, #"{"results": [{"category_scores": {"sexual": 7}}]}"#),
    (200, #"{"results": [{"category_scores": {"sexual": -0.1, "hate": 0.1}}]}"#),
    (200, ""), (404, "{}"), (401, Self.good),
  ])
  func `nonsense is no answer`(status: Int, body: String) async throws {
    let server = Server([(status, body)])
    let signals = try await server.signals(OpenAIModerationAdapter(model: "m"))
    #expect(unknown(signals) == ["failed"])
    #expect(server.seen.withLock { $0.count } == 1, "what would fail again is not tried again")
  }

  @Test func `a stalling server is timed out`() async throws {
    let server = Server([(200, Self.good)], stalls: true)
    let signals = try await server.signals(
      OpenAIModerationAdapter(model: "m"), timeout: .milliseconds(300))
    #expect(unknown(signals) == ["timed_out"])
  }

  @Test func `a dead server is not asked for ever`() async throws {
    let server = Server([(500, "no")])
    _ = try await server.signals(
      OpenAIModerationAdapter(model: "m"), attempts: 1,
      breaker: CircuitBreaker(threshold: 3, rest: .seconds(3600)), times: 8)
    #expect(server.seen.withLock { $0.count } == 3)
  }

  @Test func `pictures go as PNG`() async throws {
    let image = try #require(RGBImage(width: 2, height: 1, pixels: [255, 0, 0, 0, 255, 0]))
    let server = Server([(200, #"{"results": [{"category_scores": {"violence": 0.75}}]}"#)])
    let signals = try await server.signals(
      OpenAIModerationAdapter(model: "m"), for: .picture(PlainPNG.encode(image)))
    #expect(signals.first { $0.name == "violence" }?.value == .score(0.75))
    let url = server.seen.withLock { $0[0]["input"]?.array?.first?["image_url"]?["url"]?.string }
    #expect(url?.hasPrefix("data:image/png;base64,iVBORw0KGgo") == true)
  }

  @Test func `a guard model says which hazard`() throws {
    let adapter = GuardModelAdapter(model: "g")
    func scores(_ content: String, finish: String = "stop") -> [String: Double]? {
      try? adapter.scores(
        in: RemoteBody([
          "choices": [
            [
              "message": ["content": .string(content)], "finish_reason": .string(finish),
              "logprobs": [
                "content": [
                  ["token": "\n\n", "logprob": 0],
                  ["token": "unsafe", "logprob": -0.105360515657826],
                ]
              ],
            ]
          ]
        ]), for: .text("a"))
    }
    let found = try #require(scores("\n\nunsafe\nS10, S1"))
    #expect(abs((found["hate"] ?? 0) - 0.9) < 1e-6 && abs((found["unsafe"] ?? 0) - 0.9) < 1e-6)
    #expect(found["sexual"] == 0)
    #expect(scores("safe")?["unsafe"] == 0)
    #expect(scores("unsafe\nS1", finish: "length") == nil)
    #expect(scores("I cannot help with that") == nil)
    #expect(scores("safe\nbut on reflection unsafe") == nil)
  }

  @Test func `a webhook answers what it said it would`() throws {
    let adapter = WebhookAdapter(scores: ["gore", "weapon"])
    #expect(
      try adapter.scores(in: RemoteBody(["scores": ["gore": 0.5, "other": 1]]), for: .text("a"))
        == ["gore": 0.5])
    #expect(throws: RemoteFault.self) {
      _ = try adapter.scores(in: RemoteBody(["scores": ["gore": "much"]]), for: .text("a"))
    }
  }

  @Test func `the breaker lets one probe through after its rest`() {
    let moment = Mutex(ContinuousClock().now)
    let breaker = CircuitBreaker(
      threshold: 2, rest: .seconds(30), now: { moment.withLock { $0 } })
    breaker.failed()
    #expect(breaker.mayAsk())
    breaker.failed()
    #expect(!breaker.mayAsk())
    moment.withLock { $0 = $0 + .seconds(31) }
    #expect(breaker.mayAsk() && !breaker.mayAsk())
    breaker.failed()
    #expect(!breaker.mayAsk())
    moment.withLock { $0 = $0 + .seconds(31) }
    #expect(breaker.mayAsk())
    breaker.succeeded()
    #expect(breaker.mayAsk() && breaker.mayAsk())
  }

  @Test func `retries are a small part of all requests`() {
    let budget = RetryBudget()
    #expect((0..<20).count { _ in budget.withdraw() } == 10)
    for _ in 0..<10 { budget.deposit() }
    #expect(budget.withdraw() && !budget.withdraw())
  }

  @Test(arguments: [
    (#"{}"#, "list"), (#"[{"name": "a"}]"#, "kind"), (#"[{"nam": "a"}]"#, "'nam'"),
    (#"[{"name": "a", "kind": "webhook", "url": "ftp://x"}]"#, "url"),
    (#"[{"name": "a", "kind": "webhook", "url": "http://x"}]"#, "scores"),
    (#"[{"name": "a", "kind": "guard_model", "url": "http://x", "timeout_ms": 0}]"#, "timeout_ms"),
    (#"[{"name": "a", "kind": "shield_gemma", "url": "http://x", "scores": ["ip"]}]"#, "hate"),
    (#"[{"name": "a", "kind": "policy_monitor", "url": "http://x"}]"#, "model"),
    (#"[{"name": "a", "kind": "describer", "url": "http://x"}]"#, "model"),
    (
      #"[{"name": "a", "kind": "transcriptions", "url": "http://x"}, "#
        + #"{"name": "b", "kind": "transcriptions", "url": "http://x"}]"#, "transcriptions"
    ),
  ])
  func `mistakes in the list are named`(text: String, word: String) throws {
    let json = try JSONValue.parse(text)
    let error = #expect(throws: RemoteCheckList.Failure.self) {
      _ = try RemoteCheckList(json: json)
    }
    #expect(error?.sentence.contains(word) == true, "\(error?.sentence ?? "")")
  }
}
