/// Inclusion and consistency proofs of RFC 6962 section 2.1, made from stored perfect subtrees and
/// checked as RFC 9162 sections 2.1.3.2 and 2.1.4.2 say. Nothing beyond these two proofs.
public enum MerkleProof {
  /// No proof for a tree below 2^63 leaves is longer; longer ones are refused unread.
  public static let hashLimit = 63
  /// Sizes above it are refused everywhere.
  public static let sizeLimit = UInt64(Int64.max)

  /// The root over the first `size` leaves. `hash` answers for perfect subtrees inside them.
  public static func root<Failure: Error>(
    size: UInt64, hash: (Subtree) throws(Failure) -> TreeHash
  ) throws(Failure) -> TreeHash {
    size == 0 ? .empty : try range(0, size, hash)
  }

  /// PATH(index, D[size]): the leaf's sibling first. `index` must be below `size`.
  public static func inclusion<Failure: Error>(
    index: UInt64, size: UInt64, hash: (Subtree) throws(Failure) -> TreeHash
  ) throws(Failure) -> [TreeHash] {
    precondition(index < size && size <= sizeLimit)
    var siblings: [TreeHash] = []
    var low: UInt64 = 0
    var high = size
    // From the root down; the proof wants it from the leaf up.
    while high - low > 1 {
      let middle = low + split(high - low)
      if index < middle {
        siblings.append(try range(middle, high, hash))
        high = middle
      } else {
        siblings.append(try range(low, middle, hash))
        low = middle
      }
    }
    return siblings.reversed()
  }

  /// PROOF(old, D[new]). `old` must lie in 1...new.
  public static func consistency<Failure: Error>(
    from old: UInt64, to new: UInt64, hash: (Subtree) throws(Failure) -> TreeHash
  ) throws(Failure) -> [TreeHash] {
    precondition(old > 0 && old <= new && new <= sizeLimit)
    var proof: [TreeHash] = []
    var low: UInt64 = 0
    var high = new
    // `old` stays an absolute leaf number; the subtree in hand covers low..<high.
    while high != old {
      let middle = low + split(high - low)
      if old <= middle {
        proof.append(try range(middle, high, hash))
        high = middle
      } else {
        proof.append(try range(low, middle, hash))
        low = middle
      }
    }
    // The old root is known to the verifier, so it is left out when the way never turned right.
    if low != 0 { proof.append(try range(low, high, hash)) }
    return proof.reversed()
  }

  /// Whether `proof` leads from the leaf at `index` to the `root` over `size` leaves.
  public static func verifyInclusion(
    leaf: TreeHash, index: UInt64, size: UInt64, proof: [TreeHash], root: TreeHash
  ) -> Bool {
    guard index < size, size <= sizeLimit, proof.count <= hashLimit else { return false }
    var first = index
    var last = size - 1
    var hash = leaf
    for sibling in proof {
      guard last != 0 else { return false }
      if first & 1 == 1 || first == last {
        hash = .node(sibling, hash)
        skipLeftEdge(&first, &last)
      } else {
        hash = .node(hash, sibling)
      }
      first >>= 1
      last >>= 1
    }
    return last == 0 && hash == root
  }

  /// Whether `proof` shows that the tree of `new` leaves starts with the tree of `old` leaves.
  ///
  /// False for `old` 0: there is nothing to prove, and the caller decides what that means.
  public static func verifyConsistency(
    old: UInt64, oldRoot: TreeHash, new: UInt64, newRoot: TreeHash, proof: [TreeHash]
  ) -> Bool {
    guard old > 0, old <= new, new <= sizeLimit, proof.count <= hashLimit else { return false }
    if old == new { return proof.isEmpty && oldRoot == newRoot }
    guard let head = proof.first else { return false }
    let oldIsPerfect = old & (old - 1) == 0
    var first = old - 1
    var last = new - 1
    while first & 1 == 1 {
      first >>= 1
      last >>= 1
    }
    var oldHash = oldIsPerfect ? oldRoot : head
    var newHash = oldHash
    for hash in oldIsPerfect ? proof[...] : proof.dropFirst() {
      guard last != 0 else { return false }
      if first & 1 == 1 || first == last {
        oldHash = .node(hash, oldHash)
        newHash = .node(hash, newHash)
        skipLeftEdge(&first, &last)
      } else {
        newHash = .node(newHash, hash)
      }
      first >>= 1
      last >>= 1
    }
    return last == 0 && oldHash == oldRoot && newHash == newRoot
  }

  private static func skipLeftEdge(_ first: inout UInt64, _ last: inout UInt64) {
    while first & 1 == 0, first != 0 {
      first >>= 1
      last >>= 1
    }
  }

  /// The largest power of two below `count`, which is at least 2.
  private static func split(_ count: UInt64) -> UInt64 {
    1 << UInt64(63 - (count - 1).leadingZeroBitCount)
  }

  /// MTH(D[low:high]) where `low` is a multiple of the power of two at or above `high - low`.
  private static func range<Failure: Error>(
    _ low: UInt64, _ high: UInt64, _ hash: (Subtree) throws(Failure) -> TreeHash
  ) throws(Failure) -> TreeHash {
    let count = high - low
    if count & (count - 1) == 0 {
      let level = count.trailingZeroBitCount
      return try hash(Subtree(level: level, index: low >> UInt64(level)))
    }
    let middle = low + split(count)
    let right = try range(middle, high, hash)
    return .node(try range(low, middle, hash), right)
  }
}
