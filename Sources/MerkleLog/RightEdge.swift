/// All that is needed to go on appending: the roots of the perfect subtrees that make up a tree,
/// one for each binary digit 1 of its size. At most 64 hashes.
public struct RightEdge: Equatable, Sendable {
  public private(set) var size: UInt64 = 0
  /// Largest (leftmost) subtree first.
  public private(set) var hashes: [TreeHash] = []

  public init() {}

  /// The edge of a tree of `size` leaves; nil unless there is one hash a digit.
  public init?(size: UInt64, hashes: [TreeHash]) {
    guard hashes.count == size.nonzeroBitCount else { return nil }
    self.size = size
    self.hashes = hashes
  }

  /// Adds a leaf and returns the perfect subtrees that it completed, itself first.
  @discardableResult
  public mutating func append(_ leaf: TreeHash) -> [(subtree: Subtree, hash: TreeHash)] {
    var completed = [(subtree: Subtree(level: 0, index: size), hash: leaf)]
    var hash = leaf
    var level = 0
    var rest = size
    // As in binary addition: each digit 1 at the low end is carried.
    while rest & 1 == 1 {
      hash = .node(hashes.removeLast(), hash)
      level += 1
      rest >>= 1
      completed.append((Subtree(level: level, index: rest), hash))
    }
    hashes.append(hash)
    size += 1
    return completed
  }

  public var root: TreeHash {
    guard let last = hashes.last else { return .empty }
    return hashes.dropLast().reversed().reduce(last) { .node($1, $0) }
  }
}
