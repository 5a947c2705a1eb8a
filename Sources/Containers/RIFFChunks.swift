import Bytes

/// The chunks of the first RIFF chunk of a WAV, AVI or WebP file, also of RF64 and BW64 files, whose
/// chunk `ds64` holds the lengths that 32 bits cannot (ITU-R BS.2088).
struct RIFFChunks {
  struct Chunk {
    let type: FourCC
    /// Header and payload, without the pad byte.
    let range: Range<Int>

    var payload: Range<Int> { range.lowerBound + 8..<range.upperBound }
  }

  /// A WAV or WebP file has some dozens of chunks; an AVI's frames are inside one of them.
  private static let chunkLimit = 100_000

  let form: FourCC
  private(set) var chunks: [Chunk] = []
  /// Behind the last chunk and its pad byte, which may be missing from the file.
  private(set) var end = 12
  /// Where the RIFF chunk says it ends.
  private let declaredEnd: Int
  /// The eight bytes of `ds64` that hold the length of the RIFF chunk; nil where four bytes do.
  private let longSize: Range<Int>?
  private let fileLength: Int
  /// Where the file's first RIFF chunk ends in fact: a file cut short, or an AVI of several parts.
  private let limit: Int

  init(_ source: any ByteSource) throws(ContainerError) {
    let head = try source.exactly(0..<12)
    form = FourCC(Array(head[8..<12]))
    var longs: [FourCC: Int] = [:]
    let short = Int(Self.littleEndian(head, at: 4))
    let type = FourCC(Array(head[..<4]))
    if type != "RIFF" { longs = try Self.longSizes(source, of: type) }
    if short == Self.elsewhere, let size = longs.removeValue(forKey: type) {
      (declaredEnd, longSize) = (8 + size, 20..<28)
    } else {
      (declaredEnd, longSize) = (8 + short, nil)
    }
    fileLength = source.count
    limit = min(source.count, declaredEnd)
    while end + 8 <= limit {
      guard chunks.count < Self.chunkLimit else {
        throw .overBudget(
          offset: end, reason: "the file has more than \(Self.chunkLimit) chunks")
      }
      let head = try source.exactly(end..<end + 8)
      let type = FourCC(Array(head[..<4]))
      var length = Int(Self.littleEndian(head, at: 4))
      if length == Self.elsewhere, let long = longs[type] { length = long }
      chunks.append(Chunk(type: type, range: end..<end + 8 + length))
      // Chunks are padded to an even length.
      end += 8 + length + length % 2
    }
  }

  /// In place of a length that stands in `ds64`.
  private static let elsewhere = Int(UInt32.max)
  /// Chunks above 4 GiB beside `data`.
  private static let longLimit = 1000

  /// The lengths in `ds64`, which comes first, by the type of the chunk that has them; that of the
  /// whole under `type`.
  private static func longSizes(
    _ source: any ByteSource, of type: FourCC
  ) throws(ContainerError) -> [FourCC: Int] {
    let head = try source.exactly(12..<20)
    guard head.span.matches(Array("ds64".utf8), at: 0) else { return [:] }
    let length = Int(littleEndian(head, at: 4))
    guard length >= 28, length <= 28 + 12 * longLimit else {
      throw .malformed(offset: 12, reason: "the table of 64-bit lengths has a wrong size")
    }
    let table = try source.exactly(20..<20 + length)
    var sizes: [FourCC: Int] = [type: long(table, at: 0), "data": long(table, at: 8)]
    for entry in 0..<min(Int(littleEndian(table, at: 24)), (length - 28) / 12) {
      let start = 28 + entry * 12
      sizes[FourCC(Array(table[start..<start + 4]))] = long(table, at: start + 4)
    }
    return sizes
  }

  /// A length that no file has is behind any end.
  private static func long(_ bytes: [UInt8], at offset: Int) -> Int {
    let high = UInt64(littleEndian(bytes, at: offset + 4))
    return Int(min(high << 32 | UInt64(littleEndian(bytes, at: offset)), 1 << 60))
  }

  /// The chunks of a type, each wholly in the file.
  func chunks(of type: FourCC) throws(ContainerError) -> [Chunk] {
    let found = chunks.filter { $0.type == type }
    for chunk in found where chunk.range.upperBound > limit {
      throw .malformed(
        offset: chunk.range.lowerBound, reason: "the \(type) chunk runs past the end")
    }
    return found
  }

  /// A chunk around `payload` without its pad byte, which the hash of the content covers.
  static func frame(_ type: FourCC, _ payload: [UInt8]) -> [UInt8] {
    type.bytes + littleEndian(UInt32(payload.count)) + payload
  }

  /// Puts `framed` last in the first RIFF chunk, whose size grows by it, and takes the chunks of
  /// `types` away. `offset` is where `framed` begins in the new file.
  func edits(
    _ source: any ByteSource, appending framed: [UInt8], removing types: Set<FourCC>
  ) throws(ContainerError) -> (offset: Int, edits: [AssetEdit]) {
    // One byte for a last pad byte that was not written or not counted.
    guard declaredEnd <= fileLength + 1, end <= min(declaredEnd, fileLength) + 1 else {
      throw .malformed(
        offset: 4, reason: "the RIFF sizes do not fit the file, which was perhaps not finished")
    }
    let end = min(end, fileLength)
    var old: [Range<Int>] = []
    for type in types {
      old += try chunks(of: type).map { chunk in
        chunk.range.lowerBound..<min(chunk.range.upperBound + chunk.range.count % 2, end)
      }
    }
    if form == "AVI " {
      // The indexes of an AVI may hold offsets from the start of the file.
      let first = old.map(\.lowerBound).min() ?? end
      let isLast = old.reduce(0) { $0 + $1.count } == end - first
      let next = try source.upTo(4, at: end)
      guard isLast, !next.span.matches(Array("RIFF".utf8), at: 0) else {
        throw .unsupported(format: "writing into an AVI of several RIFF parts")
      }
    }
    let isPadded = self.end <= fileLength || old.contains { $0.upperBound == end }
    let padding: [UInt8] = isPadded ? [] : [0]
    let offset = end - old.reduce(0) { $0 + $1.count } + padding.count
    let pad = [UInt8](repeating: 0, count: framed.count % 2)
    let size = offset + framed.count + pad.count - 8
    guard longSize != nil || UInt32(exactly: size) != nil else {
      throw .overBudget(offset: 4, reason: "a RIFF file has at most 4 GiB")
    }
    let high = longSize == nil ? [] : Self.littleEndian(UInt32(truncatingIfNeeded: size >> 32))
    return (
      offset,
      [
        AssetEdit(
          range: longSize ?? 4..<8,
          replacement: Self.littleEndian(UInt32(truncatingIfNeeded: size)) + high),
        AssetEdit(range: end..<end, replacement: padding + framed + pad),
      ] + old.map { AssetEdit(range: $0, replacement: []) }
    )
  }

  static func littleEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
  }

  static func littleEndian(_ bytes: [UInt8], at offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
  }
}
