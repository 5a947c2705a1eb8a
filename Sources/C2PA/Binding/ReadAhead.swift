import Bytes
import Dispatch
import Synchronization

/// Reads windows of a source one after the other, a few ahead of whoever hashes them.
final class ReadAhead: @unchecked Sendable {
  /// Windows that wait at most: enough to keep the hash busy, little enough to stay in the cache.
  private static let depth = 3

  private struct State {
    var ready: [Result<Window, FileError>] = []
    var isStopped = false
  }

  private let state = Mutex(State())
  private let filled = DispatchSemaphore(value: 0)
  private let room = DispatchSemaphore(value: ReadAhead.depth)
  private let pool = WindowPool()
  /// What the caller has at hand.
  private var current: Window?

  init(_ source: any ByteSource, _ windows: [Range<Int>]) {
    DispatchQueue(label: "assay.c2pa.read").async { [self] in
      for range in windows {
        room.wait()
        if state.withLock({ $0.isStopped }) { return }
        let result = Result { () throws(FileError) in
          let window = pool.take()
          try window.read(range, of: source)
          return window
        }
        state.withLock { $0.ready.append(result) }
        filled.signal()
      }
    }
  }

  /// The next window, good until the one after it is asked for. To be asked for no more often than
  /// there are windows.
  func next() throws(FileError) -> Window {
    if let current { pool.give(current) }
    current = nil
    filled.wait()
    let result = state.withLock { $0.ready.removeFirst() }
    room.signal()
    let window = try result.get()
    current = window
    return window
  }

  /// Nothing more is wanted.
  func stop() {
    state.withLock { $0.isStopped = true }
    room.signal()
  }
}
