import Bytes

/// The directory entry that carries a manifest store in TIFF and DNG files (C2PA 2.5 appendix
/// A; TIFF 6.0 section 2).
enum TIFFStore {
  private static let tag: UInt32 = 0xCD41
  /// The type "undefined": bytes.
  private static let undefinedType: UInt32 = 7
  /// Pages of the longest scans; a chain that is longer runs in a circle.
  private static let directoryLimit = 1000

  /// The chain of directories, as far as the store is concerned.
  private struct Chain {
    let isLittle: Bool
    /// Entries of the last directory, where it lies, and where its offset is stored.
    var entries: [UInt8] = []
    var last = 0..<0
    var pointer = 4
    /// The stores, and in which directory their entries are.
    var stores: [(range: Range<Int>, directory: Int)] = []

    func value(_ bytes: [UInt8], _ offset: Int, _ width: Int) -> UInt32 {
      (0..<width).reduce(0) {
        $0 << 8 | UInt32(bytes[offset + (isLittle ? width - 1 - $1 : $1)])
      }
    }

    func bytes(_ value: UInt32, _ width: Int) -> [UInt8] {
      let bytes = (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
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
    var chain = Chain(isLittle: head[0] == 0x49)
    var next = Int(chain.value(head, 4, 4))
    var count = 0
    while next != 0 {
      count += 1
      guard count <= directoryLimit else {
        throw .overBudget(
          offset: next, reason: "the file has more than \(directoryLimit) directories")
      }
      if count > 1 { chain.pointer = chain.last.upperBound - 4 }
      let length = Int(chain.value(try source.exactly(next..<next + 2), 0, 2)) * 12
      let start = next + 2
      let table = try source.exactly(start..<start + length + 4)
      chain.entries = Array(table[..<length])
      chain.last = next..<start + length + 4
      for entry in stride(from: 0, to: length, by: 12)
      where chain.value(table, entry, 2) == tag
        && chain.value(table, entry + 2, 2) == undefinedType
      {
        let size = Int(chain.value(table, entry + 4, 4))
        let offset = Int(chain.value(table, entry + 8, 4))
        guard size > 4, offset <= source.count, size <= source.count - offset else {
          throw .malformed(
            offset: start + entry, reason: "the manifest store's entry points out of the file")
        }
        chain.stores.append((offset..<offset + size, next))
      }
      next = Int(chain.value(table, length, 4))
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
      let pointer = chain.pointer..<chain.pointer + 4
      guard old.range.lowerBound >= 8, !old.range.overlaps(pointer) else {
        throw .malformed(
          offset: old.range.lowerBound, reason: "the manifest store overlaps a directory")
      }
      let box = try source.upTo(8, at: old.range.lowerBound)
      let isStore = box.span.matches(Array("jumb".utf8), at: 4)
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
    guard end > chain.pointer + 3 else {
      throw .malformed(offset: chain.pointer, reason: "the manifest store holds a directory")
    }
    var entries = stride(from: 0, to: chain.entries.count, by: 12)
      .map { Array(chain.entries[$0..<$0 + 12]) }
      .filter { chain.value($0, 0, 2) != tag }
    // Directories begin at even offsets and are sorted by tag.
    let directory = end + end % 2
    let offset = directory + 2 + (entries.count + 1) * 12 + 4
    guard let place = UInt32(exactly: offset), UInt32(exactly: offset + store.count) != nil else {
      throw .overBudget(offset: end, reason: "a TIFF file has at most 4 GiB")
    }
    let entry =
      chain.bytes(tag, 2) + chain.bytes(undefinedType, 2)
      + chain.bytes(UInt32(store.count), 4) + chain.bytes(place, 4)
    entries.insert(
      entry, at: entries.firstIndex { chain.value($0, 0, 2) > tag } ?? entries.count)
    guard let count = UInt16(exactly: entries.count) else {
      throw .overBudget(offset: chain.last.lowerBound, reason: "the directory is full")
    }
    let appended =
      [UInt8](repeating: 0, count: end % 2) + chain.bytes(UInt32(count), 2)
      + entries.flatMap { $0 } + [0, 0, 0, 0] + store
    edits += [
      AssetEdit(
        range: chain.pointer..<chain.pointer + 4,
        replacement: chain.bytes(UInt32(directory), 4)),
      AssetEdit(range: end..<source.count, replacement: appended),
    ]
    return (offset, edits)
  }
}
