import Bytes

/// The directory entry that carries a manifest store in TIFF and DNG files (C2PA 2.5 appendix
/// A; TIFF 6.0 section 2).
enum TIFFStore {
  private static let tag: UInt32 = 0xCD41
  /// The type "undefined": bytes.
  private static let undefinedType: UInt32 = 7
  /// Pages of the longest scans; a chain that is longer runs in a circle.
  private static let directoryLimit = 1000

  static func locate(in source: any ByteSource) throws(ContainerError) -> EmbeddedStore? {
    let head = try source.exactly(0..<8)
    let isLittle = head[0] == 0x49
    func value(_ bytes: [UInt8], _ offset: Int, _ width: Int) -> UInt32 {
      (0..<width).reduce(0) {
        $0 << 8 | UInt32(bytes[offset + (isLittle ? width - 1 - $1 : $1)])
      }
    }
    var next = Int(value(head, 4, 4))
    var found: [Range<Int>] = []
    var count = 0
    while next != 0 {
      count += 1
      guard count <= directoryLimit else {
        throw .overBudget(
          offset: next, reason: "the file has more than \(directoryLimit) directories")
      }
      let entries = Int(value(try source.exactly(next..<next + 2), 0, 2))
      let start = next + 2
      let table = try source.exactly(start..<start + entries * 12 + 4)
      for entry in stride(from: 0, to: entries * 12, by: 12)
      where value(table, entry, 2) == tag && value(table, entry + 2, 2) == undefinedType {
        let length = Int(value(table, entry + 4, 4))
        let offset = Int(value(table, entry + 8, 4))
        guard length > 4, offset <= source.count, length <= source.count - offset else {
          throw .malformed(
            offset: start + entry, reason: "the manifest store's entry points out of the file")
        }
        found.append(offset..<offset + length)
      }
      next = Int(value(table, entries * 12, 4))
    }
    guard let range = found.first else { return nil }
    guard found.count == 1 else { throw .multipleStores(offsets: found.map(\.lowerBound)) }
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
}
