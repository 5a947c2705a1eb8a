/// Finds every known hash within a distance of a query, exactly, by multi-index hashing (`PDQBuckets`).
///
/// About 100 bytes a hash. Hashes that are added later are scanned one by one until there are enough
/// of them to build the buckets anew.
public struct PDQIndex: Sendable {
  /// One known hash near a query.
  public struct Match: Equatable, Sendable {
    /// Which hash, in the order in which they were added.
    public let index: Int
    public let distance: Int
  }

  /// The buckets guarantee that nothing is missed up to here; beyond, every hash is looked at.
  public static let bucketDistance = PDQBuckets.distance

  public private(set) var hashes: [PDQHash]
  /// How many of the hashes are in the buckets.
  private var bucketed = 0
  private var starts: [UInt32] = []
  private var members: [UInt32] = []

  public init(_ hashes: [PDQHash] = []) {
    self.hashes = hashes
    buildBucketsIfWorthwhile()
  }

  public mutating func append(_ hash: PDQHash) {
    hashes.append(hash)
    buildBucketsIfWorthwhile()
  }

  /// All known hashes at most `distance` bits from `query`, the nearest first.
  public func matches(
    for query: PDQHash, within distance: Int = PDQHash.matchDistance
  ) -> [Match] {
    var found: [Match] = []
    let firstScanned = distance <= Self.bucketDistance ? bucketed : 0
    if firstScanned > 0 { collect(query, distance, into: &found) }
    for index in firstScanned..<hashes.count {
      let apart = hashes[index].distance(to: query)
      if apart <= distance { found.append(Match(index: index, distance: apart)) }
    }
    return found.sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }
  }

  private func collect(_ query: PDQHash, _ distance: Int, into found: inout [Match]) {
    starts.withUnsafeBufferPointer { starts in
      members.withUnsafeBufferPointer { members in
        hashes.withUnsafeBufferPointer { hashes in
          PDQBuckets(
            hashes: UnsafeBufferPointer(rebasing: hashes[..<bucketed]), starts: starts,
            members: members
          ).collect(query, distance) { found.append(Match(index: $0, distance: $1)) }
        }
      }
    }
  }

  private mutating func buildBucketsIfWorthwhile() {
    // The unsorted tail stays a small part of the whole, so that scanning it costs little.
    guard hashes.count - bucketed > max(PDQBuckets.scanLimit, bucketed / 16) else { return }
    (starts, members) = PDQBuckets.built(from: hashes)
    bucketed = hashes.count
  }
}
