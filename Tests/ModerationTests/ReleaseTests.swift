import Evidence
import Foundation
import Moderation
import Testing

struct ReleaseTests {
  private func isReachable(_ bench: Bench) -> Bool {
    FileManager.default.fileExists(atPath: bench.workspace.releasedClip("video_0"))
  }

  @Test func theSealedFileIsReleasedAfterItsLeaf() async throws {
    let bench = try Bench()
    let job = try await bench.pipeline().advance(bench.job(.sealed)) { _ in }
    #expect(job.state == .released)
    #expect(job.expiresAt == job.completedAt! + StagedPipeline.retentionSeconds)
    #expect(isReachable(bench))
    #expect(bench.log.records.map(\.id) == ["video_0.release"])
  }

  @Test func aFileThatChangedSinceItWasSealedIsHeld() async throws {
    let bench = try Bench()
    let sealed = try bench.job(.sealed)
    try Data("other".utf8).write(
      to: URL(fileURLWithPath: bench.workspace.sealedClip(sealed.id)))
    let job = try await bench.pipeline().advance(sealed) { _ in }
    #expect(job.state == .held)
    #expect(!isReachable(bench))
  }

  @Test func aCrashAfterTheMoveIsCompletedWithoutASecondLeaf() async throws {
    let bench = try Bench()
    let pipeline = try bench.pipeline()
    let sealed = try bench.job(.sealed)
    _ = try await pipeline.advance(sealed) { _ in }
    // The job's new state was lost; the same value is advanced again.
    let again = try await pipeline.advance(sealed) { _ in }
    #expect(again.state == .released)
    #expect(bench.log.records.count == 1)
  }

  @Test func aCrashBetweenTheTwoMovesIsCompleted() async throws {
    let bench = try Bench()
    let sealed = try bench.job(.sealed)
    try bench.workspace.move(
      bench.workspace.sealedThumbnail(sealed.id),
      to: bench.workspace.releasedThumbnail(sealed.id))
    let job = try await bench.pipeline().advance(sealed) { _ in }
    #expect(job.state == .released)
    #expect(isReachable(bench))
  }
}
