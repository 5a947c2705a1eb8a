import Bytes

/// The `VP8X` chunk of a WebP file, which announces what metadata follow (RFC 9649 section 2.7).
enum WebPHeader {
  enum Feature: UInt8 {
    case xmp = 0x04
    case exif = 0x08
    case alpha = 0x10
  }

  /// `edits` of a file's chunks, and the header's flag for the metadata that they bring. A simple
  /// file, which has no such header yet, gets one.
  static func announcing(
    _ feature: Feature, in source: any ByteSource, _ edits: [AssetEdit]
  ) throws(ContainerError) -> [AssetEdit] {
    guard let first = try RIFFChunks(source).chunks.first else {
      throw .malformed(offset: 12, reason: "the picture has no chunks")
    }
    if first.type == "VP8X" {
      let place = first.range.lowerBound + 8
      let flags = try source.exactly(place..<place + 1)[0]
      guard flags & feature.rawValue == 0 else { return edits }
      return edits + [
        AssetEdit(range: place..<place + 1, replacement: [flags | feature.rawValue])
      ]
    }
    let picture = try size(first, in: source)
    let flags = feature.rawValue | (picture.hasAlpha ? Feature.alpha.rawValue : 0)
    let header = RIFFChunks.frame(
      "VP8X",
      [flags, 0, 0, 0] + RIFFChunks.littleEndian(picture.width - 1).prefix(3)
        + RIFFChunks.littleEndian(picture.height - 1).prefix(3))
    // The header's 18 bytes count in the size that the edits give the file.
    return try edits.map { edit throws(ContainerError) in
      guard edit.range == 4..<8 else { return edit }
      let (size, overflow) = RIFFChunks.littleEndian(edit.replacement, at: 0)
        .addingReportingOverflow(UInt32(header.count))
      guard !overflow else {
        throw .overBudget(offset: 4, reason: "a RIFF file has at most 4 GiB")
      }
      return AssetEdit(range: edit.range, replacement: RIFFChunks.littleEndian(size))
    } + [AssetEdit(range: 12..<12, replacement: header)]
  }

  /// RFC 6386 section 9.1 for `VP8 `, RFC 9649 section 3.4 for `VP8L`.
  private static func size(
    _ chunk: RIFFChunks.Chunk, in source: any ByteSource
  ) throws(ContainerError) -> (width: UInt32, height: UInt32, hasAlpha: Bool) {
    let head = try source.exactly(chunk.range.lowerBound + 8..<chunk.range.lowerBound + 18)
    if chunk.type == "VP8 ", head.span.matches([0x9D, 0x01, 0x2A], at: 3) {
      let sides = RIFFChunks.littleEndian(head, at: 6)
      let (width, height) = (sides & 0x3FFF, sides >> 16 & 0x3FFF)
      if width > 0, height > 0 { return (width, height, false) }
    } else if chunk.type == "VP8L", head[0] == 0x2F {
      let bits = RIFFChunks.littleEndian(head, at: 1)
      return (bits & 0x3FFF + 1, bits >> 14 & 0x3FFF + 1, bits >> 28 & 1 == 1)
    }
    throw .malformed(
      offset: chunk.range.lowerBound, reason: "the WebP picture begins with no known chunk")
  }
}
