public import Bytes

/// One chunk of a PNG file (W3C PNG section 5.3).
public struct PNGChunk: Equatable, Sendable {
  public let type: FourCC
  /// Length, type, data and CRC.
  public let range: Range<Int>
  public var data: Range<Int> { (range.lowerBound + 8)..<(range.upperBound - 4) }
}

/// The chunks of a PNG file.
public struct PNGChunks: Equatable, Sendable {
  public static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  /// Encoders write an IDAT chunk every 8 KiB or so; this is a picture of 800 MB.
  public static let chunkLimit = 100_000

  public let chunks: [PNGChunk]
  /// What follows IEND.
  public let trailing: Range<Int>

  /// Walks `source` up to IEND, or to its end.
  public init(_ source: any ByteSource) throws(ContainerError) {
    guard try source.upTo(8, at: 0) == PNGChunks.signature else {
      throw .malformed(offset: 0, reason: "the PNG signature is missing")
    }
    var chunks: [PNGChunk] = []
    var position = 8
    while position < source.count {
      guard chunks.count < PNGChunks.chunkLimit else {
        throw .overBudget(
          offset: position, reason: "the picture has more than \(PNGChunks.chunkLimit) chunks")
      }
      let head = try source.exactly(position..<position + 8)
      let length = head[..<4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= source.count - position - 12 else {
        throw .malformed(offset: position, reason: "a PNG chunk runs past the end of the file")
      }
      let chunk = PNGChunk(
        type: FourCC(Array(head[4...])), range: position..<position + length + 12)
      chunks.append(chunk)
      position = chunk.range.upperBound
      if chunk.type == "IEND" { break }
    }
    guard chunks.first?.type == "IHDR" else {
      throw .malformed(offset: 8, reason: "the first PNG chunk is not IHDR")
    }
    self.chunks = chunks
    trailing = position..<max(position, source.count)
  }

  /// A complete chunk around `data`.
  static func frame(_ type: FourCC, _ data: [UInt8]) -> [UInt8] {
    let typed = type.bytes + data
    var chunk: [UInt8] = []
    chunk.reserveCapacity(data.count + 12)
    chunk.appendBigEndian(UInt32(data.count))
    chunk += typed
    chunk.appendBigEndian(CRC32.checksum(typed))
    return chunk
  }
}

/// CRC-32 as PNG and ZIP use it (polynomial 0xEDB88320).
enum CRC32 {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in
      value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
    }
  }

  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var value: UInt32 = 0xFFFF_FFFF
    for byte in bytes { value = value >> 8 ^ table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] }
    return ~value
  }
}
