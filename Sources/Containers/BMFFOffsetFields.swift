import Bytes

/// Big-endian fields of 0 to 8 bytes out of a box's payload, with their places in the file.
struct FieldReader {
  private let bytes: [UInt8]
  private let base: Int
  private var cursor: ByteCursor

  /// `base` is where `bytes` lie in the file.
  init(_ bytes: [UInt8], at base: Int) {
    self.bytes = bytes
    self.base = base
    cursor = ByteCursor(0..<bytes.count)
  }

  /// Where the next field lies in the file.
  var offset: Int { base + cursor.position }

  mutating func skip(_ count: Int) throws(ContainerError) { _ = try range(count) }

  /// A value that does not fit `Int` is malformed: no file is that long.
  mutating func read(_ width: Int) throws(ContainerError) -> Int {
    let place = offset
    var value: UInt64 = 0
    for index in try range(width) { value = value << 8 | UInt64(bytes[index]) }
    guard let result = Int(exactly: value) else {
      throw .malformed(offset: place, reason: "an offset does not fit any file")
    }
    return result
  }

  private mutating func range(_ count: Int) throws(ContainerError) -> Range<Int> {
    do { return try cursor.readRange(count) } catch {
      throw .malformed(offset: offset, reason: "a table is longer than its box")
    }
  }
}

extension BMFFStore {
  private static let fieldTableLimit = 16 << 20

  /// Patches of the absolute offsets in `box` other than chunk offsets: `tfhd`, `tfra`, `saio`
  /// of a sample table (inside a fragment they are relative), and `iloc`.
  static func fieldPatches(
    box: BMFFBox, parent: BMFFBox?, of source: any ByteSource, newOffset: (Int) -> Int
  ) throws(ContainerError) -> [AssetEdit] {
    switch box.type {
    case "tfhd", "tfra", "iloc": break
    case "saio" where parent?.type == "stbl": break
    case "meta": return try metaPatches(box, of: source, newOffset: newOffset)
    default: return []
    }
    guard box.payload.count <= fieldTableLimit else {
      throw .overBudget(
        offset: box.range.lowerBound,
        reason: "a \(box.type) box has more than \(fieldTableLimit) bytes")
    }
    var reader = FieldReader(try source.exactly(box.payload), at: box.payload.lowerBound)
    let version = try reader.read(1)
    let flags = try reader.read(3)
    switch box.type {
    case "tfhd":
      guard flags & 1 != 0 else { return [] }
      try reader.skip(4)
      return try patch(&reader, width: 8, newOffset)
    case "tfra":
      return try fragmentIndexPatches(&reader, version: version, newOffset)
    case "saio":
      if flags & 1 != 0 { try reader.skip(8) }
      let count = try reader.read(4)
      var edits: [AssetEdit] = []
      for _ in 0..<count {
        edits += try patch(&reader, width: version == 0 ? 4 : 8, newOffset)
      }
      return edits
    default:
      return try itemLocationPatches(&reader, version: version, newOffset)
    }
  }

  /// `meta` is a full box around boxes in ISO files. In QuickTime files it has no version and begins
  /// with `hdlr`; those hold no `iloc`.
  private static func metaPatches(
    _ box: BMFFBox, of source: any ByteSource, newOffset: (Int) -> Int
  ) throws(ContainerError) -> [AssetEdit] {
    guard box.payload.count > 12 else { return [] }
    let head = try source.exactly(box.payload.lowerBound..<box.payload.lowerBound + 8)
    guard !head.span.matches(Array("hdlr".utf8), at: 4) else { return [] }
    var budget = 10_000
    let children = try BMFFBoxTree.boxes(
      in: box.payload.lowerBound + 4..<box.payload.upperBound, of: source, depth: 1,
      descend: false, limits: BMFFBoxTree.Limits(), budget: &budget)
    var edits: [AssetEdit] = []
    for child in children where child.type == "iloc" {
      edits += try fieldPatches(box: child, parent: box, of: source, newOffset: newOffset)
    }
    return edits
  }

  private static func fragmentIndexPatches(
    _ reader: inout FieldReader, version: Int, _ newOffset: (Int) -> Int
  ) throws(ContainerError) -> [AssetEdit] {
    try reader.skip(4)
    let lengths = try reader.read(4)
    let numbers = (lengths >> 4 & 3) + (lengths >> 2 & 3) + (lengths & 3) + 3
    let count = try reader.read(4)
    var edits: [AssetEdit] = []
    for _ in 0..<count {
      try reader.skip(version == 1 ? 8 : 4)
      edits += try patch(&reader, width: version == 1 ? 8 : 4, newOffset)
      try reader.skip(numbers)
    }
    return edits
  }

  /// ISO/IEC 14496-12 section 8.11.3.
  private static func itemLocationPatches(
    _ reader: inout FieldReader, version: Int, _ newOffset: (Int) -> Int
  ) throws(ContainerError) -> [AssetEdit] {
    guard version <= 2 else {
      throw .malformed(offset: reader.offset, reason: "an iloc box has an unknown version")
    }
    let sizes = try reader.read(2)
    let offsetSize = sizes >> 12
    let lengthSize = sizes >> 8 & 15
    let baseSize = sizes >> 4 & 15
    let indexSize = version == 0 ? 0 : sizes & 15
    guard [offsetSize, lengthSize, baseSize, indexSize].allSatisfy({ [0, 4, 8].contains($0) })
    else { throw .malformed(offset: reader.offset, reason: "an iloc field has an odd size") }
    let count = try reader.read(version == 2 ? 4 : 2)
    var edits: [AssetEdit] = []
    for _ in 0..<count {
      try reader.skip(version == 2 ? 4 : 2)
      let method = version == 0 ? 0 : try reader.read(2) & 15
      let isHere = try reader.read(2) == 0 && method == 0
      let basePlace = reader.offset
      let base = try reader.read(baseSize)
      var baseGrowth: Int?
      let extents = try reader.read(2)
      // Extents without a field are all the same, and cost the file nothing.
      let isEmpty = indexSize + offsetSize + lengthSize == 0
      for _ in 0..<(isEmpty ? min(extents, 1) : extents) {
        try reader.skip(indexSize)
        let place = reader.offset
        let extent = try reader.read(offsetSize)
        try reader.skip(lengthSize)
        guard isHere else { continue }
        let (old, overflow) = base.addingReportingOverflow(extent)
        guard !overflow else {
          throw .malformed(offset: place, reason: "an offset does not fit any file")
        }
        let growth = newOffset(old) - old
        if base > 0 {
          guard baseGrowth == nil || baseGrowth == growth else {
            throw .malformed(
              offset: place, reason: "one item's extents would move by different amounts")
          }
          baseGrowth = growth
        } else if growth != 0 {
          edits.append(try field(extent + growth, at: place, width: offsetSize))
        }
      }
      if let baseGrowth, baseGrowth != 0 {
        edits.append(try field(base + baseGrowth, at: basePlace, width: baseSize))
      }
    }
    return edits
  }

  private static func patch(
    _ reader: inout FieldReader, width: Int, _ newOffset: (Int) -> Int
  ) throws(ContainerError) -> [AssetEdit] {
    let place = reader.offset
    let old = try reader.read(width)
    let new = newOffset(old)
    return new == old ? [] : [try field(new, at: place, width: width)]
  }

  static func field(
    _ value: Int, at place: Int, width: Int
  ) throws(ContainerError) -> AssetEdit {
    // Below zero where an item's base lies before what is taken away, and its extents behind.
    guard value >= 0 else {
      throw .malformed(offset: place, reason: "an offset would lie before the file")
    }
    var bytes: [UInt8] = []
    bytes.appendBigEndian(UInt64(value))
    guard width > 0, bytes.dropLast(width).allSatisfy({ $0 == 0 }) else {
      throw .malformed(offset: place, reason: "an offset outgrows its field")
    }
    return AssetEdit(range: place..<place + width, replacement: Array(bytes.suffix(width)))
  }
}
