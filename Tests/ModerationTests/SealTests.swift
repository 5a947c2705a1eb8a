import Evidence
import Foundation
import MediaClient
import Moderation
import PKI
import Testing

struct SealTests {
  /// An inspected clip, as the stage before leaves it.
  private func inspected(_ bench: Bench) throws -> Job {
    var job = try bench.job(.inspected)
    job.inspectionEntry = 0
    job.hashes["raw"] = HashAlgorithm.sha256.digest(Array("raw".utf8)).map {
      String(format: "%02x", $0)
    }.joined()
    return job
  }

  private func firedRules(_ bench: Bench) -> [String] {
    bench.log.records.flatMap { $0.decision.fired.map(\.rule) }
  }

  @Test func aClipThatCrashesTheMarkerIsHeldWithItsLeaf() async throws {
    var bench = try Bench()
    bench.media.failure = .crashed("signal 11")
    let job = try await bench.pipeline().advance(inspected(bench)) { _ in }
    #expect(job.state == .held)
    #expect(firedRules(bench) == ["seal.unmarkable"])
    #expect(!FileManager.default.fileExists(atPath: bench.workspace.releasedClip(job.id)))
  }

  @Test func aMarkerThatTookTooLongIsTriedAgain() async throws {
    var bench = try Bench()
    bench.media.failure = .timedOut(seconds: 60)
    let job = try inspected(bench)
    let pipeline = try bench.pipeline()
    await #expect(throws: MediaFailure.self) { try await pipeline.advance(job) { _ in } }
    #expect(bench.log.records.isEmpty)
  }

  @Test func aClipThatChangedSinceItWasInspectedIsHeld() async throws {
    let bench = try Bench()
    let job = try inspected(bench)
    try Data("other".utf8).write(to: URL(fileURLWithPath: bench.workspace.rawClip(job.id)))
    let ended = try await bench.pipeline().advance(job) { _ in }
    #expect(ended.state == .held)
    #expect(firedRules(bench) == ["seal.changed"])
  }
}
