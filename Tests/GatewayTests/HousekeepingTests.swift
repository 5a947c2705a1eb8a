import Foundation
import Logging
import Moderation
import TestKit
import Testing

@testable import Gateway

@Suite struct HousekeepingTests {
  let folder: TemporaryDirectory
  let store: JobStore
  let housekeeping: Housekeeping
  let clock = FixedClock(seconds: 1000)

  init() throws {
    folder = try TestKit.temporaryDirectory()
    store = try JobStore(path: folder.path("jobs.sqlite"))
    let clock = clock
    housekeeping = Housekeeping(
      workspace: Workspace(root: folder.path), store: store,
      records: try RecordStore(path: folder.path("records.sqlite")),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, clock: { clock.seconds })
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder.path(name)) }

  @Test func `expired clips go, their records stay`() async throws {
    for (id, expiry) in [("video_old", 999), ("video_new", 1001)] as [(String, Int64)] {
      try folder.write("released/\(id).mp4", [1])
      var job = JobStoreTests.job(id, state: .sealed)
      _ = try await store.insert(job, bodyHash: id)
      job.state = .released
      job.expiresAt = expiry
      try await store.update(job, from: 1)
    }
    try await housekeeping.deleteExpired()
    #expect(!exists("released/video_old.mp4"))
    #expect(exists("released/video_new.mp4"))
    #expect(try await store.job("video_old", of: "alice")?.job.expiresAt == 999)
    #expect(try await store.expired(at: 1000).isEmpty)
  }

  @Test func `uploads without a job go, those of jobs stay`() async throws {
    try folder.write("quarantine/video_none/reference", [1])
    try folder.write("quarantine/video_held/reference", [1])
    _ = try await store.insert(JobStoreTests.job("video_held", state: .held), bodyHash: "h")
    try await store.hide("video_held")
    try await housekeeping.deleteOrphans()
    #expect(!exists("quarantine/video_none"))
    #expect(exists("quarantine/video_held/reference"))
  }
}
