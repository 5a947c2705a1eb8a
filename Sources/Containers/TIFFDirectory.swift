import Bytes

/// One image file directory of a TIFF structure, and how an entry is set in it (TIFF 6.0 section 2).
/// The same structure holds the EXIF data of JPEG and WebP files.
struct TIFFDirectory {
  /// Types of values.
  enum ValueType: UInt32 {
    case byte = 1
    case undefined = 7
    case long = 4
  }

  /// A directory has at most 65,535 entries of 12 bytes; real ones have some dozens.
  private static let entryLimit = 4096

  let isLittle: Bool
  /// Where the four bytes that lead to this directory lie.
  let pointer: Int
  let range: Range<Int>
  private(set) var entries: [[UInt8]]
  private let next: [UInt8]

  /// The directory that the four bytes at `pointer` lead to; nil where they lead nowhere.
  init?(_ source: any ByteSource, at pointer: Int = 4) throws(ContainerError) {
    let head = try source.exactly(0..<4)
    isLittle = head.span.matches([0x49, 0x49, 0x2A, 0], at: 0)
    guard isLittle || head.span.matches([0x4D, 0x4D, 0, 0x2A], at: 0) else {
      throw .malformed(offset: 0, reason: "the TIFF header is missing")
    }
    self.pointer = pointer
    let start = Int(Self.value(try source.exactly(pointer..<pointer + 4)[...], isLittle))
    guard start != 0 else { return nil }
    let count = Int(Self.value(try source.exactly(start..<start + 2)[...], isLittle))
    guard count <= Self.entryLimit else {
      throw .overBudget(
        offset: start, reason: "a directory has more than \(Self.entryLimit) entries")
    }
    range = start..<start + 2 + count * 12 + 4
    let table = try source.exactly(range)
    entries = (0..<count).map { Array(table[2 + $0 * 12..<14 + $0 * 12]) }
    next = Array(table.suffix(4))
  }

  /// An empty directory that stands nowhere yet.
  private init(isLittle: Bool) {
    (self.isLittle, pointer, range, entries, next) = (isLittle, 0, 0..<0, [], [0, 0, 0, 0])
  }

  private static func value(_ bytes: ArraySlice<UInt8>, _ isLittle: Bool) -> UInt32 {
    (isLittle ? Array(bytes.reversed()) : Array(bytes)).reduce(0) { $0 << 8 | UInt32($1) }
  }

  private func stored(_ value: UInt32, _ width: Int) -> [UInt8] {
    let bytes = (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    return isLittle ? bytes : bytes.reversed()
  }

  private func tag(_ entry: [UInt8]) -> UInt32 { Self.value(entry[0..<2], isLittle) }

  /// The index of the entry with `tag`.
  func index(of tag: UInt32) -> Int? { entries.firstIndex { self.tag($0) == tag } }

  /// The bytes of an entry whose values are bytes; nil where there is none.
  func bytes(
    of tag: UInt32, in source: any ByteSource, limit: Int
  ) throws(ContainerError) -> [UInt8]? {
    guard let index = index(of: tag) else { return nil }
    let entry = entries[index]
    let type = Self.value(entry[2..<4], isLittle)
    guard type == ValueType.byte.rawValue || type == ValueType.undefined.rawValue else {
      return nil
    }
    let count = Int(Self.value(entry[4..<8], isLittle))
    guard count <= limit else {
      throw .overBudget(
        offset: range.lowerBound, reason: "a directory's value has more than \(limit) bytes")
    }
    if count <= 4 { return Array(entry[8..<8 + count]) }
    let offset = Int(Self.value(entry[8..<12], isLittle))
    return try source.exactly(offset..<offset + count)
  }

  /// The directory that an entry of this one points at, such as the EXIF directory.
  func subdirectory(
    _ tag: UInt32, in source: any ByteSource
  ) throws(ContainerError) -> TIFFDirectory? {
    guard let index = index(of: tag) else { return nil }
    return try TIFFDirectory(source, at: range.lowerBound + 2 + index * 12 + 8)
  }

  private mutating func set(_ tag: UInt32, _ type: ValueType, count: UInt32, value: [UInt8]) {
    let others = entries.filter { self.tag($0) != tag }
    let entry = stored(tag, 2) + stored(type.rawValue, 2) + stored(count, 4) + value
    // Entries are sorted by tag.
    let place = others.firstIndex { self.tag($0) > tag } ?? others.count
    entries = Array(others[..<place]) + [entry] + Array(others[place...])
  }

  private var table: [UInt8] {
    stored(UInt32(entries.count), 2) + entries.flatMap { $0 } + next
  }

  /// The edits that give `tag` of the first directory the bytes `value`, or `tag` of the directory
  /// that `parent` of the first points at. What changes is copied behind the end, so that nothing
  /// that other offsets point at moves.
  static func edits(
    _ source: any ByteSource, setting tag: UInt32, to value: [UInt8], type: ValueType,
    under parent: UInt32? = nil
  ) throws(ContainerError) -> [AssetEdit] {
    guard let first = try TIFFDirectory(source) else {
      throw .malformed(offset: 4, reason: "the file has no directory")
    }
    var target = first
    if let parent {
      target =
        try first.subdirectory(parent, in: source) ?? TIFFDirectory(isLittle: first.isLittle)
    }
    let start = source.count + source.count % 2
    let padded = value + [UInt8](repeating: 0, count: value.count % 2)
    guard value.count > 4, UInt32(exactly: start + padded.count + 1 << 17) != nil else {
      throw .overBudget(offset: source.count, reason: "a TIFF structure has at most 4 GiB")
    }
    var appended = [UInt8](repeating: 0, count: source.count % 2) + padded
    target.set(
      tag, type, count: UInt32(value.count), value: first.stored(UInt32(start), 4))
    var place = start + padded.count
    appended += target.table
    if let parent, target.pointer == 0 {
      // The file had no such directory: the first one gets an entry that leads to it.
      var copy = first
      copy.set(parent, .long, count: 1, value: first.stored(UInt32(place), 4))
      place += target.table.count
      appended += copy.table
      target = first
    }
    return [
      AssetEdit(
        range: target.pointer..<target.pointer + 4,
        replacement: first.stored(UInt32(place), 4)),
      AssetEdit(range: source.count..<source.count, replacement: appended),
    ]
  }
}
