import Dispatch
import GRDB
import Synchronization

/// Writes that arrive while another transaction is flushed share the next one: one flush to disk
/// serves many callers, and each hears of its own result only once it is on disk.
///
/// Unlike the database's own asynchronous writes it goes on when the caller's task is cancelled: a
/// stopping server must still store where a job stands.
final class GroupCommit: Sendable {
  /// Bounds how long the first of a group waits for the last.
  static let maximumGroup = 256

  private struct Write: Sendable {
    let perform: @Sendable (Database) -> Void
    /// Called once with what became of the transaction.
    let finish: @Sendable ((any Error)?) -> Void
  }

  /// What one write came to, between its own end and the transaction's.
  private final class Slot<Value: Sendable>: Sendable {
    let result = Mutex<Result<Value, any Error>>(.failure(CancellationError()))
  }

  private struct State {
    var waiting: [Write] = []
    var isRunning = false
  }

  private let database: DatabasePool
  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "assay.jobs.commit", qos: .userInitiated)

  init(_ database: DatabasePool) { self.database = database }

  /// Runs `body` in a transaction that others may share. What it throws undoes its own changes only.
  func write<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      let slot = Slot<Value>()
      enqueue(
        Write { database in
          do {
            try database.inSavepoint {
              let value = try body(database)
              slot.result.withLock { $0 = .success(value) }
              return .commit
            }
          } catch {
            slot.result.withLock { $0 = .failure(error) }
          }
        } finish: { failure in
          if let failure {
            continuation.resume(throwing: failure)
          } else {
            continuation.resume(with: slot.result.withLock { $0 })
          }
        })
    }
  }

  private func enqueue(_ write: Write) {
    let starts = state.withLock { state in
      state.waiting.append(write)
      defer { state.isRunning = true }
      return !state.isRunning
    }
    if starts { queue.async { self.drain() } }
  }

  private func drain() {
    while let group = next() {
      var failure: (any Error)?
      do {
        try database.write { database in
          for write in group { write.perform(database) }
        }
      } catch {
        failure = error
      }
      for write in group { write.finish(failure) }
    }
  }

  private func next() -> [Write]? {
    state.withLock { state in
      guard !state.waiting.isEmpty else {
        state.isRunning = false
        return nil
      }
      let group = Array(state.waiting.prefix(GroupCommit.maximumGroup))
      state.waiting.removeFirst(group.count)
      return group
    }
  }
}
