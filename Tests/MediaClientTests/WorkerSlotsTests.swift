import Synchronization
import Testing

@testable import MediaClient

private final class Held: Sendable {
  private let count = Mutex((now: 0, most: 0))

  var most: Int { count.withLock { $0.most } }

  func enter() {
    count.withLock {
      $0.now += 1
      $0.most = max($0.most, $0.now)
    }
  }

  func leave() { count.withLock { $0.now -= 1 } }
}

@Suite struct WorkerSlotsTests {
  @Test func noMoreThanItsCountHoldOneAtATime() async throws {
    let slots = WorkerSlots(count: 2)
    let held = Held()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<50 {
        group.addTask {
          try await slots.take()
          held.enter()
          await Task.yield()
          held.leave()
          slots.giveBack()
        }
      }
      try await group.waitForAll()
    }
    #expect(held.most == 2)
  }

  @Test func aWaiterThatIsCancelledLeavesItsPlaceToTheNext() async throws {
    let slots = WorkerSlots(count: 1)
    try await slots.take()
    let given = Task { try await slots.take() }
    given.cancel()
    await #expect(throws: MediaFailure.cancelled) { try await given.value }
    let next = Task { try await slots.take() }
    slots.giveBack()
    try await next.value
    slots.giveBack()
    try await slots.take()
  }
}
