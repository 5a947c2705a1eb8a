public import Bytes

/// Where a file's XMP packet lies, and how another is put in its place (XMP specification part 3).
/// What the packet says is not looked at here.
public enum XMPCarrier {
  /// A packet with thumbnails has some 100 KB.
  public static let packetLimit = 1 << 20

  /// BE7ACFCB-97A9-42E8-9C71-999491E3AFAC: XMP in ISO base media files.
  private static let userType: [UInt8] = [
    0xBE, 0x7A, 0xCF, 0xCB, 0x97, 0xA9, 0x42, 0xE8, 0x9C, 0x71, 0x99, 0x94, 0x91, 0xE3, 0xAF, 0xAC,
  ]
  private static let jpegSignature = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
  private static let pngKeyword = Array("XML:com.adobe.xmp\0".utf8)
  /// Not compressed, no language, no translated keyword (W3C PNG section 11.3.3.4).
  private static let pngHeader = pngKeyword + [0, 0, 0, 0]
  private static let tiffTag: UInt32 = 700
  private static let id3Owner = Array("XMP\0".utf8)

  /// A packet and what is to be replaced along with it; an empty range is where one would go.
  private struct Place {
    var packet: [UInt8]?
    var range: Range<Int>
  }

  /// The file's packet; nil where it has none.
  ///
  /// - Throws: `.unsupported` for formats whose XMP is not looked for, `.malformed` for files with
  ///   more than one or with one that cannot be read.
  public static func packet(
    in source: any ByteSource, format: AssetFormat
  ) throws(ContainerError) -> [UInt8]? {
    switch format {
    case .jpeg: return try jpeg(source).packet
    case .png: return try png(source).packet
    case .bmff: return try bmff(source)?.packet
    case .gif: return try GIFStore.xmp(in: source)?.packet
    case .tiff:
      return try TIFFDirectory(source)?.bytes(of: tiffTag, in: source, limit: packetLimit)
    case .riff(let form):
      guard let type = chunkType(form) else { throw unsupported(format) }
      return try only(RIFFChunks(source).chunks(of: type).map(\.payload), in: source)?.packet
    case .id3:
      return try id3(source).first.map { place in place.packet } ?? nil
    default: throw unsupported(format)
    }
  }

  /// The file with `packet` in place of its own.
  public static func replacing(
    _ source: any ByteSource, format: AssetFormat, packet: [UInt8]
  ) throws(ContainerError) -> SplicedAsset {
    SplicedAsset(source, edits: try edits(source, format: format, packet: packet))
  }

  static func edits(
    _ source: any ByteSource, format: AssetFormat, packet: [UInt8]
  ) throws(ContainerError) -> [AssetEdit] {
    guard packet.count <= packetLimit else {
      throw .overBudget(offset: 0, reason: "an XMP packet has at most \(packetLimit) bytes")
    }
    switch format {
    case .jpeg:
      let place = try jpeg(source)
      return [
        AssetEdit(
          range: place.range, replacement: try JPEGSegments.frame(0xE1, jpegSignature + packet))
      ]
    case .png:
      let chunk = PNGChunks.frame("iTXt", pngHeader + packet)
      return [AssetEdit(range: try png(source).range, replacement: chunk)]
    case .bmff: return try bmffEdits(source, packet)
    case .gif: return try GIFStore.xmpEdits(source, packet)
    case .tiff:
      return try TIFFDirectory.edits(source, setting: tiffTag, to: packet, type: .byte)
    case .riff(let form):
      guard let type = chunkType(form) else { throw unsupported(format) }
      return try riffEdits(source, type, packet)
    case .id3:
      let old = try id3(source).map(\.range)
      return try ID3Tag.edits(
        source, removing: { old.contains($0.range) },
        appending: { tag in
          tag.header("PRIV", count: id3Owner.count + packet.count) + id3Owner + packet
        }
      ).edits
    default: throw unsupported(format)
    }
  }

  private static func unsupported(_ format: AssetFormat) -> ContainerError {
    .unsupported(format: "XMP metadata in \(format.name)")
  }

  private static func chunkType(_ form: String) -> FourCC? {
    switch form {
    case "WEBP": "XMP "
    case "WAVE", "AVI ": "_PMX"
    default: nil
    }
  }

  /// The one carrier of `ranges`, whose bytes are a packet; nil for none.
  private static func only(
    _ ranges: [Range<Int>], in source: any ByteSource
  ) throws(ContainerError) -> Place? {
    guard let range = ranges.first else { return nil }
    guard ranges.count == 1 else {
      throw .malformed(
        offset: ranges[1].lowerBound, reason: "the file has more than one XMP packet")
    }
    guard range.count <= packetLimit else {
      throw .overBudget(
        offset: range.lowerBound, reason: "the XMP packet has more than \(packetLimit) bytes")
    }
    return Place(packet: try source.exactly(range), range: range)
  }

  private static func jpeg(_ source: any ByteSource) throws(ContainerError) -> Place {
    let segments = try JPEGSegments(source).segments
    var found: [(packet: Range<Int>, segment: Range<Int>)] = []
    for segment in segments where segment.marker == 0xE1 {
      let head = try source.upTo(jpegSignature.count, at: segment.payload.lowerBound)
      guard head == jpegSignature, segment.payload.count >= head.count else { continue }
      found.append(
        (segment.payload.lowerBound + head.count..<segment.payload.upperBound, segment.range))
    }
    if var place = try only(found.map(\.packet), in: source) {
      place.range = found[0].segment
      return place
    }
    // Behind JFIF and EXIF, which their own standards want first.
    let leading = segments.prefix { [0xD8, 0xE0, 0xE1].contains($0.marker) }
    let offset = leading.last?.range.upperBound ?? 2
    return Place(packet: nil, range: offset..<offset)
  }

  private static func png(_ source: any ByteSource) throws(ContainerError) -> Place {
    let chunks = try PNGChunks(source).chunks
    var found: [PNGChunk] = []
    for chunk in chunks where chunk.type == "iTXt" {
      let head = try source.upTo(
        min(pngHeader.count, chunk.data.count), at: chunk.data.lowerBound)
      guard head.starts(with: pngKeyword) else { continue }
      guard head == pngHeader else {
        throw .unsupported(format: "a compressed XMP packet in PNG")
      }
      found.append(chunk)
    }
    let packets = found.map { $0.data.lowerBound + pngHeader.count..<$0.data.upperBound }
    if var place = try only(packets, in: source) {
      place.range = found[0].range
      return place
    }
    let offset = chunks[0].range.upperBound
    return Place(packet: nil, range: offset..<offset)
  }

  private static func bmff(_ source: any ByteSource) throws(ContainerError) -> Place? {
    let boxes = try BMFFBoxTree(source, descend: false).roots.filter { $0.userType == userType }
    guard var place = try only(boxes.map(\.payload), in: source) else { return nil }
    place.range = boxes[0].range
    return place
  }

  private static func bmffEdits(
    _ source: any ByteSource, _ packet: [UInt8]
  ) throws(ContainerError) -> [AssetEdit] {
    var box: [UInt8] = []
    box.appendBigEndian(UInt32(packet.count + 24))
    box += Array("uuid".utf8) + userType + packet
    let old = try bmff(source)?.range
    return try BMFFStore.place(box, in: source, removing: old.map { [$0] } ?? []).edits
  }

  private static func riffEdits(
    _ source: any ByteSource, _ type: FourCC, _ packet: [UInt8]
  ) throws(ContainerError) -> [AssetEdit] {
    let chunks = try RIFFChunks(source)
    // A foreign second packet is not taken away with the first.
    _ = try only(chunks.chunks(of: type).map(\.payload), in: source)
    let edits = try chunks.edits(
      source, appending: RIFFChunks.frame(type, packet), removing: [type]
    ).edits
    return type == "XMP " ? try WebPHeader.announcing(.xmp, in: source, edits) : edits
  }

  /// The `PRIV` frames of XMP (at most one), each as a whole.
  private static func id3(_ source: any ByteSource) throws(ContainerError) -> [Place] {
    var found: [ID3Tag.Frame] = []
    for frame in try ID3Tag(source)?.frames ?? [] where frame.type == "PRIV" && !frame.isEncoded {
      let owner = try source.upTo(id3Owner.count, at: frame.body.lowerBound)
      if owner == id3Owner, frame.body.count >= owner.count { found.append(frame) }
    }
    let packets = found.map { $0.body.lowerBound + id3Owner.count..<$0.body.upperBound }
    guard var place = try only(packets, in: source) else { return [] }
    place.range = found[0].range
    return [place]
  }
}
