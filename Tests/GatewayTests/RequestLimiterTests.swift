import HTTPTypes
import StrictJSON
import TestKit
import Testing

@testable import Gateway

@Suite struct RequestLimiterTests {
  private let clock = FixedClock(seconds: 1_767_225_600)

  private func limiter(_ perMinute: Int, atOnce: Int = 100) -> RequestLimiter {
    RequestLimiter(
      requestsPerMinute: perMinute, concurrentRequests: atOnce,
      clock: { [clock] in clock.milliseconds })
  }

  @Test func `a bucket empties, says when to come back, and fills`() {
    let limiter = limiter(2)
    for remaining in [1, 0] {
      guard case .admitted(let standing) = limiter.enter("a") else {
        Issue.record("refused too early")
        return
      }
      #expect(standing.remaining == remaining && standing.limit == 2)
      limiter.leave("a")
    }
    guard case .tooMany(_, let wait) = limiter.enter("a") else {
      Issue.record("admitted too much")
      return
    }
    #expect(wait == 30_000)
    guard case .admitted = limiter.enter("b") else {
      Issue.record("one key's flood is another's")
      return
    }
    clock.advance(milliseconds: wait)
    guard case .admitted = limiter.enter("a") else {
      Issue.record("the time it named was not honest")
      return
    }
  }

  @Test func `requests at the same time are counted until they leave`() {
    let limiter = limiter(1000, atOnce: 1)
    guard case .admitted = limiter.enter("a"), case .tooManyAtOnce = limiter.enter("a") else {
      Issue.record("not held to one")
      return
    }
    limiter.leave("a")
    guard case .admitted = limiter.enter("a") else {
      Issue.record("the place was not given back")
      return
    }
  }

  @Test(arguments: [(20, "20ms"), (1000, "1s"), (1001, "2s"), (360_000, "6m0s")])
  func `durations are written as clients read them`(milliseconds: Int, text: String) {
    #expect(LimitMiddleware.duration(Int64(milliseconds)) == text)
  }

  @Test func `answers carry the limits, and a flood is a 429 with its wait`() async throws {
    let bench = try Bench(limiter: limiter(2))
    let first = try await bench.send(.get, "/v1/videos")
    #expect(first.headers[.rateLimitRequests] == "2")
    #expect(first.headers[.rateLimitRemaining] == "1")
    #expect(first.headers[.rateLimitReset] == "30s")
    #expect(first.headers[.organization] == "alice")
    // Errors say it too.
    let absent = try await bench.send(.get, "/v1/videos/video_9")
    #expect(absent.status == 404 && absent.headers[.rateLimitRemaining] == "0")
    let flood = try await bench.send(.get, "/v1/videos")
    #expect(flood.status == 429 && flood.error?["code"]?.string == "rate_limit_exceeded")
    #expect(flood.headers[.retryAfter] == "30")
    #expect(flood.headers[.retryAfterMilliseconds] == "30000")
  }
}
