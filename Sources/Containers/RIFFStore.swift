import Bytes

/// The `C2PA` chunk that carries a manifest store in RIFF files: WAV, AVI, WebP (C2PA 2.5 appendix
/// A).
enum RIFFStore {
  /// A WAV or WebP file has some dozens of chunks; an AVI's frames are inside one of them.
  private static let chunkLimit = 100_000

  /// The `C2PA` chunks of the first RIFF chunk, without their pad bytes, and where its chunks end.
  private struct Walk {
    var carriers: [Range<Int>] = []
    /// Behind the last chunk and its pad byte, which may be missing from the file.
    var end = 12
  }

  static func locate(in source: any ByteSource) throws(ContainerError) -> EmbeddedStore? {
    let carriers = try walk(source).carriers
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

  private static func walk(_ source: any ByteSource) throws(ContainerError) -> Walk {
    let head = try source.exactly(0..<12)
    // A file cut short, or an AVI whose first part is followed by others.
    let end = min(source.count, 8 + Int(littleEndian(head, at: 4)))
    var walk = Walk()
    var count = 0
    while walk.end + 8 <= end {
      let position = walk.end
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
        walk.carriers.append(position..<position + 8 + length)
      }
      // Chunks are padded to an even length.
      walk.end += 8 + length + length % 2
    }
    return walk
  }

  /// A chunk around `store` without its pad byte, which the hash of the content covers.
  static func frame(_ store: [UInt8]) -> [UInt8] {
    Array("C2PA".utf8) + littleEndian(UInt32(store.count)) + store
  }

  /// Last in the first RIFF chunk, whose size grows by it.
  static func edits(
    _ source: any ByteSource, inserting framed: [UInt8]
  ) throws(ContainerError) -> (offset: Int, edits: [AssetEdit]) {
    let head = try source.exactly(0..<12)
    let declared = 8 + Int(littleEndian(head, at: 4))
    let walk = try walk(source)
    // One byte for a last pad byte that was not written or not counted.
    guard declared <= source.count + 1, walk.end <= min(declared, source.count) + 1 else {
      throw .malformed(
        offset: 4, reason: "the RIFF sizes do not fit the file, which was perhaps not finished")
    }
    let end = min(walk.end, source.count)
    let old = walk.carriers.map { $0.lowerBound..<min($0.upperBound + $0.count % 2, end) }
    if head.span.matches(Array("AVI ".utf8), at: 8) {
      // The indexes of an AVI may hold offsets from the start of the file.
      let isLast = old.allSatisfy { $0.upperBound == end }
      let next = try source.upTo(4, at: end)
      guard isLast, !next.span.matches(Array("RIFF".utf8), at: 0) else {
        throw .unsupported(format: "writing credentials into an AVI of several RIFF parts")
      }
    }
    let isPadded = walk.end <= source.count || old.last?.upperBound == end
    let padding: [UInt8] = isPadded ? [] : [0]
    let offset = end - old.reduce(0) { $0 + $1.count } + padding.count
    let pad = [UInt8](repeating: 0, count: framed.count % 2)
    guard let size = UInt32(exactly: offset + framed.count + pad.count - 8) else {
      throw .overBudget(offset: 4, reason: "a RIFF file has at most 4 GiB")
    }
    return (
      offset,
      [
        AssetEdit(range: 4..<8, replacement: littleEndian(size)),
        AssetEdit(range: end..<end, replacement: padding + framed + pad),
      ] + old.map { AssetEdit(range: $0, replacement: []) }
    )
  }

  private static func littleEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
  }

  private static func littleEndian(_ bytes: [UInt8], at offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
  }
}
