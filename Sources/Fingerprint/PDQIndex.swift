/// Finds every known hash within a distance of a query, exactly, by multi-index hashing.
///
/// The 256 bits are cut into 16 slots of 16. Two hashes at most 31 bits apart share a slot but for at
/// most one bit (31 / 16 = 1, by the pigeonhole principle), so looking at 17 buckets a slot misses
/// nothing. (Norouzi, Punjani, Fleet: "Fast Exact Search in Hamming Space with Multi-Index Hashing".)
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

  private static let slots = 16
  private static let slotBits = 16
  private static let buckets = 1 << slotBits
  /// The buckets guarantee that nothing is missed up to here; beyond, every hash is looked at.
  public static let bucketDistance = slots * 2 - 1
  /// Below this a scan is as quick as the buckets (measured: 0.1 ms a query).
  private static let scanLimit = 20_000

  public private(set) var hashes: [PDQHash]
  /// How many of the hashes are in the buckets.
  private var bucketed = 0
  /// For each slot, where each bucket begins in `members`; one more entry closes the last.
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
          for slot in 0..<Self.slots {
            let value = Self.slotValue(query, slot)
            // The half in which the slot is not: of strangers it differs in some 64 bits, so it
            // decides alone nearly always.
            let far = slot < Self.slots / 2 ? query.words.highHalf : query.words.lowHalf
            for flip in -1..<Self.slotBits {
              let probe = flip < 0 ? value : value ^ (1 << flip)
              let bucket = slot * (Self.buckets + 1) + probe
              for position in Int(starts[bucket])..<Int(starts[bucket + 1]) {
                let index = Int(members[slot * bucketed + position])
                let words = hashes[index].words
                let half = (slot < Self.slots / 2 ? words.highHalf : words.lowHalf) ^ far
                guard half[0].nonzeroBitCount + half[1].nonzeroBitCount <= distance else {
                  continue
                }
                let apart = hashes[index].distance(to: query)
                // A hash that an earlier slot has brought up already is not reported twice.
                if apart <= distance, Self.firstSlot(hashes[index], query) == slot {
                  found.append(Match(index: index, distance: apart))
                }
              }
            }
          }
        }
      }
    }
  }

  private static func slotValue(_ hash: PDQHash, _ slot: Int) -> Int {
    Int(truncatingIfNeeded: hash.words[slot >> 2] >> (UInt64(slot & 3) * 16)) & (buckets - 1)
  }

  /// The first slot in which the two differ in at most one bit.
  private static func firstSlot(_ one: PDQHash, _ other: PDQHash) -> Int {
    for slot in 0..<slots
    where (slotValue(one, slot) ^ slotValue(other, slot)).nonzeroBitCount <= 1 {
      return slot
    }
    return slots
  }

  private mutating func buildBucketsIfWorthwhile() {
    // The unsorted tail stays a small part of the whole, so that scanning it costs little.
    guard hashes.count - bucketed > max(Self.scanLimit, bucketed / 16) else { return }
    let count = hashes.count
    starts = [UInt32](repeating: 0, count: Self.slots * (Self.buckets + 1))
    members = [UInt32](repeating: 0, count: Self.slots * count)
    for slot in 0..<Self.slots {
      let base = slot * (Self.buckets + 1)
      for hash in hashes { starts[base + Self.slotValue(hash, slot) + 1] += 1 }
      for bucket in 0..<Self.buckets { starts[base + bucket + 1] += starts[base + bucket] }
      var next = Array(starts[base..<base + Self.buckets])
      for (index, hash) in hashes.enumerated() {
        let value = Self.slotValue(hash, slot)
        members[slot * count + Int(next[value])] = UInt32(index)
        next[value] += 1
      }
    }
    bucketed = count
  }
}
