import Evidence
import Logging
import Moderation
import ServiceLifecycle
import StrictJSON

/// Drives the stored jobs through the pipeline, one persisted step after the other.
///
/// Crash-only: stopping, kindly or not, leaves every job where its last step was stored, and the
/// next start goes on from there.
struct JobRunner: Service {
  /// Runs begun in one state before a job counts as one that cannot be done.
  static let maximumAttempts = 3
  /// Times that the whole server may end during one state of a job before the job counts as the
  /// reason. Far more than attempts: whoever restarts a server ten times has reasons of their own.
  static let maximumInterruptions = 10
  /// A client's poll loop has no deadline of its own, so a job must have one. Far above the
  /// slowest core, and long enough for an operator to restart a server.
  static let deadlineSeconds: Int64 = 2 * 60 * 60
  /// One rendering with its checks keeps two cores busy.
  static let defaultConcurrency = 1
  /// Seconds to wait after the first, second … failed attempt.
  static let backOff: [Int64] = [2, 10, 30]

  private let store: JobStore
  private let pipeline: any VideoPipeline
  private let concurrency: Int
  private let logger: Logger
  private let hasRoom: @Sendable () -> Bool
  private let clock: @Sendable () -> Int64
  private let metrics: Metrics
  private let webhooks: WebhookService?
  private let enforcement: Enforcement?
  private let consents: ConsentRegistry?
  private let wakeUp: AsyncStream<Void>
  private let waker: AsyncStream<Void>.Continuation

  /// - Parameter hasRoom: whether the disk can take one more clip.
  /// - Parameter clock: seconds since 1970.
  init(
    store: JobStore, pipeline: any VideoPipeline, concurrency: Int = JobRunner.defaultConcurrency,
    logger: Logger, metrics: Metrics = Metrics(),
    webhooks: WebhookService? = nil, enforcement: Enforcement? = nil,
    consents: ConsentRegistry? = nil, hasRoom: @escaping @Sendable () -> Bool = { true },
    clock: @escaping @Sendable () -> Int64 = WallClock.seconds
  ) {
    self.store = store
    self.pipeline = pipeline
    self.concurrency = max(1, concurrency)
    self.logger = logger
    self.hasRoom = hasRoom
    self.clock = clock
    self.metrics = metrics
    self.webhooks = webhooks
    self.enforcement = enforcement
    self.consents = consents
    (wakeUp, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Tells the runner that there is a new job.
  func notify() { waker.yield() }

  func run() async throws {
    await cancelWhenGracefulShutdown {
      await recover()
      await dispatch()
    }
  }

  /// What the end of the process before this one left behind: runs that were cut off, and owners who
  /// were not told.
  func recover() async {
    while !Task.isCancelled {
      do {
        try await store.recover(now: clock(), backOff: JobRunner.backOff)
        for job in try await store.untold() { await tell(job, logger) }
        return
      } catch {
        logger.error("cannot read what runs; trying again", metadata: ["error": "\(error)"])
        try? await Task.sleep(for: .seconds(1))
      }
    }
  }

  private func dispatch() async {
    let running = RunningJobs()
    await withDiscardingTaskGroup { group in
      // Jobs that wait for their back-off become due without anybody telling.
      group.addTask {
        while (try? await Task.sleep(for: .seconds(1))) != nil { notify() }
      }
      notify()
      for await _ in wakeUp {
        while await running.count < concurrency, !Task.isCancelled,
          let claimed = await claim(excluding: running.ids)
        {
          await running.insert(claimed.job.id)
          group.addTask {
            await TraceContext.$current.withValue(claimed.context) { await drive(claimed) }
            await running.remove(claimed.job.id)
            notify()
          }
        }
        if Task.isCancelled { break }
      }
      group.cancelAll()
    }
  }

  private func claim(excluding running: Set<String>) async -> StoredJob? {
    do {
      return try await store.claim(excluding: running, now: clock())
    } catch {
      logger.error("cannot take the next job; trying again", metadata: ["error": "\(error)"])
      return nil
    }
  }

  /// Steps one claimed job until it is terminal, must wait, or the server stops.
  func drive(_ claimed: StoredJob) async {
    let hand = JobHand(store: store, claimed: claimed)
    var logger = logger
    logger[metadataKey: "job"] = "\(claimed.job.id)"
    if let trace = TraceContext.current { logger[metadataKey: "trace"] = "\(trace.traceID)" }
    while !Task.isCancelled {
      let job = await hand.job
      if job.state.isTerminal { return await tell(job, logger) }
      do {
        if let end = try await hopeless(
          job, strikes: await hand.strikes, interruptions: claimed.interruptions)
        {
          logger.warning("giving up", metadata: ["code": "\(end.code)"])
          try await hand.save(try await pipeline.abandon(job, because: end), strikes: 0)
          return await tell(await hand.job, logger)
        }
        let start = ContinuousClock.now
        let next = try await pipeline.advance(job) { try await hand.save($0) }
        metrics.observe(
          "assay_stage_seconds", seconds: (ContinuousClock.now - start).seconds, "from",
          job.state.rawValue, "to", next.state.rawValue)
        // A step that was cut short by the stop of the server is no verdict on the job.
        if Task.isCancelled, next.state == .failed || next.state == job.state {
          return await giveBack(hand, logger)
        }
        guard next.state != job.state else { throw NoProgress(state: job.state) }
        logger.info(
          "stage done", metadata: ["from": "\(job.state)", "to": "\(next.state)"])
        // This run goes on with the next state: its first strike there.
        try await hand.save(next, strikes: next.state.isTerminal ? 0 : 1)
      } catch is StaleJob {
        logger.warning("another hand has changed the job; leaving it")
        return
      } catch {
        if Task.isCancelled { return await giveBack(hand, logger) }
        await putOff(hand, after: error, logger)
        return
      }
    }
    await giveBack(hand, logger)
  }

  /// Tells the job's owner of its end, if that wants to be told.
  private func tell(_ job: Job, _ logger: Logger) async {
    do {
      if job.state == .blocked, job.stoppedAt != nil {
        try await enforcement?.strike(job.subject, asset: job.id, categories: ["content"])
      }
      try await webhooks?.emit(
        job.state == .released ? "video.completed" : "video.failed", tenant: job.subject.tenant,
        data: ["id": .string(job.id)], occasion: "\(job.id).\(job.completedAt ?? 0)")
      try await store.markTold(job.id)
    } catch {
      logger.error("a webhook could not be stored", metadata: ["error": "\(error)"])
    }
  }

  private struct NoProgress: Error, CustomStringConvertible {
    let state: JobState
    var description: String { "a step left the job in state \(state.rawValue)" }
  }

  /// Why a job shall not be tried once more.
  private func hopeless(
    _ job: Job, strikes: Int, interruptions: Int
  ) async throws -> JobError? {
    if let lapse = try await consents?.lapse(of: job.subject) {
      return JobError(code: lapse.code, message: lapse.message)
    }
    if clock() - job.createdAt > JobRunner.deadlineSeconds {
      return JobError(
        code: "deadline_exceeded", message: "The video could not be made in time. Try again.")
    }
    if strikes > JobRunner.maximumAttempts || interruptions > JobRunner.maximumInterruptions {
      return JobError(
        code: "server_error",
        message: "The server failed repeatedly while it made this video. Nothing was released.")
    }
    return nil
  }

  /// After a failed attempt: wait, or after the last one give up with the cause's code. Room on the
  /// disk is waited for without counting.
  private func putOff(_ hand: JobHand, after error: any Error, _ logger: Logger) async {
    let job = await hand.job
    let strikes = await hand.strikes
    // A process without room to write fails in words of its own.
    let isStorage = StorageFailure.isCause(of: error) || !hasRoom()
    logger.error(
      "stage failed",
      metadata: [
        "state": "\(job.state)", "attempt": "\(strikes)", "error": "\(error)",
      ])
    do {
      if !isStorage, strikes >= JobRunner.maximumAttempts {
        let end = try await pipeline.abandon(job, because: JobRunner.error(for: error))
        try await hand.save(end, strikes: 0)
        return await tell(end, logger)
      }
      let wait = JobRunner.backOff[min(max(strikes - 1, 0), JobRunner.backOff.count - 1)]
      try await hand.release(
        strikes: isStorage ? strikes - 1 : strikes, notBefore: clock() + wait)
    } catch {
      // Stored state is older, never wrong: the job is claimed again.
      logger.error("cannot store the job's state", metadata: ["error": "\(error)"])
      try? await Task.sleep(for: .seconds(1))
    }
  }

  /// A stop is not the job's fault: the attempt does not count.
  private func giveBack(_ hand: JobHand, _ logger: Logger) async {
    let job = await hand.job
    guard !job.state.isTerminal else { return }
    do {
      try await hand.release(strikes: max(0, await hand.strikes - 1))
    } catch {
      logger.error("cannot store the job's state", metadata: ["error": "\(error)"])
    }
  }

  /// What a caller learns of a failed core; details stay in the log.
  static func error(for cause: any Error) -> JobError {
    switch cause as? GenerationFailure {
    case .refused:
      JobError(
        code: "moderation_blocked", message: "Your request was blocked by our moderation system.")
    case .unsupported:
      JobError(
        code: "unsupported_request", message: "The generation core cannot serve this request.")
    case .unavailable:
      JobError(
        code: "upstream_error", message: "The generation core could not be reached. Try again.")
    case .deadlineExceeded:
      JobError(
        code: "deadline_exceeded", message: "The video could not be made in time. Try again.")
    case nil:
      JobError(
        code: "server_error",
        message: "The server failed while it made this video. Nothing was released.")
    }
  }
}

extension StoredJob {
  /// A step of its own in the trace of the request that made the job.
  fileprivate var context: TraceContext? {
    trace.flatMap(TraceContext.init(traceparent:))?.child
  }
}

/// The ids that this process works on.
private actor RunningJobs {
  private(set) var ids: Set<String> = []
  var count: Int { ids.count }
  func insert(_ id: String) { ids.insert(id) }
  func remove(_ id: String) { ids.remove(id) }
}

/// One job as its only driver holds it: every save goes on from the last one.
private actor JobHand {
  private(set) var job: Job
  private(set) var strikes: Int
  private var version: Int
  private let store: JobStore
  private var last: Task<Void, any Error>?

  init(store: JobStore, claimed: StoredJob) {
    self.store = store
    job = claimed.job
    version = claimed.version
    strikes = claimed.strikes
  }

  /// Saves what a step reports while it runs.
  func save(_ job: Job) async throws { try await save(job, strikes: strikes) }

  /// Saves that the run ends here without an end of the job.
  func release(strikes: Int, notBefore: Int64 = 0) async throws {
    try await save(job, strikes: strikes, notBefore: notBefore, isRunning: false)
  }

  /// Saves in the order of the calls. A task of its own: a stopping server must still store where a
  /// job stands.
  func save(
    _ job: Job, strikes: Int, notBefore: Int64 = 0, isRunning: Bool = true
  ) async throws {
    let previous = last
    let task = Task {
      _ = try? await previous?.value
      try await write(job, strikes: strikes, notBefore: notBefore, isRunning: isRunning)
    }
    last = task
    try await task.value
  }

  private func write(
    _ job: Job, strikes: Int, notBefore: Int64, isRunning: Bool
  ) async throws {
    version = try await store.update(
      job, from: version, strikes: strikes, notBefore: notBefore,
      isRunning: isRunning && !job.state.isTerminal, isUntold: job.state.isTerminal)
    self.job = job
    self.strikes = strikes
  }
}
