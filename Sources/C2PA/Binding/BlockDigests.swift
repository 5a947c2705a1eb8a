import Bytes
import Dispatch
import PKI
import Synchronization

/// Hashes of many pieces of a file, taken on all processors.
enum BlockDigests {
  /// Pieces that one turn takes: small ones are not worth a turn each.
  private static let turn = 16

  /// The hash of each of `blocks`, in their order.
  static func digests(
    of blocks: [Range<Int>], in source: any ByteSource, _ algorithm: HashAlgorithm
  ) throws(BindingFailure) -> [[UInt8]] {
    guard blocks.count > 1 else {
      var only: [[UInt8]] = []
      for block in blocks { only.append(try digest(block, source, algorithm, Window())) }
      return only
    }
    let results = Mutex<(digests: [[UInt8]], failure: BindingFailure?)>(
      (Array(repeating: [], count: blocks.count), nil))
    let pool = WindowPool()
    DispatchQueue.concurrentPerform(iterations: (blocks.count + turn - 1) / turn) { number in
      guard results.withLock({ $0.failure == nil }) else { return }
      let first = number * turn
      var digests: [[UInt8]] = []
      let window = pool.take()
      defer { pool.give(window) }
      do throws(BindingFailure) {
        for block in blocks[first..<min(first + turn, blocks.count)] {
          digests.append(try digest(block, source, algorithm, window))
        }
      } catch {
        results.withLock { $0.failure = error }
        return
      }
      results.withLock { $0.digests.replaceSubrange(first..<first + digests.count, with: digests) }
    }
    let (digests, failure) = results.withLock { $0 }
    if let failure { throw failure }
    return digests
  }

  private static func digest(
    _ block: Range<Int>, _ source: any ByteSource, _ algorithm: HashAlgorithm, _ window: Window
  ) throws(BindingFailure) -> [UInt8] {
    var plan = HashPlan()
    plan.append(.bytes(block))
    return try plan.digest(of: source, algorithm, through: window)
  }
}
