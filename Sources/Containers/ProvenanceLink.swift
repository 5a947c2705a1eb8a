public import Bytes

/// The XMP property `dcterms:provenance`, which says where a file's manifest store is when it is not
/// in the file (C2PA 2.5 section 11.4.3).
public enum ProvenanceLink {
  /// BE7ACFCB-97A9-42E8-9C71-999491E3AFAC: XMP in ISO base media files.
  private static let bmffUserType: [UInt8] = [
    0xBE, 0x7A, 0xCF, 0xCB, 0x97, 0xA9, 0x42, 0xE8, 0x9C, 0x71, 0x99, 0x94, 0x91, 0xE3, 0xAF, 0xAC,
  ]
  private static let jpegSignature = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
  /// Keyword, then: not compressed, no language, no translated keyword (W3C PNG section 11.3.3.4).
  private static let pngHeader = Array("XML:com.adobe.xmp\0\0\0\0\0".utf8)
  private static let packetLimit = 1 << 20

  /// The address that the file's own XMP names; nil where it has none, where it cannot be followed,
  /// and in formats whose XMP is not looked for.
  public static func address(in source: any ByteSource, format: AssetFormat) -> String? {
    guard let packet = try? packet(of: source, format) else { return nil }
    let bytes = packet.span
    for start in packet.indices
    where packet[start] == key[0] && bytes.matches(key, at: start) {
      // As an attribute, or as an element.
      var position = start + key.count
      while position < packet.count, packet[position] == 0x20 { position += 1 }
      guard position < packet.count else { return nil }
      let end: UInt8
      if packet[position] == 0x3D, position + 1 < packet.count {
        position += 1
        end = packet[position]
        guard end == 0x22 || end == 0x27 else { continue }
      } else if packet[position] == 0x3E {
        end = 0x3C
      } else {
        continue
      }
      let text = packet[(position + 1)...].prefix { $0 != end }
      guard text.count <= addressLimit, let address = String(validating: text, as: UTF8.self)
      else { return nil }
      return unescaped(address)
    }
    return nil
  }

  private static let key = Array("dcterms:provenance".utf8)
  private static let addressLimit = 4096

  private static func unescaped(_ text: String) -> String? {
    var result = text
    for (entity, character) in [
      ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&"),
    ] {
      result = result.split(separator: entity, omittingEmptySubsequences: false)
        .joined(separator: character)
    }
    let isPlain =
      !result.isEmpty && result.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
    return isPlain ? result : nil
  }

  private static func packet(
    of source: any ByteSource, _ format: AssetFormat
  ) throws(ContainerError) -> [UInt8]? {
    switch format {
    case .jpeg:
      for segment in try JPEGSegments(source).segments where segment.marker == 0xE1 {
        let content = try source.exactly(segment.payload)
        if content.starts(with: jpegSignature) {
          return Array(content.dropFirst(jpegSignature.count))
        }
      }
    case .png:
      for chunk in try PNGChunks(source).chunks
      where chunk.type == "iTXt" && chunk.data.count <= packetLimit {
        let content = try source.exactly(chunk.data)
        if content.starts(with: pngHeader) { return Array(content.dropFirst(pngHeader.count)) }
      }
    case .bmff:
      let box = try BMFFBoxTree(source, descend: false).roots.first { $0.userType == bmffUserType }
      if let box, box.payload.count <= packetLimit { return try source.exactly(box.payload) }
    default: break
    }
    return nil
  }

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
