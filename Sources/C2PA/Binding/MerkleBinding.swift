import Bytes
import CBOR
import Containers
import PKI

/// The Merkle maps of a BMFF hash (C2PA 2.5 section 16.3.2): `mdat` in pieces, or fragments.
struct MerkleBinding {
  /// Leaf hashes held at once for one map: 32 MiB of SHA-256.
  private static let leafLimit = 1 << 20
  private static let mapLimit = 1000
  /// Where hashing of an `mdat` begins: behind a 64-bit header, whatever header it has. The text
  /// says "payload"; every writer starts here, and the bytes before are under the flat hash.
  private static let mediaOffset = 16

  /// One entry of `merkle`.
  private struct Map {
    let uniqueID: Int
    let localID: Int
    let count: Int
    let algorithm: HashAlgorithm
    let initHash: [UInt8]?
    let row: [[UInt8]]
    let fixedBlockSize: Int?
    let variableBlockSizes: [Int]?
  }

  /// The CBOR of a `merkle` box.
  private struct Proof {
    let uniqueID: Int
    let localID: Int
    let location: Int
    let hashes: [[UInt8]]
  }

  private let binding: BMFFHashBinding
  private let maps: [Map]

  init(_ binding: BMFFHashBinding, maps: [CBORValue]) throws(BindingFailure) {
    self.binding = binding
    guard maps.count <= Self.mapLimit else {
      throw BMFFHashBinding.malformed("it has more than \(Self.mapLimit) Merkle maps")
    }
    var parsed: [Map] = []
    for value in maps {
      guard let uniqueID = value["uniqueId"]?.integer, let localID = value["localId"]?.integer,
        let count = value["count"]?.length, count > 0,
        let row = value["hashes"]?.array?.map(\.bytes), !row.isEmpty, !row.contains(nil)
      else { throw BMFFHashBinding.malformed("a Merkle map lacks a field") }
      guard count <= Self.leafLimit else {
        throw BindingFailure(
          .budgetExceeded, "A Merkle map has \(count) leaves; at most \(Self.leafLimit) are read.")
      }
      let sizes = value.given("variableBlockSizes").map { ($0.array ?? [$0]).map(\.length) }
      let fixed = value.given("fixedBlockSize").map { $0.length ?? 0 }
      guard sizes?.contains(nil) != true, fixed != 0, fixed == nil || sizes == nil else {
        throw BMFFHashBinding.malformed("a Merkle map's block sizes contradict each other")
      }
      parsed.append(
        Map(
          uniqueID: uniqueID, localID: localID, count: count,
          algorithm: try binding.context.algorithm(value["alg"], binding.algorithmName),
          initHash: value["initHash"]?.bytes, row: row.compactMap { $0 }, fixedBlockSize: fixed,
          variableBlockSizes: sizes?.compactMap { $0 }))
    }
    self.maps = parsed
  }

  // MARK: Flat files

  /// Every `mdat` has a map, every map an `mdat`, and each piece is the one that was signed.
  func validateFlat(_ tree: BMFFBoxTree) throws(BindingFailure) {
    let media = tree.roots.filter { $0.type == "mdat" }
    guard Set(maps.map(\.localID)) == Set(media.indices), maps.count == media.count else {
      throw BMFFHashBinding.mismatch("The media boxes are not those that were signed.")
    }
    let proofs = try Self.proofs(in: binding.context.asset)
    for proof in proofs where map(of: proof) == nil {
      throw BMFFHashBinding.mismatch("A Merkle box in the file belongs to nothing that was signed.")
    }
    for map in maps {
      let blocks = try blocks(of: media[map.localID], map)
      guard blocks.count == map.count else {
        throw BMFFHashBinding.malformed(
          "a Merkle map counts \(map.count) pieces where the media box has \(blocks.count)")
      }
      let leaves = try BlockDigests.digests(
        of: blocks, in: binding.context.asset, map.algorithm)
      let levels = try levels(above: leaves, map)
      guard levels.last == map.row else {
        throw BMFFHashBinding.mismatch("The media was changed after it was signed.")
      }
      try compare(proofs, with: levels, map)
    }
  }

  private func blocks(of box: BMFFBox, _ map: Map) throws(BindingFailure) -> [Range<Int>] {
    let start = min(box.range.upperBound, box.range.lowerBound + Self.mediaOffset)
    let end = box.range.upperBound
    if let sizes = map.variableBlockSizes {
      var position = start
      var blocks: [Range<Int>] = []
      for size in sizes {
        guard size > 0, size <= end - position else {
          throw BMFFHashBinding.malformed("block sizes reach past the media box")
        }
        blocks.append(position..<position + size)
        position += size
      }
      guard position == end else {
        throw BMFFHashBinding.malformed("block sizes do not cover the media box")
      }
      return blocks
    }
    guard let size = map.fixedBlockSize else { return [start..<end] }
    let count = (end - start + size - 1) / size
    guard count <= Self.leafLimit else {
      throw BindingFailure(.budgetExceeded, "The media box is cut into too many pieces to check.")
    }
    return (0..<count).map { index in
      (start + index * size)..<min(end, start + index * size + size)
    }
  }

  /// The rows of the tree from the leaves up to the row that the manifest holds.
  private func levels(
    above leaves: [[UInt8]], _ map: Map
  ) throws(BindingFailure) -> [[[UInt8]]] {
    var levels = [leaves]
    while let last = levels.last, last.count > map.row.count {
      levels.append(
        stride(from: 0, to: last.count, by: 2).map { index in
          // A node without a sibling is passed up as it is.
          index + 1 < last.count
            ? map.algorithm.digest(last[index] + last[index + 1]) : last[index]
        })
    }
    guard levels.last?.count == map.row.count else {
      throw BMFFHashBinding.malformed("a Merkle map's hashes are no row of its tree")
    }
    return levels
  }

  /// The proofs in the file are those of the tree: players that check piece by piece rely on them.
  private func compare(
    _ proofs: [Proof], with levels: [[[UInt8]]], _ map: Map
  ) throws(BindingFailure) {
    let own = proofs.filter { $0.uniqueID == map.uniqueID && $0.localID == map.localID }
    // The row of leaves needs no proofs.
    if levels.count == 1, own.isEmpty { return }
    guard own.count == map.count, own.map(\.location) == Array(0..<map.count) else {
      throw BMFFHashBinding.malformed("its Merkle proofs are not one for each piece, in order")
    }
    for proof in own {
      var index = proof.location
      var siblings: [[UInt8]] = []
      for level in levels.dropLast() {
        let sibling = index ^ 1
        if sibling < level.count { siblings.append(level[sibling]) }
        index /= 2
      }
      guard proof.hashes == siblings else {
        throw BMFFHashBinding.mismatch("A Merkle proof in the file is not that of its piece.")
      }
    }
  }

  /// Which map a proof names; nil when none, or when its leaf is not counted there.
  private func map(of proof: Proof) -> Int? {
    maps.firstIndex {
      $0.uniqueID == proof.uniqueID && $0.localID == proof.localID && proof.location < $0.count
    }
  }

  private static func proofs(in source: any ByteSource) throws(BindingFailure) -> [Proof] {
    let boxes: [BMFFStore.MerkleBox]
    do { boxes = try BMFFStore.merkleBoxes(in: source) } catch { throw BindingFailure(error) }
    var proofs: [Proof] = []
    for box in boxes { proofs.append(try proof(box)) }
    return proofs
  }

  private static func proof(_ box: BMFFStore.MerkleBox) throws(BindingFailure) -> Proof {
    guard
      let (value, range) = try? CBORValue.decodePrefix(
        box.payload.span, in: 0..<box.payload.count),
      let uniqueID = value["uniqueId"]?.integer, let localID = value["localId"]?.integer,
      let location = value["location"]?.length
    else { throw BMFFHashBinding.malformed("a Merkle box cannot be read") }
    guard box.payload[range.upperBound...].allSatisfy({ $0 == 0 }) else {
      throw BMFFHashBinding.mismatch("A Merkle box holds other bytes behind its proof.")
    }
    let hashes = value["hashes"]?.array?.map(\.bytes) ?? []
    guard !hashes.contains(nil) else {
      throw BMFFHashBinding.malformed("a Merkle box cannot be read")
    }
    return Proof(
      uniqueID: uniqueID, localID: localID, location: location, hashes: hashes.compactMap { $0 })
  }

  // MARK: Fragmented files

  /// The initialization part and every fragment at hand. Each fragment names its leaf in the
  /// `merkle` box before its `moof`.
  func validateFragmented(
    _ tree: BMFFBoxTree, excluding excluded: [Range<Int>]
  ) throws(BindingFailure) {
    let starts = tree.roots.indices.filter { tree.roots[$0].type == "moof" }
    let initial = tree.roots[..<(starts.first ?? tree.roots.endIndex)]
    let initPlan = BMFFHashBinding.plan(Array(initial), excluding: excluded)
    for map in maps {
      guard let initHash = map.initHash else {
        throw BMFFHashBinding.malformed("a Merkle map of a fragmented file lacks its initHash")
      }
      guard try initPlan.digest(of: binding.context.asset, map.algorithm) == initHash else {
        throw BMFFHashBinding.mismatch(
          "The initialization segment was changed after it was signed.")
      }
    }
    guard !starts.isEmpty || !binding.context.fragments.isEmpty else {
      throw BindingFailure(
        .notSupported,
        "This is the initialization segment of a fragmented file; without its fragments nothing "
          + "says that the media is the one that was signed.")
    }
    var seen: [[Int]] = maps.map { _ in [] }
    if !starts.isEmpty {
      let proofs = try Self.proofs(in: binding.context.asset)
      guard proofs.count == starts.count else {
        throw BMFFHashBinding.malformed("not every fragment has one Merkle proof")
      }
      for (number, start) in starts.enumerated() {
        let end = number + 1 < starts.count ? starts[number + 1] : tree.roots.endIndex
        let plan = BMFFHashBinding.plan(Array(tree.roots[start..<end]), excluding: excluded)
        try check(plan, of: binding.context.asset, proofs[number], &seen)
      }
      for (map, locations) in zip(maps, seen) where locations != Array(0..<map.count) {
        throw BMFFHashBinding.mismatch("Fragments are missing, doubled or out of order.")
      }
    }
    for fragment in binding.context.fragments {
      let tree = try BMFFHashBinding.tree(of: fragment)
      let proofs = try Self.proofs(in: fragment)
      guard proofs.count == 1 else {
        throw BMFFHashBinding.malformed("a fragment does not have one Merkle proof")
      }
      let excluded = try binding.excludedRanges(tree, fragment)
      let plan = BMFFHashBinding.plan(tree.roots, excluding: excluded)
      try check(plan, of: fragment, proofs[0], &seen)
    }
  }

  private func check(
    _ plan: HashPlan, of source: any ByteSource, _ proof: Proof, _ seen: inout [[Int]]
  ) throws(BindingFailure) {
    guard let number = map(of: proof) else {
      throw BMFFHashBinding.mismatch("A fragment belongs to no Merkle map of the manifest.")
    }
    let map = maps[number]
    seen[number].append(proof.location)
    var node = try plan.digest(of: source, map.algorithm)
    var index = proof.location
    var length = map.count
    var siblings = proof.hashes[...]
    while length > map.row.count {
      if index % 2 == 1 {
        guard let sibling = siblings.popFirst() else {
          throw BMFFHashBinding.mismatch("A fragment's Merkle proof is too short.")
        }
        node = map.algorithm.digest(sibling + node)
      } else if index + 1 < length {
        guard let sibling = siblings.popFirst() else {
          throw BMFFHashBinding.mismatch("A fragment's Merkle proof is too short.")
        }
        node = map.algorithm.digest(node + sibling)
      }
      index /= 2
      length = (length + 1) / 2
    }
    guard length == map.row.count, siblings.isEmpty else {
      throw BMFFHashBinding.malformed("a Merkle proof does not end at the manifest's row")
    }
    guard map.row[index] == node else {
      throw BMFFHashBinding.mismatch("A fragment was changed after it was signed.")
    }
  }
}
