/// Where bytes of a BMFF file go when others are inserted before them or taken away.
struct OffsetMap {
  /// Where an edit ends in the old file, and how much all edits up to it grow the file.
  private let ends: [Int]
  private let growth: [Int]
  /// Old offsets at which a Merkle box is put in, and its length.
  private let proofs: Set<Int>
  private let proofLength: Int

  /// - Parameters:
  ///   - edits: those that change the length, in any order.
  ///   - proofs: old offsets of the fragments before which a Merkle box of `proofLength` bytes goes;
  ///     these insertions are among `edits`.
  init(edits: [AssetEdit], proofs: [Int] = [], proofLength: Int = 0) {
    let sorted = edits.sorted { $0.range.upperBound < $1.range.upperBound }
    var total = 0
    var growth: [Int] = []
    growth.reserveCapacity(sorted.count)
    for edit in sorted {
      total += edit.growth
      growth.append(total)
    }
    ends = sorted.map(\.range.upperBound)
    self.growth = growth
    self.proofs = Set(proofs)
    self.proofLength = proofLength
  }

  /// Where the byte at `old` goes. An offset that no file is long enough for stays as it is.
  func newOffset(_ old: Int) -> Int {
    var low = 0
    var high = ends.count
    while low < high {
      let middle = (low + high) / 2
      if ends[middle] <= old { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return old }
    let (new, overflow) = old.addingReportingOverflow(growth[low - 1])
    return overflow ? old : new
  }

  /// Where the part that begins at `old` begins: a fragment's Merkle box belongs to the fragment.
  func newBoundary(_ old: Int) -> Int {
    newOffset(old) - (proofs.contains(old) ? proofLength : 0)
  }
}
