import Evidence
import Foundation
import Moderation
import Testing

struct GenerateTests {
  @Test func theClipLiesInQuarantineWithItsHash() async throws {
    let bench = try Bench()
    let job = try await bench.pipeline().advance(bench.job(.queued)) { _ in }
    #expect(job.state == .generated)
    #expect(job.hashes["raw"]?.count == 64)
    #expect(FileManager.default.fileExists(atPath: bench.workspace.rawClip(job.id)))
    #expect(!FileManager.default.fileExists(atPath: bench.workspace.releasedClip(job.id)))
  }

  @Test func anUpstreamRefusalIsABlockInOurOwnWords() async throws {
    var bench = try Bench()
    bench.core.failure = .refused(detail: "vendor text with request id 123")
    let job = try await bench.pipeline().advance(bench.job(.queued)) { _ in }
    #expect(job.state == .blocked)
    #expect(job.error?.code == "moderation_blocked")
    #expect(job.error?.message.contains("123") == false)
    #expect(bench.log.records.first?.decision.outcome == .block)
  }

  @Test func aRequestThatTheCoreCannotServeFails() async throws {
    var bench = try Bench()
    bench.core.failure = .unsupported(detail: "no such size")
    let job = try await bench.pipeline().advance(bench.job(.queued)) { _ in }
    #expect(job.state == .failed)
    #expect(job.error?.code == "unsupported_request")
  }

  @Test func anUnreachableCoreIsWorthAnotherAttempt() async throws {
    var bench = try Bench()
    bench.core.failure = .unavailable(detail: "connection refused")
    let pipeline = try bench.pipeline()
    let job = try bench.job(.queued)
    await #expect(throws: GenerationFailure.self) { try await pipeline.advance(job) { _ in } }
  }
}
