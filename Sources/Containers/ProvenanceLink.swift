public import Bytes

/// The XMP property `dcterms:provenance`, which says where a file's manifest store is when it is not
/// in the file (C2PA 2.5 section 11.4.3).
public enum ProvenanceLink {
  /// The address that the file's own XMP names; nil where it has none, where it cannot be followed,
  /// and in formats whose XMP is not looked for.
  public static func address(in source: any ByteSource, format: AssetFormat) -> String? {
    guard let packet = try? XMPCarrier.packet(in: source, format: format) else { return nil }
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

  /// The edits that link a file without a store to `url`; any store in it is taken out.
  static func edits(
    _ source: any ByteSource, format: AssetFormat, url: String
  ) throws(ContainerError) -> [AssetEdit] {
    let removal: [AssetEdit]
    switch format {
    case .jpeg: removal = try JPEGStore.edits(source, inserting: []).edits
    case .png: removal = try PNGStore.edits(source, inserting: []).edits
    // Writing the packet takes stores along.
    case .bmff: removal = []
    default: throw .unsupported(format: "a link to credentials in a \(format.name) file")
    }
    let packet = try linked(XMPCarrier.packet(in: source, format: format), url)
    return removal + (try XMPCarrier.edits(source, format: format, packet: packet))
  }

  /// `packet`, or a new one, with the property. A packet that already has it, or whose form is not
  /// followed here, is left alone and refused.
  private static func linked(
    _ packet: [UInt8]?, _ url: String
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
        offset: 0, reason: "the file's XMP already has a link, or has no rdf:Description")
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
