/// Multi-index hashing over hashes that lie side by side in memory, wherever that memory comes from.
///
/// The 256 bits are cut into 16 slots of 16. Two hashes at most 31 bits apart share a slot but for at
/// most one bit (31 / 16 = 1, by the pigeonhole principle), so looking at 17 buckets a slot misses
/// nothing. (Norouzi, Punjani, Fleet: "Fast Exact Search in Hamming Space with Multi-Index Hashing".)
struct PDQBuckets {
  static let slots = 16
  private static let slotBits = 16
  static let buckets = 1 << slotBits
  /// The buckets guarantee that nothing is missed up to here.
  static let distance = slots * 2 - 1
  /// Below this a scan is as quick as the buckets (measured: 0.1 ms a query).
  static let scanLimit = 20_000
  /// For each slot, where each bucket begins, and one more that closes the last.
  static let startCount = slots * (buckets + 1)

  let hashes: UnsafeBufferPointer<PDQHash>
  /// `startCount` numbers.
  let starts: UnsafeBufferPointer<UInt32>
  /// For each slot, the numbers of all hashes, bucket by bucket.
  let members: UnsafeBufferPointer<UInt32>

  /// Calls `found` with the number of every hash at most `distance` (up to `Self.distance`) from
  /// `query` and how far it is, each once.
  func collect(_ query: PDQHash, _ distance: Int, _ found: (Int, Int) -> Void) {
    let count = hashes.count
    for slot in 0..<Self.slots {
      let value = Self.slotValue(query, slot)
      // The half in which the slot is not: of strangers it differs in some 64 bits, so it decides
      // alone nearly always.
      let far = slot < Self.slots / 2 ? query.words.highHalf : query.words.lowHalf
      for flip in -1..<Self.slotBits {
        let probe = flip < 0 ? value : value ^ (1 << flip)
        let bucket = slot * (Self.buckets + 1) + probe
        for position in Int(starts[bucket])..<Int(starts[bucket + 1]) {
          let index = Int(members[slot * count + position])
          let words = hashes[index].words
          let half = (slot < Self.slots / 2 ? words.highHalf : words.lowHalf) ^ far
          guard half[0].nonzeroBitCount + half[1].nonzeroBitCount <= distance else { continue }
          let apart = hashes[index].distance(to: query)
          // A hash that an earlier slot has brought up already is not reported twice.
          if apart <= distance, Self.firstSlot(hashes[index], query) == slot {
            found(index, apart)
          }
        }
      }
    }
  }

  /// Starts and members for some hashes.
  static func built(from hashes: [PDQHash]) -> (starts: [UInt32], members: [UInt32]) {
    let count = hashes.count
    var starts = [UInt32](repeating: 0, count: startCount)
    var members = [UInt32](repeating: 0, count: slots * count)
    for slot in 0..<slots {
      let base = slot * (buckets + 1)
      for hash in hashes { starts[base + slotValue(hash, slot) + 1] += 1 }
      for bucket in 0..<buckets { starts[base + bucket + 1] += starts[base + bucket] }
      var next = Array(starts[base..<base + buckets])
      for (index, hash) in hashes.enumerated() {
        let value = slotValue(hash, slot)
        members[slot * count + Int(next[value])] = UInt32(index)
        next[value] += 1
      }
    }
    return (starts, members)
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
}
