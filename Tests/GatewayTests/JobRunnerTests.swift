import Logging
import Moderation
import ServiceLifecycle
import StrictJSON
import TestKit
import Testing

@testable import Gateway

@Suite struct JobRunnerTests {
  let folder: TemporaryDirectory
  let store: JobStore
  let clock = FixedClock(seconds: 1_767_225_700)

  init() throws {
    folder = try TestKit.temporaryDirectory()
    store = try JobStore(path: folder.path("jobs.sqlite"))
  }

  func runner(_ pipeline: StubPipeline, hasRoom: Bool = true) -> JobRunner {
    JobRunner(
      store: store, pipeline: pipeline,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, hasRoom: { hasRoom },
      clock: { clock.seconds })
  }

  /// One claim and what comes of it, as the dispatcher does it.
  func driveOnce(_ pipeline: StubPipeline, hasRoom: Bool = true) async throws -> Job? {
    guard let claimed = try await store.claim(excluding: [], now: clock.seconds) else { return nil }
    await runner(pipeline, hasRoom: hasRoom).drive(claimed)
    return try await store.job(claimed.job.id, of: "alice")?.job
  }

  @Test func `a job goes through all stages in one drive`() async throws {
    _ = try await store.insert(JobStoreTests.job("video_1"), bodyHash: "h")
    let pipeline = StubPipeline()
    #expect(try await driveOnce(pipeline)?.state == .released)
    #expect(pipeline.steps == [.queued, .generated, .inspected, .sealed])
  }

  @Test func `a restarted server goes on from the stored stage`() async throws {
    _ = try await store.insert(JobStoreTests.job("video_1", state: .inspected), bodyHash: "h")
    let pipeline = StubPipeline()
    #expect(try await driveOnce(pipeline)?.state == .released)
    #expect(pipeline.steps == [.inspected, .sealed])
  }

  @Test func `a job that fails every time is given up with its cause`() async throws {
    _ = try await store.insert(JobStoreTests.job("video_1"), bodyHash: "h")
    let pipeline = StubPipeline { _, _ in throw GenerationFailure.unavailable(detail: "secret") }
    var states: [JobState] = []
    var last: Job?
    while let job = try await driveOnce(pipeline) {
      states.append(job.state)
      last = job
      clock.advance(milliseconds: 60_000)
    }
    #expect(states == [.queued, .queued, .failed])
    #expect(last?.error?.code == "upstream_error")
    #expect(last?.error?.message.contains("secret") == false)
    #expect(pipeline.abandoned == ["upstream_error"])
  }

  @Test func `a failed attempt waits before the next`() async throws {
    _ = try await store.insert(JobStoreTests.job("video_1"), bodyHash: "h")
    _ = try await driveOnce(StubPipeline { _, _ in throw StubPipeline.LogUnavailable() })
    #expect(try await store.claim(excluding: [], now: clock.seconds) == nil)
    clock.advance(milliseconds: 3000)
    #expect(try await store.claim(excluding: [], now: clock.seconds) != nil)
  }

  @Test func `a job that kills its worker is given up at the fourth start`() async throws {
    _ = try await store.insert(JobStoreTests.job("video_1"), bodyHash: "h")
    // Claimed and never finished: what a crash leaves.
    for _ in 1...3 { _ = try await store.claim(excluding: [], now: clock.seconds) }
    let pipeline = StubPipeline()
    let job = try await driveOnce(pipeline)
    #expect(job?.state == .failed)
    #expect(job?.error?.code == "server_error")
    #expect(pipeline.steps.isEmpty)
  }

  @Test func `runs that the server's end cut off are no strikes, until they are too many`()
    async throws
  {
    _ = try await store.insert(JobStoreTests.job("video_1"), bodyHash: "h")
    for _ in 1...JobRunner.maximumInterruptions {
      _ = try #require(try await store.claim(excluding: [], now: clock.seconds))
      // A new process finds the claim of the dead one.
      await runner(StubPipeline()).recover()
      clock.advance(milliseconds: 60_000)
    }
    let stored = try #require(try await store.job("video_1"))
    #expect(stored.strikes == 0)
    #expect(stored.interruptions == JobRunner.maximumInterruptions)
    _ = try await store.claim(excluding: [], now: clock.seconds)
    await runner(StubPipeline()).recover()
    clock.advance(milliseconds: 60_000)
    #expect(try await driveOnce(StubPipeline())?.error?.code == "server_error")
  }

  @Test func `a job that was cut off twice makes way for others`() async throws {
    _ = try await store.insert(JobStoreTests.job("video_1"), bodyHash: "h")
    _ = try await store.insert(JobStoreTests.job("video_2"), bodyHash: "h")
    for expected in ["video_1", "video_1", "video_2"] {
      #expect(try await store.claim(excluding: [], now: clock.seconds)?.job.id == expected)
      await runner(StubPipeline()).recover()
    }
  }

  @Test func `who was not told of an end before a crash is told after it`() async throws {
    let records = try RecordStore(path: folder.path("records.sqlite"))
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let webhooks = WebhookService(
      records: records, guardian: AddressGuard(allowsPrivate: true), logger: logger)
    try await records.insert(
      WebhookService.endpointKind, "we_1", tenant: "alice", ["url": "http://127.0.0.1:1/"])
    let job = JobStoreTests.job("video_1", state: .sealed)
    _ = try await store.insert(job, bodyHash: "h")
    var done = job
    done.state = .released
    // Stored, and then the power goes.
    try await store.update(done, from: 1, isUntold: true)
    let runner = JobRunner(
      store: store, pipeline: StubPipeline(), logger: logger, webhooks: webhooks,
      clock: { clock.seconds })
    await runner.recover()
    await runner.recover()
    let deliveries = try await records.records(WebhookService.deliveryKind, tenant: "alice")
    #expect(deliveries.map { $0.document["type"]?.string } == ["video.completed"])
    #expect(try await store.untold().isEmpty)
  }

  @Test func `a full disk is waited for without counting`() async throws {
    _ = try await store.insert(JobStoreTests.job("video_1"), bodyHash: "h")
    let full = StubPipeline { _, _ in
      throw SpoolError(path: "x", errorNumber: 28)
    }
    for _ in 1...6 {
      #expect(try await driveOnce(full)?.state == .queued)
      clock.advance(milliseconds: 60_000)
    }
    #expect(try await driveOnce(StubPipeline())?.state == .released)
  }

  @Test func `so is one that another process met`() async throws {
    _ = try await store.insert(JobStoreTests.job("video_1"), bodyHash: "h")
    let broken = StubPipeline { _, _ in throw GenerationFailure.unavailable(detail: "no room") }
    for _ in 1...6 {
      #expect(try await driveOnce(broken, hasRoom: false)?.state == .queued)
      clock.advance(milliseconds: 60_000)
    }
    #expect(try await driveOnce(StubPipeline())?.state == .released)
  }

  @Test func `a job has a deadline`() async throws {
    _ = try await store.insert(JobStoreTests.job("video_1"), bodyHash: "h")
    clock.advance(milliseconds: (JobRunner.deadlineSeconds + 1) * 1000)
    #expect(try await driveOnce(StubPipeline())?.error?.code == "deadline_exceeded")
  }

  @Test func `a resume token is on disk before the step ends`() async throws {
    _ = try await store.insert(JobStoreTests.job("video_1"), bodyHash: "h")
    let store = store
    let pipeline = StubPipeline { job, save in
      guard job.state == .queued else { return try await StubPipeline.succeed(job, save) }
      var job = job
      job.resumeToken = "upstream_1"
      try await save(job)
      let stored = try await store.job(job.id, of: "alice")
      #expect(stored?.job.resumeToken == "upstream_1")
      return try await StubPipeline.succeed(job, save)
    }
    #expect(try await driveOnce(pipeline)?.state == .released)
  }

  @Test func `a stop in the middle of a step leaves the job as it was`() async throws {
    _ = try await store.insert(JobStoreTests.job("video_1"), bodyHash: "h")
    let (started, begin) = AsyncStream<Void>.makeStream()
    let pipeline = StubPipeline { job, _ in
      begin.yield()
      try await StubPipeline.untilCancelled()
      return job
    }
    let runner = runner(pipeline)
    let group = ServiceGroup(
      configuration: .init(
        services: [.init(service: runner)],
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
    let running = Task { try await group.run() }
    for await _ in started { break }
    await group.triggerGracefulShutdown()
    try await running.value
    let stored = try await store.job("video_1", of: "alice")
    #expect(stored?.job.state == .queued)
    #expect(stored?.strikes == 0)
    // Log records are numbered by attempts: a number is never used twice.
    #expect(stored?.job.attempts == 1)
  }
}
