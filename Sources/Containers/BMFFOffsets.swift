import Bytes

/// A box with those around it, outermost first.
private struct PlacedBox {
  let box: BMFFBox
  let ancestors: [BMFFBox]
}

extension BMFFStore {
  /// Bytes of offset tables that are held at once: the chunk offsets of some 16 million chunks.
  private static let tableLimit = 64 << 20

  /// What is put into a file, and where it lies in the new one.
  struct Placement {
    var edits: [AssetEdit]
    /// Where `framed` begins.
    let offset: Int
    /// The Merkle boxes, in file order.
    let proofs: [Range<Int>]
  }

  /// A change inside boxes, outermost first, which grow by it.
  struct NestedEdit {
    let edit: AssetEdit
    let ancestors: [BMFFBox]
  }

  /// Which fragments of a file get a Merkle box in front of them.
  enum ProofPlaces {
    case none
    /// A fragmented file: each.
    case everyFragment
    /// A segment in a file of its own: its first.
    case firstFragment
  }

  static func edits(
    _ source: any ByteSource, inserting framed: [UInt8]
  ) throws(ContainerError) -> (offset: Int, edits: [AssetEdit]) {
    let placement = try place(framed, in: source)
    return (placement.offset, placement.edits)
  }

  /// The edits that put `framed` behind `ftyp` and `proof` before fragments, take older C2PA boxes
  /// away, and keep every absolute offset in the file pointing at the bytes it pointed at.
  static func place(
    _ framed: [UInt8], in source: any ByteSource, proof: [UInt8] = [],
    before places: ProofPlaces = .none, removing others: [Range<Int>] = [],
    nested: [NestedEdit] = []
  ) throws(ContainerError) -> Placement {
    let tree = try BMFFBoxTree(source)
    let head = tree.roots.first { $0.type == "ftyp" && $0.range.lowerBound == 0 }
    // What stands behind such a box would be part of it.
    guard head?.isOpenEnded != true else {
      throw .malformed(offset: 0, reason: "the file is nothing but an ftyp box without an end")
    }
    let offset = head?.range.upperBound ?? 0
    let old = try find(in: tree.roots, of: source)
    let removed = old.stores.map(\.box.range) + old.merkle.map(\.box.range) + others
    let fragments = tree.roots.filter { $0.type == "moof" }.map(\.range.lowerBound)
    let proofs: [Int] =
      switch places {
      case .none: []
      case .everyFragment: fragments
      case .firstFragment: Array(fragments.prefix(1))
      }
    var edits = removed.map { AssetEdit(range: $0, replacement: []) }
    if !framed.isEmpty { edits.append(AssetEdit(range: offset..<offset, replacement: framed)) }
    edits += proofs.map { AssetEdit(range: $0..<$0, replacement: proof) }
    edits += nested.map(\.edit)
    let (map, changes) = try patches(
      tree, of: source, after: edits, growing: nested, proofs: proofs, proofLength: proof.count)
    let taken = removed.filter { $0.upperBound <= offset }.reduce(0) { $0 + $1.count }
    return Placement(
      edits: edits + changes, offset: offset - taken,
      proofs: proofs.map { map.newBoundary($0)..<map.newOffset($0) })
  }

  private static func patches(
    _ tree: BMFFBoxTree, of source: any ByteSource, after placement: [AssetEdit],
    growing nested: [NestedEdit], proofs: [Int], proofLength: Int
  ) throws(ContainerError) -> (map: OffsetMap, edits: [AssetEdit]) {
    var all: [PlacedBox] = []
    collect(tree.roots, ancestors: [], into: &all)
    var tables: [(box: PlacedBox, offsets: [Int])] = []
    var tableBytes = 0
    for placed in all where placed.box.type == "stco" || placed.box.type == "co64" {
      tableBytes += placed.box.range.count
      guard tableBytes <= tableLimit else {
        throw .overBudget(
          offset: placed.box.range.lowerBound,
          reason: "the chunk offset tables have more than \(tableLimit) bytes")
      }
      tables.append((placed, try chunkOffsets(placed.box, of: source)))
    }

    // Widening a table moves what follows it, which may push another table over the limit.
    var widened: Set<Int> = []
    var map = OffsetMap(edits: placement, proofs: proofs, proofLength: proofLength)
    var isSettled = false
    while !isSettled {
      isSettled = true
      for (index, table) in tables.enumerated()
      where table.box.box.type == "stco" && !widened.contains(index)
        && table.offsets.contains(where: { map.newOffset($0) > Int(UInt32.max) })
      {
        widened.insert(index)
        isSettled = false
      }
      map = OffsetMap(
        edits: placement
          + widened.map { index in
            AssetEdit(
              range: tables[index].box.box.range,
              replacement: [UInt8](
                repeating: 0,
                count: tables[index].box.box.range.count + 4 * tables[index].offsets.count))
          }, proofs: proofs, proofLength: proofLength)
    }

    var edits: [AssetEdit] = []
    var growth: [Int: (box: BMFFBox, bytes: Int)] = [:]
    func grow(_ ancestors: [BMFFBox], by bytes: Int) {
      for box in ancestors {
        growth[box.range.lowerBound] =
          (box, (growth[box.range.lowerBound]?.bytes ?? 0) + bytes)
      }
    }
    for change in nested { grow(change.ancestors, by: change.edit.growth) }
    for (index, table) in tables.enumerated() {
      let moved = table.offsets.map { map.newOffset($0) }
      if widened.contains(index) {
        edits.append(try wideTable(table.box.box, moved, of: source))
        grow(table.box.ancestors, by: 4 * moved.count)
      } else if moved != table.offsets {
        edits.append(narrowTable(table.box.box, moved))
      }
    }
    for entry in growth.values { edits += try resized(entry.box, by: entry.bytes) }
    for placed in all {
      edits += try fieldPatches(
        box: placed.box, parent: placed.ancestors.last, of: source, newOffset: map.newOffset)
      if placed.box.type == "sidx" {
        edits += try segmentIndexPatches(placed.box, of: source, map)
      }
    }
    return (map, edits)
  }

  private static func collect(
    _ boxes: [BMFFBox], ancestors: [BMFFBox], into all: inout [PlacedBox]
  ) {
    for box in boxes {
      all.append(PlacedBox(box: box, ancestors: ancestors))
      collect(box.children, ancestors: ancestors + [box], into: &all)
    }
  }

  private static func chunkOffsets(
    _ box: BMFFBox, of source: any ByteSource
  ) throws(ContainerError) -> [Int] {
    let bytes = try source.exactly(box.payload)
    let width = box.type == "co64" ? 8 : 4
    var reader = FieldReader(bytes, at: box.payload.lowerBound)
    try reader.skip(4)
    let count = try reader.read(4)
    guard count <= (bytes.count - 8) / width else {
      throw .malformed(
        offset: box.range.lowerBound, reason: "a chunk offset table is longer than its box")
    }
    var offsets: [Int] = []
    offsets.reserveCapacity(count)
    for _ in 0..<count { offsets.append(try reader.read(width)) }
    return offsets
  }

  private static func narrowTable(_ box: BMFFBox, _ offsets: [Int]) -> AssetEdit {
    let width = box.type == "co64" ? 8 : 4
    var bytes: [UInt8] = []
    bytes.reserveCapacity(offsets.count * width)
    for offset in offsets {
      if width == 8 {
        bytes.appendBigEndian(UInt64(offset))
      } else {
        bytes.appendBigEndian(UInt32(offset))
      }
    }
    let start = box.payload.lowerBound + 8
    return AssetEdit(range: start..<start + bytes.count, replacement: bytes)
  }

  private static func wideTable(
    _ box: BMFFBox, _ offsets: [Int], of source: any ByteSource
  ) throws(ContainerError) -> AssetEdit {
    guard box.headerLength == 8, box.range.count + 4 * offsets.count <= Int(UInt32.max) else {
      throw .malformed(
        offset: box.range.lowerBound, reason: "a chunk offset table cannot be widened")
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(box.range.count + 4 * offsets.count)
    bytes.appendBigEndian(UInt32(box.range.count + 4 * offsets.count))
    bytes += Array("co64".utf8)
    bytes += try source.exactly(box.payload.lowerBound..<box.payload.lowerBound + 8)
    for offset in offsets { bytes.appendBigEndian(UInt64(offset)) }
    // Whatever a writer left behind the table stays.
    bytes += try source.exactly(
      box.payload.lowerBound + 8 + 4 * offsets.count..<box.range.upperBound)
    return AssetEdit(range: box.range, replacement: bytes)
  }

  private static func resized(_ box: BMFFBox, by growth: Int) throws(ContainerError) -> [AssetEdit]
  {
    guard !box.isOpenEnded else { return [] }
    let length = box.range.count + growth
    let start = box.range.lowerBound
    var bytes: [UInt8] = []
    if box.headerLength == 16 {
      bytes.appendBigEndian(UInt64(length))
      return [AssetEdit(range: start + 8..<start + 16, replacement: bytes)]
    }
    guard let short = UInt32(exactly: length) else {
      throw .malformed(offset: start, reason: "a box would outgrow its 32-bit size")
    }
    bytes.appendBigEndian(short)
    return [AssetEdit(range: start..<start + 4, replacement: bytes)]
  }
}
