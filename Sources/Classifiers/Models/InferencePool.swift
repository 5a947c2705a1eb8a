import Dispatch
import Glibc
import Synchronization

/// Threads for work that blocks: inference must never run on Swift's cooperative threads, of which
/// there are as many as processors, or a busy classifier stops the server's sockets.
public final class InferencePool: Sendable {
  /// More waiting jobs than this and new ones are refused: an answer that would come minutes late
  /// helps nobody, and the caller treats the refusal as "not evaluated".
  public static let maximumWaiting = 512

  private static let processors = max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1)
  /// For texts: somebody waits for each. As wide as the machine has processors, four at most.
  public static let shared = InferencePool(width: min(processors, 4))
  /// What a job under way gives up of its processor time for those who wait for an answer.
  private static let backgroundNiceness: Int32 = 5
  /// For frames, apart: a clip has dozens, at 20 ms and more, and prompts must not wait behind them.
  public static let frames = InferencePool(
    width: max(processors / 2, 1), niceness: backgroundNiceness)
  /// For speech, apart: a transcript takes seconds.
  public static let speech = InferencePool(
    width: max(processors / 2, 1), niceness: backgroundNiceness)

  private struct State {
    var running = 0
    var waiting: [@Sendable () -> Void] = []
    var next = 0
  }

  private let state = Mutex(State())
  private let queue = DispatchQueue(
    label: "assay.inference", qos: .userInitiated, attributes: .concurrent)
  private let width: Int
  private let niceness: Int32

  /// At most `width` jobs run at one time, on threads whose nice value is `niceness` above the
  /// process's own.
  public init(width: Int, niceness: Int32 = 0) {
    precondition(width > 0, "a pool needs a thread")
    precondition(niceness >= 0, "only root may take from others")
    self.width = width
    self.niceness = niceness
  }

  /// Runs `work` on a thread of the pool; nil when too many jobs are waiting already.
  public func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value? {
    await withCheckedContinuation { continuation in
      let accepted = enqueue { continuation.resume(returning: work()) }
      if !accepted { continuation.resume(returning: nil) }
    }
  }

  private func enqueue(_ job: @escaping @Sendable () -> Void) -> Bool {
    enum Answer { case refused, queued, start }
    let answer: Answer = state.withLock { state in
      if state.running < width {
        state.running += 1
        return .start
      }
      guard state.waiting.count - state.next < Self.maximumWaiting else { return .refused }
      state.waiting.append(job)
      return .queued
    }
    if answer == .start { start(job) }
    return answer != .refused
  }

  private func start(_ job: @escaping @Sendable () -> Void) {
    guard niceness > 0 else {
      return queue.async { self.work(beginningWith: job) }
    }
    // A thread of its own that ends with the queue: what lends its threads to others cannot have
    // them back at the old priority, which only root may raise again.
    let body = Unmanaged.passRetained(
      Body {
        // Linux: of the calling thread, not of the process (nice(2), "C library/kernel differences").
        // Refused, the work is done at the priority it has.
        _ = nice(self.niceness)
        self.work(beginningWith: job)
      })
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { argument in
        Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue().run()
        return nil
      }, body.toOpaque())
    guard status == 0 else {
      let run = body.takeRetainedValue().run
      return queue.async(execute: run)
    }
    pthread_detach(thread)
  }

  /// What a thread is given to run.
  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  private func work(beginningWith job: () -> Void) {
    job()
    while let next = takeNext() { next() }
  }

  private func takeNext() -> (@Sendable () -> Void)? {
    state.withLock { state in
      guard state.next < state.waiting.count else {
        state.waiting.removeAll()
        state.next = 0
        state.running -= 1
        return nil
      }
      let job = state.waiting[state.next]
      state.next += 1
      return job
    }
  }
}
