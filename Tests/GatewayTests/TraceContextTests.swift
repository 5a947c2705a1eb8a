import HTTPTypes
import StrictJSON
import Testing

@testable import Gateway

@Suite struct TraceContextTests {
  static let example = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

  @Test func `the standard's example is read and handed on as a step of its own`() throws {
    let context = try #require(TraceContext(traceparent: Self.example))
    #expect(context.traceparent == Self.example)
    let child = context.child
    #expect(child.traceID == context.traceID)
    #expect(child.spanID != context.spanID)
    #expect(child.isSampled)
    #expect(TraceContext(traceparent: child.traceparent) == child)
  }

  @Test(arguments: [
    "", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
    "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
    "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
    "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-011",
  ])
  func `what is no traceparent is not read`(_ header: String) {
    #expect(TraceContext(traceparent: header) == nil)
  }

  @Test func `later versions may say more`() {
    #expect(TraceContext(traceparent: "01" + Self.example.dropFirst(2) + "-more") != nil)
  }

  @Test func `a job belongs to the trace of the request that made it`() async throws {
    let bench = try Bench()
    let made = try await bench.create(["prompt": "a fox"], headers: [.traceparent: Self.example])
    let id = try #require(made.json?["id"]?.string)
    let trace = try #require(try await bench.store.job(id)?.trace)
    #expect(TraceContext(traceparent: trace)?.traceID == "4bf92f3577b34da6a3ce929d0e0e4736")
  }
}
