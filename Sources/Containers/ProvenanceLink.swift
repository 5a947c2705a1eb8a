import Bytes

/// The XMP property `dcterms:provenance`, which says where a file's manifest store is when it is not
/// in the file (C2PA 2.5 section 11.4.3).
enum ProvenanceLink {
  /// BE7ACFCB-97A9-42E8-9C71-999491E3AFAC: XMP in ISO base media files.
  private static let bmffUserType: [UInt8] = [
    0xBE, 0x7A, 0xCF, 0xCB, 0x97, 0xA9, 0x42, 0xE8, 0x9C, 0x71, 0x99, 0x94, 0x91, 0xE3, 0xAF, 0xAC,
  ]
  private static let jpegSignature = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
  /// Keyword, then: not compressed, no language, no translated keyword (W3C PNG section 11.3.3.4).
  private static let pngHeader = Array("XML:com.adobe.xmp\0\0\0\0\0".utf8)
  private static let packetLimit = 1 << 20

  /// The edits that link a file without a store to `url`; any store in it is taken out.
  static func edits(
    _ source: any ByteSource, format: AssetFormat, url: String
  ) throws(ContainerError) -> [AssetEdit] {
    switch format {
    case .jpeg: try jpeg(source, url)
    case .png: try png(source, url)
    case .bmff: try bmff(source, url)
    default: throw .unsupported(format: "a link to credentials in a \(format.name) file")
    }
  }

  private static func jpeg(
    _ source: any ByteSource, _ url: String
  ) throws(ContainerError) -> [AssetEdit] {
    let segments = try JPEGSegments(source).segments
    var edits = try JPEGStore.edits(source, inserting: []).edits
    let offset =
      segments.prefix { $0.marker == 0xD8 || $0.marker == 0xE0 }.last?.range.upperBound ?? 2
    var place = offset..<offset
    var packet: [UInt8]?
    for segment in segments where segment.marker == 0xE1 {
      let content = try source.exactly(segment.payload)
      guard content.starts(with: jpegSignature) else { continue }
      place = segment.range
      packet = Array(content.dropFirst(jpegSignature.count))
      break
    }
    let content = jpegSignature + (try linked(packet, url, at: place.lowerBound))
    guard content.count + 2 <= 0xFFFF else {
      throw .overBudget(offset: place.lowerBound, reason: "the XMP packet outgrows its segment")
    }
    var segment: [UInt8] = [0xFF, 0xE1]
    segment.appendBigEndian(UInt16(content.count + 2))
    edits.append(AssetEdit(range: place, replacement: segment + content))
    return edits
  }

  private static func png(
    _ source: any ByteSource, _ url: String
  ) throws(ContainerError) -> [AssetEdit] {
    let chunks = try PNGChunks(source).chunks
    var edits = try PNGStore.edits(source, inserting: []).edits
    var place = chunks[0].range.upperBound..<chunks[0].range.upperBound
    var packet: [UInt8]?
    for chunk in chunks where chunk.type == "iTXt" && chunk.data.count <= packetLimit {
      let content = try source.exactly(chunk.data)
      guard content.starts(with: pngHeader) else { continue }
      place = chunk.range
      packet = Array(content.dropFirst(pngHeader.count))
      break
    }
    let typed = Array("iTXt".utf8) + pngHeader + (try linked(packet, url, at: place.lowerBound))
    var chunk: [UInt8] = []
    chunk.appendBigEndian(UInt32(typed.count - 4))
    chunk += typed
    chunk.appendBigEndian(CRC32.checksum(typed))
    edits.append(AssetEdit(range: place, replacement: chunk))
    return edits
  }

  private static func bmff(
    _ source: any ByteSource, _ url: String
  ) throws(ContainerError) -> [AssetEdit] {
    let roots = try BMFFBoxTree(source, descend: false).roots
    let old = roots.first { $0.userType == bmffUserType }
    guard old?.payload.count ?? 0 <= packetLimit else {
      throw .overBudget(
        offset: old?.range.lowerBound ?? 0, reason: "the XMP packet is larger than 1 MiB")
    }
    let packet = try old.map { box throws(ContainerError) in try source.exactly(box.payload) }
    let content = try linked(packet, url, at: old?.range.lowerBound ?? 0)
    var box: [UInt8] = []
    box.appendBigEndian(UInt32(content.count + 24))
    box += Array("uuid".utf8) + bmffUserType + content
    return try BMFFStore.place(box, in: source, removing: old.map { [$0.range] } ?? []).edits
  }

  /// `packet`, or a new one, with the property. A packet that already has it, or whose form is not
  /// followed here, is left alone and refused.
  private static func linked(
    _ packet: [UInt8]?, _ url: String, at offset: Int
  ) throws(ContainerError) -> [UInt8] {
    let property =
      " xmlns:dcterms=\"http://purl.org/dc/terms/\" dcterms:provenance=\"\(escaped(url))\""
    guard let packet else {
      return Array(
        """
        <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta \
        xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\
        <rdf:Description rdf:about=""\(property)/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>
        """.utf8)
    }
    let text = packet.span
    let tag = Array("<rdf:Description".utf8)
    let start = packet.indices.first { packet[$0] == tag[0] && text.matches(tag, at: $0) }
    let prefix = Array("dcterms".utf8)
    let isLinked = packet.indices.contains {
      packet[$0] == prefix[0] && text.matches(prefix, at: $0)
    }
    guard let start, !isLinked else {
      throw .malformed(
        offset: offset, reason: "the file's XMP already has a link, or has no rdf:Description")
    }
    let place = start + tag.count
    return Array(packet[..<place]) + Array(property.utf8) + Array(packet[place...])
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case "\"": result += "&quot;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
