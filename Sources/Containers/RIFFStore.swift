import Bytes

/// The `C2PA` chunk that carries a manifest store in RIFF files: WAV, AVI, WebP (C2PA 2.5 appendix
/// A).
enum RIFFStore {
  /// A WAV or WebP file has some dozens of chunks; an AVI's frames are inside one of them.
  private static let chunkLimit = 100_000

  static func locate(in source: any ByteSource) throws(ContainerError) -> EmbeddedStore? {
    let head = try source.exactly(0..<12)
    // A file cut short, or an AVI whose first part is followed by others.
    let end = min(source.count, 8 + Int(littleEndian(head, at: 4)))
    var carriers: [Range<Int>] = []
    var position = 12
    var count = 0
    while position + 8 <= end {
      count += 1
      guard count <= chunkLimit else {
        throw .overBudget(
          offset: position, reason: "the file has more than \(chunkLimit) chunks")
      }
      let chunk = try source.exactly(position..<position + 8)
      let length = Int(littleEndian(chunk, at: 4))
      if chunk.span.matches(Array("C2PA".utf8), at: 0) {
        guard length <= end - position - 8 else {
          throw .malformed(offset: position, reason: "the C2PA chunk runs past the end")
        }
        carriers.append(position..<position + 8 + length)
      }
      // Chunks are padded to an even length.
      position += 8 + length + length % 2
    }
    guard let carrier = carriers.first else { return nil }
    guard carriers.count == 1 else {
      throw .multipleStores(offsets: carriers.map(\.lowerBound))
    }
    guard carrier.count - 8 <= EmbeddedStore.byteLimit else {
      throw EmbeddedStore.tooLarge(at: carrier.lowerBound, length: carrier.count - 8)
    }
    let payload = try source.exactly(carrier.lowerBound + 8..<carrier.upperBound)
    return EmbeddedStore(
      parts: [try EmbeddedStore.part(of: payload, purpose: .manifest, ranges: [carrier]).part])
  }

  private static func littleEndian(_ bytes: [UInt8], at offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
  }
}
