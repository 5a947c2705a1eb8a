/// A tree held in memory, for verifiers and tests.
public struct MerkleTree: Sendable {
  private var levels: [[TreeHash]] = []
  public private(set) var edge = RightEdge()

  public init() {}

  public var size: UInt64 { edge.size }
  public var root: TreeHash { edge.root }

  public mutating func append(_ leaf: TreeHash) {
    for (subtree, hash) in edge.append(leaf) {
      if levels.count == subtree.level { levels.append([]) }
      levels[subtree.level].append(hash)
    }
  }

  /// The root over the first `size` leaves, which must be there.
  public func root(size: UInt64) -> TreeHash { MerkleProof.root(size: size, hash: subtree) }

  public func inclusionProof(index: UInt64, size: UInt64) -> [TreeHash] {
    MerkleProof.inclusion(index: index, size: size, hash: subtree)
  }

  public func consistencyProof(from old: UInt64, to new: UInt64) -> [TreeHash] {
    MerkleProof.consistency(from: old, to: new, hash: subtree)
  }

  private func subtree(_ subtree: Subtree) -> TreeHash {
    levels[subtree.level][Int(subtree.index)]
  }

  /// The root of the perfect subtree over the first `1 << level` of these hashes, which must be
  /// there.
  public static func perfectRoot(of hashes: ArraySlice<TreeHash>, level: Int) -> TreeHash {
    var row = Array(hashes.prefix(1 << level))
    while row.count > 1 {
      row = stride(from: 0, to: row.count, by: 2).map { .node(row[$0], row[$0 + 1]) }
    }
    return row[0]
  }
}
