import Glibc
import Synchronization
import Testing

@testable import Classifiers

/// How many jobs run, and how many ran at most at one time.
private final class Gauge: Sendable {
  private let state = Mutex((now: 0, most: 0))
  var most: Int { state.withLock { $0.most } }

  func enter() {
    state.withLock { state in
      state.now += 1
      state.most = max(state.most, state.now)
    }
  }

  func leave() { state.withLock { $0.now -= 1 } }
}

@Suite struct InferencePoolTests {
  @Test func runsAllJobsAndNeverMoreThanItsWidth() async {
    let pool = InferencePool(width: 2)
    let gauge = Gauge()
    let results = await withTaskGroup(of: Int?.self, returning: [Int].self) { group in
      for job in 0..<50 {
        group.addTask {
          await pool.run {
            gauge.enter()
            defer { gauge.leave() }
            return job
          }
        }
      }
      var results: [Int] = []
      for await result in group { results.append(result ?? -1) }
      return results.sorted()
    }
    #expect(results == Array(0..<50))
    #expect((1...2).contains(gauge.most))
  }

  /// Frames and speech give way to prompts, which somebody waits for; and work after them does not.
  @Test func aNicePoolGivesWayAndNobodyElseDoes() async throws {
    let priority: @Sendable () -> Int32 = {
      getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
    }
    let usual = await InferencePool(width: 1).run(priority)
    let nice = await InferencePool(width: 1, niceness: 3).run(priority)
    let after = await InferencePool(width: 1).run(priority)
    // Higher is nicer.
    #expect(try #require(nice) > (try #require(usual)))
    #expect(after == usual)
  }
}
