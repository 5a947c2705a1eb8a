import Bytes

/// The directory entry that carries a manifest store in TIFF and DNG files (C2PA 2.5 appendix
/// A; TIFF 6.0 section 2), also in BigTIFF, whose counts and offsets have 64 bits.
enum TIFFStore {
  private static let tag: UInt64 = 0xCD41
  /// The type "undefined": bytes.
  private static let undefinedType: UInt64 = 7
  /// Pages of the longest scans; a chain that is longer runs in a circle.
  private static let directoryLimit = 1000
  /// All that 16 bits can count, in either kind of file.
  private static let entryLimit = 0xFFFF

  /// The chain of directories, as far as the store is concerned.
  private struct Chain {
    let isLittle: Bool
    let isBig: Bool
    /// Bytes of a directory's count of entries, of one entry, and of a count or an offset in it.
    var countWidth: Int { isBig ? 8 : 2 }
    var entryWidth: Int { isBig ? 20 : 12 }
    var offsetWidth: Int { isBig ? 8 : 4 }
    /// Entries of the last directory, where it lies, and where its offset is stored.
    var entries: [UInt8] = []
    var last = 0..<0
    var pointer: Int
    /// Where those before the last one lie.
    var earlier: [Range<Int>] = []
    /// The stores, and in which directory their entries are.
    var stores: [(range: Range<Int>, directory: Int)] = []

    init(_ head: [UInt8]) {
      isLittle = head[0] == 0x49
      isBig = head[2] == 0x2B || head[3] == 0x2B
      pointer = isBig ? 8 : 4
    }

    func value(_ bytes: [UInt8], _ offset: Int, _ width: Int) -> UInt64 {
      (0..<width).reduce(0) {
        $0 << 8 | UInt64(bytes[offset + (isLittle ? width - 1 - $1 : $1)])
      }
    }

    /// A place in the file; one that no file has is behind any end.
    func place(_ bytes: [UInt8], _ offset: Int) -> Int {
      Int(min(value(bytes, offset, offsetWidth), 1 << 62))
    }

    func bytes(_ value: Int, _ width: Int) -> [UInt8] {
      let bytes = (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
      return isLittle ? bytes : bytes.reversed()
    }
  }

  static func locate(in source: any ByteSource) throws(ContainerError) -> EmbeddedStore? {
    let stores = try chain(of: source).stores
    guard let range = stores.first?.range else { return nil }
    guard stores.count == 1 else {
      throw .multipleStores(offsets: stores.map(\.range.lowerBound))
    }
    guard range.count <= EmbeddedStore.byteLimit else {
      throw EmbeddedStore.tooLarge(at: range.lowerBound, length: range.count)
    }
    return EmbeddedStore(
      parts: [
        try EmbeddedStore.part(
          of: source.exactly(range), purpose: .manifest, ranges: [range]
        ).part
      ])
  }

  private static func chain(of source: any ByteSource) throws(ContainerError) -> Chain {
    let head = try source.exactly(0..<8)
    var chain = Chain(head)
    let width = chain.offsetWidth
    if chain.isBig, chain.value(head, 4, 2) != 8 || chain.value(head, 6, 2) != 0 {
      throw .malformed(offset: 4, reason: "a BigTIFF file has offsets of 8 bytes")
    }
    var next = chain.place(
      try source.exactly(chain.pointer..<chain.pointer + width), 0)
    var count = 0
    while next != 0 {
      count += 1
      guard count <= directoryLimit else {
        throw .overBudget(
          offset: next, reason: "the file has more than \(directoryLimit) directories")
      }
      guard next <= source.count else {
        throw .malformed(offset: chain.pointer, reason: "a directory lies behind the end")
      }
      if count > 1 {
        chain.pointer = chain.last.upperBound - width
        chain.earlier.append(chain.last)
      }
      let start = next + chain.countWidth
      let number = chain.value(try source.exactly(next..<start), 0, chain.countWidth)
      guard number <= UInt64(entryLimit) else {
        throw .overBudget(offset: next, reason: "a directory has more than \(entryLimit) entries")
      }
      let length = Int(number) * chain.entryWidth
      let table = try source.exactly(start..<start + length + width)
      chain.entries = Array(table[..<length])
      chain.last = next..<start + length + width
      for entry in stride(from: 0, to: length, by: chain.entryWidth)
      where chain.value(table, entry, 2) == tag
        && chain.value(table, entry + 2, 2) == undefinedType
      {
        let size = chain.place(table, entry + 4)
        let offset = chain.place(table, entry + 4 + width)
        // What is no longer than an offset stands in its place.
        guard size > width, offset <= source.count, size <= source.count - offset else {
          throw .malformed(
            offset: start + entry, reason: "the manifest store's entry points out of the file")
        }
        chain.stores.append((offset..<offset + size, next))
      }
      next = chain.place(table, length)
    }
    return chain
  }

  /// At the end of the file, behind a copy of the last directory with one more entry, so that
  /// nothing else moves.
  static func edits(
    _ source: any ByteSource, inserting store: [UInt8]
  ) throws(ContainerError) -> (offset: Int, edits: [AssetEdit]) {
    let chain = try chain(of: source)
    guard !chain.last.isEmpty else {
      throw .malformed(offset: 4, reason: "the file has no directory")
    }
    guard chain.stores.count <= 1 else {
      throw .multipleStores(offsets: chain.stores.map(\.range.lowerBound))
    }
    let (size, width) = (chain.entryWidth, chain.offsetWidth)
    let pointer = chain.pointer..<chain.pointer + width
    // The last directory's offset will change, and nothing else may stand in the same bytes.
    let header = chain.isBig ? 16 : 8
    guard chain.earlier.count(where: { $0.overlaps(pointer) }) == min(1, chain.earlier.count),
      chain.earlier.isEmpty || pointer.lowerBound >= header
    else { throw .malformed(offset: pointer.lowerBound, reason: "directories overlap") }
    var edits: [AssetEdit] = []
    var end = source.count
    if let old = chain.stores.first {
      guard old.directory == chain.last.lowerBound else {
        throw .unsupported(
          format: "replacing credentials that are not in a TIFF file's last directory")
      }
      guard old.range.count <= EmbeddedStore.byteLimit else {
        throw EmbeddedStore.tooLarge(at: old.range.lowerBound, length: old.range.count)
      }
      let box = try source.upTo(8, at: old.range.lowerBound)
      let isStore = box.span.matches(Array("jumb".utf8), at: 4)
      guard old.range.lowerBound >= (isStore ? header : 8), !old.range.overlaps(pointer),
        !isStore || !chain.earlier.contains(where: old.range.overlaps)
      else {
        throw .malformed(
          offset: old.range.lowerBound, reason: "the manifest store overlaps a directory")
      }
      if !isStore {
        // What else an entry may point at is not ours to take away.
      } else if old.range.upperBound == end {
        // A directory in front of it is the copy that was made for it.
        end =
          old.range.lowerBound == chain.last.upperBound
          ? chain.last.lowerBound : old.range.lowerBound
      } else {
        // Other offsets of the file must stay true.
        edits.append(
          AssetEdit(
            range: old.range, replacement: [UInt8](repeating: 0, count: old.range.count)))
      }
    }
    guard end >= pointer.upperBound, chain.earlier.allSatisfy({ $0.upperBound <= end }) else {
      throw .malformed(offset: chain.pointer, reason: "the manifest store holds a directory")
    }
    var entries = stride(from: 0, to: chain.entries.count, by: size)
      .map { Array(chain.entries[$0..<$0 + size]) }
      .filter { chain.value($0, 0, 2) != tag }
    // Directories begin at even offsets and are sorted by tag.
    let directory = end + end % 2
    let offset = directory + chain.countWidth + (entries.count + 1) * size + width
    guard chain.isBig || UInt32(exactly: offset + store.count) != nil else {
      throw .overBudget(offset: end, reason: "a TIFF file has at most 4 GiB")
    }
    let entry =
      chain.bytes(Int(tag), 2) + chain.bytes(Int(undefinedType), 2)
      + chain.bytes(store.count, width) + chain.bytes(offset, width)
    entries.insert(
      entry, at: entries.firstIndex { chain.value($0, 0, 2) > tag } ?? entries.count)
    guard entries.count <= entryLimit else {
      throw .overBudget(offset: chain.last.lowerBound, reason: "the directory is full")
    }
    let appended =
      [UInt8](repeating: 0, count: end % 2) + chain.bytes(entries.count, chain.countWidth)
      + entries.flatMap { $0 } + [UInt8](repeating: 0, count: width) + store
    edits += [
      AssetEdit(
        range: pointer, replacement: chain.bytes(directory, width)),
      AssetEdit(range: end..<source.count, replacement: appended),
    ]
    return (offset, edits)
  }
}
