import Bytes

/// The application extension that carries a manifest store in GIF files (C2PA 2.5 appendix A;
/// GIF89a sections 15 to 26).
enum GIFStore {
  private static let identifier = Array("C2PA_GIF".utf8) + [0x01, 0x00, 0x00]

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
    let head = [UInt8(identifier.count)] + identifier
    var found: [Range<Int>] = []
    for block in try GIFBlocks(source).blocks where block.name == "21FF" {
      if try source.upTo(head.count, at: block.range.lowerBound + 2) == head {
        found.append(block.range)
      }
    }
    return found
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
    let offset = try GIFBlocks.firstBlock(of: source)
    let old = try locate(in: source)?.ranges ?? []
    // Extensions came with version 89a.
    let version = AssetEdit(range: 4..<5, replacement: Array("9".utf8))
    return (
      offset,
      [version, AssetEdit(range: offset..<offset, replacement: framed)]
        + old.map { AssetEdit(range: $0, replacement: []) }
    )
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
