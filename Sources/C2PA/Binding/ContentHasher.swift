import Dispatch
import PKI
import Synchronization

/// What of an asset is hashed while it is written: the content as a whole, and the leaves of a
/// Merkle tree where there is one. Leaves ascend, overlap neither each other nor the rest.
struct HashLayout {
  var whole = HashPlan()
  var leaves: [HashPlan] = []
}

/// Hashes bytes that pass by once, front to back, beside the thread that copies them.
///
/// A leaf that is one run of bytes is hashed by itself, so that several processors take part; all
/// else goes through one queue in order. At most `backlog` chunks wait.
final class ContentHasher: @unchecked Sendable {
  private static let backlog = 4
  /// Below this a second thread costs more than it saves.
  private static let threadingFloor = 1 << 20

  private let algorithm: HashAlgorithm
  private let layout: HashLayout
  /// Leaves that are one run of bytes, by where they begin.
  private let blocks: [Int: (index: Int, range: Range<Int>)]
  private let cuts: [Int]
  private var nextCut = 0
  private let isThreaded: Bool

  private let order = DispatchQueue(label: "assay.c2pa.hash")
  private let processors = DispatchQueue(label: "assay.c2pa.leaves", attributes: .concurrent)
  private let group = DispatchGroup()
  private let room = DispatchSemaphore(value: ContentHasher.backlog)

  // Touched on `order` only, or on the caller's thread when there is no threading.
  private var whole: RunningHash?
  private var leaf: RunningHash?
  private var leafIndex = 0
  private let leaves: Mutex<[[UInt8]]>

  init(_ layout: HashLayout, _ algorithm: HashAlgorithm, assetCount: Int) {
    self.algorithm = algorithm
    self.layout = layout
    isThreaded = assetCount > Self.threadingFloor
    whole = RunningHash(layout.whole, algorithm)
    leaves = Mutex(Array(repeating: [], count: layout.leaves.count))
    var blocks: [Int: (index: Int, range: Range<Int>)] = [:]
    var cuts: [Int] = []
    for (index, plan) in layout.leaves.enumerated() {
      guard plan.steps.count == 1, case .bytes(let range) = plan.steps[0] else { continue }
      blocks[range.lowerBound] = (index, range)
      cuts += [range.lowerBound, range.upperBound]
    }
    self.blocks = blocks
    self.cuts = cuts
  }

  /// Where a chunk that begins at `position` should end, so that a leaf is not cut up needlessly.
  func end(ofChunkAt position: Int, count: Int) -> Int {
    while nextCut < cuts.count, cuts[nextCut] <= position { nextCut += 1 }
    if let block = blocks[position] { return block.range.upperBound }
    let end = min(count, position + HashPlan.window)
    return nextCut < cuts.count ? min(end, cuts[nextCut]) : end
  }

  /// The bytes at `position`, which follow those of the last call. The window goes back to `pool`
  /// when it is done with.
  func update(_ window: Window, at position: Int, returningTo pool: WindowPool) {
    let end = position + window.bytes.count
    if let block = blocks[position], block.range.upperBound == end {
      guard isThreaded else {
        leaves.withLock { $0[block.index] = algorithm.digest(window.bytes) }
        whole?.skip(to: end)
        return pool.give(window)
      }
      room.wait()
      processors.async(group: group) { [self] in
        let digest = algorithm.digest(window.bytes)
        leaves.withLock { $0[block.index] = digest }
        pool.give(window)
        room.signal()
      }
      order.async(group: group) { [self] in whole?.skip(to: end) }
      return
    }
    guard isThreaded else {
      inOrder(window.bytes, at: position)
      return pool.give(window)
    }
    room.wait()
    order.async(group: group) { [self] in
      inOrder(window.bytes, at: position)
      pool.give(window)
      room.signal()
    }
  }

  private func inOrder(_ bytes: [UInt8], at position: Int) {
    whole?.update(bytes)
    let end = position + bytes.count
    while leafIndex < layout.leaves.count, let extent = layout.leaves[leafIndex].extent,
      extent.lowerBound < end
    {
      // A block that is hashed by itself is behind us.
      guard blocks[extent.lowerBound] == nil else {
        leafIndex += 1
        continue
      }
      if leaf == nil {
        leaf = RunningHash(layout.leaves[leafIndex], algorithm, from: position)
      }
      leaf?.update(bytes)
      guard extent.upperBound <= end, let done = leaf.take() else { return }
      let digest = done.finalize()
      let index = leafIndex
      leaves.withLock { $0[index] = digest }
      leafIndex += 1
    }
  }

  /// Waits for what is under way.
  func finish() -> (whole: [UInt8], leaves: [[UInt8]]) {
    group.wait()
    guard let done = whole.take() else { preconditionFailure("finished twice") }
    return (done.finalize(), leaves.withLock { $0 })
  }
}
