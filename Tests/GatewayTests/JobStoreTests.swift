import Evidence
import Moderation
import TestKit
import Testing

@testable import Gateway

@Suite struct JobStoreTests {
  let folder: TemporaryDirectory
  let store: JobStore

  init() throws {
    folder = try TestKit.temporaryDirectory()
    store = try JobStore(path: folder.path("jobs.sqlite"))
  }

  static func job(
    _ id: String, tenant: String = "alice", state: JobState = .queued, prompt: String = "a fox"
  ) -> Job {
    Job(
      id: id, subject: Subject(tenant: tenant, endUser: "u"),
      request: VideoRequest(
        prompt: prompt, model: "sora-2", seconds: 4, size: FrameSize(width: 720, height: 1280),
        reference: ReferenceFile(path: "/q/r", declaredMediaType: "image/png"),
        extras: ["caption": "Hi"]),
      createdAt: 1_767_225_600, state: state)
  }

  @Test func `a job comes back as it was stored, also from a store opened anew`() async throws {
    var job = Self.job("video_1", state: .inspected)
    job.attempts = 2
    job.progress = 60
    job.error = JobError(code: "c", message: "m \u{0}\n")
    job.completedAt = 5
    job.expiresAt = 6
    job.resumeToken = "up"
    job.scene = "a red fox"
    job.hashes = ["raw": "00"]
    job.inspectionEntry = .max
    _ = try await store.insert(job, bodyHash: "h")
    let again = try JobStore(path: folder.path("jobs.sqlite"))
    #expect(
      try await again.job("video_1", of: "alice") == StoredJob(job: job, version: 1, strikes: 0))
  }

  @Test func `a change from an older version is refused`() async throws {
    var job = Self.job("video_1")
    _ = try await store.insert(job, bodyHash: "h")
    job.progress = 10
    #expect(try await store.update(job, from: 1) == 2)
    job.progress = 20
    let late = job
    await #expect(throws: StaleJob.self) { try await store.update(late, from: 1) }
    #expect(try await store.job("video_1", of: "alice")?.job.progress == 10)
  }

  @Test func `claims count the attempt, oldest first, terminal and early ones left`() async throws {
    _ = try await store.insert(Self.job("video_0", state: .released), bodyHash: "h")
    let early = try await store.insert(Self.job("video_1"), bodyHash: "h")
    _ = try await store.insert(Self.job("video_2", state: .sealed), bodyHash: "h")
    _ = try await store.insert(Self.job("video_3"), bodyHash: "h")
    try await store.update(early.job, from: 1, notBefore: 100)
    let claimed = try #require(try await store.claim(excluding: [], now: 99))
    #expect(claimed.job.id == "video_2")
    #expect(claimed.job.attempts == 1)
    #expect(try await store.job("video_2", of: "alice") == claimed)
    #expect(try await store.claim(excluding: ["video_2"], now: 99)?.job.id == "video_3")
    #expect(try await store.claim(excluding: ["video_2", "video_3"], now: 99) == nil)
    #expect(try await store.claim(excluding: [], now: 100)?.job.id == "video_1")
  }

  @Test func `tenants see their own jobs only`() async throws {
    _ = try await store.insert(Self.job("video_1"), bodyHash: "h")
    #expect(try await store.job("video_1", of: "bob") == nil)
    let page = try await store.jobs(of: "bob", after: nil, limit: 10, ascending: true)
    #expect(page?.jobs.isEmpty == true)
    #expect(try await store.jobs(of: "bob", after: "video_1", limit: 10, ascending: true) == nil)
  }

  @Test func `pages follow each other both ways`() async throws {
    for index in 1...5 {
      _ = try await store.insert(Self.job("video_\(index)"), bodyHash: "h")
    }
    for ascending in [true, false] {
      var ids: [String] = []
      var after: String?
      var more = true
      while more {
        let page = try #require(
          try await store.jobs(of: "alice", after: after, limit: 2, ascending: ascending))
        ids += page.jobs.map(\.id)
        (after, more) = (page.jobs.last?.id, page.hasMore)
      }
      let expected = (1...5).map { "video_\($0)" }
      #expect(ids == (ascending ? expected : expected.reversed()))
    }
  }

  @Test func `an idempotency key gives the first job again`() async throws {
    let first = try await store.insert(Self.job("video_1"), bodyHash: "h", idempotencyKey: "k")
    let second = try await store.insert(Self.job("video_2"), bodyHash: "h", idempotencyKey: "k")
    #expect(second == first)
    let other = try await store.insert(
      Self.job("video_3", tenant: "bob"), bodyHash: "h", idempotencyKey: "k")
    #expect(other.job.id == "video_3")
    #expect(try await store.job(bodyHash: "h", of: "alice", since: 0)?.job.id == "video_1")
    #expect(try await store.job(bodyHash: "h", of: "alice", since: .max) == nil)
  }
}
