import Bytes

/// XMP in GIF files: an application extension whose packet is not cut into sub-blocks, and a trailer
/// that leads readers who do not know it to its end (XMP specification part 3, section 1.1.2).
extension GIFStore {
  private static let xmpIdentifier = Array("XMP DataXMP".utf8)
  private static let xmpTrailer: [UInt8] =
    [0x01] + (0...255).reversed().map { UInt8($0) } + [0x00]

  static func xmp(
    in source: any ByteSource
  ) throws(ContainerError) -> (packet: [UInt8], range: Range<Int>)? {
    let ranges = try extensions(xmpIdentifier, in: source)
    guard let range = ranges.first else { return nil }
    guard ranges.count == 1 else {
      throw .malformed(
        offset: ranges[1].lowerBound, reason: "the file has more than one XMP packet")
    }
    let start = range.lowerBound + 3 + xmpIdentifier.count
    let end = range.upperBound - xmpTrailer.count
    guard start <= end, end - start <= XMPCarrier.packetLimit,
      try source.exactly(end..<range.upperBound) == xmpTrailer
    else {
      throw .malformed(offset: range.lowerBound, reason: "the GIF's XMP packet has no proper end")
    }
    return (try source.exactly(start..<end), range)
  }

  /// Behind the global colour table, or where the old packet was.
  static func xmpEdits(
    _ source: any ByteSource, _ packet: [UInt8]
  ) throws(ContainerError) -> [AssetEdit] {
    let place = try xmp(in: source)?.range
    let offset = try GIFBlocks.firstBlock(of: source)
    let block = [0x21, 0xFF, UInt8(xmpIdentifier.count)] + xmpIdentifier + packet + xmpTrailer
    // Extensions came with version 89a.
    return [
      AssetEdit(range: 4..<5, replacement: Array("9".utf8)),
      AssetEdit(range: place ?? offset..<offset, replacement: block),
    ]
  }
}
