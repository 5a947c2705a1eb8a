import Bytes

extension BMFFStore {
  /// Patches of a segment index (ISO/IEC 14496-12 section 8.16.3), whose numbers are lengths: a part
  /// into which a Merkle box goes is longer for it.
  static func segmentIndexPatches(
    _ box: BMFFBox, of source: any ByteSource, _ map: OffsetMap
  ) throws(ContainerError) -> [AssetEdit] {
    var reader = FieldReader(try source.exactly(box.payload), at: box.payload.lowerBound)
    let version = try reader.read(1)
    try reader.skip(3 + 8)
    let width = version == 0 ? 4 : 8
    try reader.skip(width)
    let firstPlace = reader.offset
    let first = try reader.read(width)
    try reader.skip(2)
    let count = try reader.read(2)
    // Everything counts from the end of the index, which keeps its own length.
    let end = box.range.upperBound
    let newEnd = map.newOffset(box.range.lowerBound) + box.range.count
    // The parts may be in another file, so this one's length is no bound; no file's is beyond this one.
    guard first <= 1 << 62 else {
      throw .malformed(offset: firstPlace, reason: "an offset does not fit any file")
    }
    var position = end + first
    var start = map.newBoundary(position)
    var edits: [AssetEdit] = []
    guard start >= newEnd else {
      throw .malformed(offset: firstPlace, reason: "a segment index points before itself")
    }
    if start - newEnd != first {
      edits.append(try field(start - newEnd, at: firstPlace, width: width))
    }
    for _ in 0..<count {
      let place = reader.offset
      let value = try reader.read(4)
      try reader.skip(8)
      let length = value & 0x7FFF_FFFF
      position += length
      let next = map.newBoundary(position)
      guard next >= start, next - start <= 0x7FFF_FFFF else {
        throw .malformed(offset: place, reason: "a segment would outgrow its index")
      }
      if next - start != length {
        edits.append(try field(value & 0x8000_0000 | (next - start), at: place, width: 4))
      }
      start = next
    }
    return edits
  }
}
