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
  /// Shared by the classifiers of a process; as wide as the machine has processors, four at most.
  public static let shared = InferencePool(width: min(processors, 4))
  /// For speech, apart: a transcript takes seconds, and prompts must not wait behind it.
  public static let speech = InferencePool(width: max(processors / 2, 1))

  private struct State {
    var running = 0
    var waiting: [@Sendable () -> Void] = []
    var next = 0
  }

  private let state = Mutex(State())
  private let queue = DispatchQueue(
    label: "assay.inference", qos: .userInitiated, attributes: .concurrent)
  private let width: Int

  /// At most `width` jobs run at one time.
  public init(width: Int) {
    precondition(width > 0, "a pool needs a thread")
    self.width = width
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
    if answer == .start { queue.async { self.work(beginningWith: job) } }
    return answer != .refused
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
