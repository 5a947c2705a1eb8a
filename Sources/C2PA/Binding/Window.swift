import Bytes
import Synchronization

/// A stretch of a file in memory that is used again and again: to give a megabyte back to the system
/// and to be given another costs more than to hash it.
///
/// One thread fills it; others read it until it goes back to its pool.
final class Window: @unchecked Sendable {
  private(set) var bytes: [UInt8] = []

  func read(_ range: Range<Int>, of source: any ByteSource) throws(FileError) {
    try source.read(range, into: &bytes)
  }

  func read(_ range: Range<Int>, backFrom sink: any ByteSink) throws(FileError) {
    try sink.read(range, into: &bytes)
  }
}

/// Windows that wait to be filled.
final class WindowPool: Sendable {
  private let idle = Mutex<[Window]>([])

  func take() -> Window { idle.withLock { $0.popLast() } ?? Window() }

  func give(_ window: Window) { idle.withLock { $0.append(window) } }
}
