import Bytes
import Dispatch
import Synchronization

/// Reads windows of a source one after the other, a few ahead of whoever hashes them.
final class ReadAhead: @unchecked Sendable {
  /// Windows that wait at most: enough to keep the hash busy, little enough to stay in the cache.
  private static let depth = 3

  private struct State {
    var ready: [Result<[UInt8], FileError>] = []
    var isStopped = false
  }

  private let state = Mutex(State())
  private let filled = DispatchSemaphore(value: 0)
  private let room = DispatchSemaphore(value: ReadAhead.depth)

  init(_ source: any ByteSource, _ windows: [Range<Int>]) {
    DispatchQueue(label: "assay.c2pa.read").async { [self] in
      for window in windows {
        room.wait()
        if state.withLock({ $0.isStopped }) { return }
        let bytes = Result { () throws(FileError) in try source.read(window) }
        state.withLock { $0.ready.append(bytes) }
        filled.signal()
      }
    }
  }

  /// The next window. To be asked for no more often than there are windows.
  func next() throws(FileError) -> [UInt8] {
    filled.wait()
    let bytes = state.withLock { $0.ready.removeFirst() }
    room.signal()
    return try bytes.get()
  }

  /// Nothing more is wanted.
  func stop() {
    state.withLock { $0.isStopped = true }
    room.signal()
  }
}
