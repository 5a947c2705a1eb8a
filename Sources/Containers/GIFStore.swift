import Bytes

/// The application extension that carries a manifest store in GIF files (C2PA 2.5 appendix A;
/// GIF89a sections 15 to 26).
enum GIFStore {
  private static let identifier = Array("C2PA_GIF".utf8) + [0x01, 0x00, 0x00]
  /// Blocks and sub-blocks; an animation of 100 MB has some 400 000 sub-blocks of 255 bytes.
  private static let blockLimit = 1_000_000

  static func locate(in source: any ByteSource) throws(ContainerError) -> EmbeddedStore? {
    var found: [EmbeddedStore.Part] = []
    for range in try extensions(identifier, in: source) {
      let store = try content(of: range, in: source)
      found.append(
        try EmbeddedStore.part(of: store, purpose: .manifest, ranges: [range]).part)
    }
    guard found.count <= 1 else {
      throw .multipleStores(offsets: found.map(\.ranges[0].lowerBound))
    }
    return found.isEmpty ? nil : EmbeddedStore(parts: found)
  }

  /// The application extensions with `identifier`, terminators included.
  static func extensions(
    _ identifier: [UInt8], in source: any ByteSource
  ) throws(ContainerError) -> [Range<Int>] {
    var window = ByteWindow(source)
    var budget = blockLimit
    var position = try firstBlock(of: source)
    var found: [Range<Int>] = []
    while let introducer = try window.byte(at: position), introducer != 0x3B {
      let start = position
      switch introducer {
      case 0x21:
        let label = try window.byte(at: position + 1)
        let name = try source.upTo(identifier.count + 1, at: position + 2)
        let isWanted =
          label == 0xFF && name.first == 11 && Array(name.dropFirst()) == identifier
        position = try skipSubBlocks(
          from: position + (isWanted ? 14 : 2), &window, &budget)
        if isWanted { found.append(start..<position) }
      case 0x2C:
        guard let packed = try window.byte(at: position + 9) else {
          throw .malformed(offset: position, reason: "a picture of the GIF is cut off")
        }
        position = try skipSubBlocks(
          from: position + 11 + tableLength(packed), &window, &budget)
      default:
        throw .malformed(offset: position, reason: "a GIF block is of no known kind")
      }
    }
    return found
  }

  /// Where the first block begins: behind header, screen descriptor and global colour table.
  static func firstBlock(of source: any ByteSource) throws(ContainerError) -> Int {
    let offset = 13 + tableLength(try source.exactly(0..<13)[10])
    guard offset <= source.count else {
      throw .malformed(offset: 13, reason: "the colour table is cut off")
    }
    return offset
  }

  /// The extension around `store`, in sub-blocks of 255 bytes.
  static func frame(_ store: [UInt8]) -> [UInt8] {
    var block: [UInt8] = [0x21, 0xFF, UInt8(identifier.count)] + identifier
    block.reserveCapacity(store.count + store.count / 255 + 16)
    for start in stride(from: 0, to: store.count, by: 255) {
      let part = store[start..<min(start + 255, store.count)]
      block.append(UInt8(part.count))
      block += part
    }
    return block + [0]
  }

  /// Behind the global colour table, so before the first picture.
  static func edits(
    _ source: any ByteSource, inserting framed: [UInt8]
  ) throws(ContainerError) -> (offset: Int, edits: [AssetEdit]) {
    let offset = try firstBlock(of: source)
    let old = try locate(in: source)?.ranges ?? []
    // Extensions came with version 89a.
    let version = AssetEdit(range: 4..<5, replacement: Array("9".utf8))
    return (
      offset,
      [version, AssetEdit(range: offset..<offset, replacement: framed)]
        + old.map { AssetEdit(range: $0, replacement: []) }
    )
  }

  private static func tableLength(_ packed: UInt8) -> Int {
    packed & 0x80 == 0 ? 0 : 3 << (Int(packed & 7) + 1)
  }

  private static func skipSubBlocks(
    from offset: Int, _ window: inout ByteWindow, _ budget: inout Int
  ) throws(ContainerError) -> Int {
    var position = offset
    while let length = try window.byte(at: position) {
      position += 1 + Int(length)
      if length == 0 { return position }
      budget -= 1
      guard budget >= 0 else {
        throw .overBudget(offset: offset, reason: "the GIF has more than \(blockLimit) blocks")
      }
    }
    throw .malformed(offset: offset, reason: "a GIF block is cut off")
  }

  /// What the sub-blocks of an application extension hold.
  private static func content(
    of range: Range<Int>, in source: any ByteSource
  ) throws(ContainerError) -> [UInt8] {
    var window = ByteWindow(source)
    var store: [UInt8] = []
    var position = range.lowerBound + 14
    while let length = try window.byte(at: position), length > 0 {
      for index in 0..<Int(length) {
        guard let byte = try window.byte(at: position + 1 + index) else { break }
        store.append(byte)
      }
      guard store.count <= EmbeddedStore.byteLimit else {
        throw EmbeddedStore.tooLarge(at: range.lowerBound, length: store.count)
      }
      position += 1 + Int(length)
    }
    return store
  }
}
