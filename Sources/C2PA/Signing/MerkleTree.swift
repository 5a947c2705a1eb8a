import CBOR
import PKI

/// The tree over the pieces of a media file as it is written (C2PA 2.5 section 16.3.2): a row of it
/// stands in the manifest, and what leads from a leaf to that row beside the leaf.
struct MerkleTree {
  /// A row of so many hashes takes 140 kB of manifest and spares every proof.
  static let rowLimit = 4096

  /// From the leaves to the row for the manifest.
  private let rows: [[[UInt8]]]

  var row: [[UInt8]] { rows[rows.count - 1] }

  init(leaves: [[UInt8]], _ algorithm: HashAlgorithm) {
    var rows = [leaves]
    while rows[rows.count - 1].count > Self.rowLimit {
      let last = rows[rows.count - 1]
      rows.append(
        stride(from: 0, to: last.count, by: 2).map { index in
          // A node without a sibling is passed up as it is.
          index + 1 < last.count ? algorithm.digest(last[index] + last[index + 1]) : last[index]
        })
    }
    self.rows = rows
  }

  /// A tree of zeros: every length in it is that of the real one.
  init(placeholderCount count: Int, _ algorithm: HashAlgorithm) {
    let zeros = [UInt8](repeating: 0, count: algorithm.byteCount)
    self.init(leaves: Array(repeating: zeros, count: count), algorithm)
  }

  /// The siblings on the way from a leaf to the row.
  private func siblings(of location: Int) -> [[UInt8]] {
    var index = location
    var siblings: [[UInt8]] = []
    for row in rows.dropLast() {
      let sibling = index ^ 1
      if sibling < row.count { siblings.append(row[sibling]) }
      index /= 2
    }
    return siblings
  }

  /// `bmff-merkle-map`: the content of the Merkle box before a fragment.
  func proof(of location: Int, uniqueID: Int, localID: Int) -> [UInt8] {
    var pairs: [CBORValue.Pair] = [
      .init("uniqueId", .integer(uniqueID)), .init("localId", .integer(localID)),
      .init("location", .integer(location)),
    ]
    let siblings = siblings(of: location)
    if !siblings.isEmpty {
      pairs.append(.init("hashes", .array(siblings.map { .bytes($0) })))
    }
    return CBORValue.map(pairs).encodeDeterministic()
  }

  /// Bytes that hold every proof of a tree of `count` leaves: all Merkle boxes are as long as the
  /// longest.
  static func proofLength(count: Int, localID: Int, _ algorithm: HashAlgorithm) -> Int {
    var rows = 0
    var length = count
    while length > rowLimit {
      rows += 1
      length = (length + 1) / 2
    }
    let hash = CBORValue.bytes([UInt8](repeating: 0, count: algorithm.byteCount))
    var pairs: [CBORValue.Pair] = [
      .init("uniqueId", 1), .init("localId", .integer(localID)),
      .init("location", .integer(max(0, count - 1))),
    ]
    if rows > 0 { pairs.append(.init("hashes", .array(Array(repeating: hash, count: rows)))) }
    return CBORValue.map(pairs).encodeDeterministic().count
  }
}
