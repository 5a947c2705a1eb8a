import Synchronization

/// Turns for a bounded number of processes, first come first served.
final class WorkerSlots: Sendable {
  private struct State {
    var free: Int
    var nextTicket = 0
    var waiting: [(ticket: Int, continuation: CheckedContinuation<Bool, Never>)] = []
    /// Tickets that were cancelled before they came to wait.
    var cancelled: Set<Int> = []
  }

  private let state: Mutex<State>

  init(count: Int) { state = Mutex(State(free: count)) }

  /// - Throws: `cancelled` when the task is cancelled while it waits.
  func take() async throws(MediaFailure) {
    let ticket = state.withLock {
      $0.nextTicket += 1
      return $0.nextTicket
    }
    let isGranted = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer: Bool? = state.withLock {
          if $0.cancelled.remove(ticket) != nil { return false }
          if $0.free > 0 {
            $0.free -= 1
            return true
          }
          $0.waiting.append((ticket, continuation))
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      let waiter = state.withLock { state -> CheckedContinuation<Bool, Never>? in
        guard let index = state.waiting.firstIndex(where: { $0.ticket == ticket }) else {
          state.cancelled.insert(ticket)
          return nil
        }
        return state.waiting.remove(at: index).continuation
      }
      waiter?.resume(returning: false)
    }
    // A ticket that was cancelled after it was granted is of no more use.
    state.withLock { _ = $0.cancelled.remove(ticket) }
    guard isGranted else { throw .cancelled }
  }

  func giveBack() {
    let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
      guard !state.waiting.isEmpty else {
        state.free += 1
        return nil
      }
      return state.waiting.removeFirst().continuation
    }
    next?.resume(returning: true)
  }
}
