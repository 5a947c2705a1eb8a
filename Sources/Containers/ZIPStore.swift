import Bytes

/// The member of a ZIP document that carries its manifest store (C2PA 2.5 appendix A.6).
enum ZIPStore {
  static func locate(in source: any ByteSource) throws(ContainerError) -> EmbeddedStore? {
    let directory = try ZIPDirectory(source)
    guard let entry = directory.entries.first(where: { $0.name == ZIPDirectory.storeName })
    else { return nil }
    let member = try directory.member(entry, in: source)
    guard entry.isPlain, !member.content.isEmpty else {
      throw .malformed(
        offset: member.range.lowerBound,
        reason: "the manifest store's member is compressed, encrypted or empty")
    }
    guard member.content.count <= EmbeddedStore.byteLimit else {
      throw EmbeddedStore.tooLarge(at: member.content.lowerBound, length: member.content.count)
    }
    let part = try EmbeddedStore.part(
      of: source.exactly(member.content), purpose: .manifest, ranges: [member.range]
    ).part
    return EmbeddedStore(parts: [
      // Nothing hashes this member: anything could stand in its header.
      EmbeddedStore.Part(
        purpose: part.purpose, bytes: part.bytes, ranges: part.ranges,
        hasForeignBytes: part.hasForeignBytes || member.hasExtra)
    ])
  }

  /// The name of a document format by its first member (OCF 3.3 section 4.3; ODF 1.3 part 2 section
  /// 3.3; ECMA-376 part 2): the media type that stands there in the open, or the parts list.
  static func formatName(_ head: [UInt8]) -> String {
    if head.span.matches(Array("mimetype".utf8), at: 30), head.count >= 38 {
      let text = String(decoding: head[38...].prefix(60), as: UTF8.self)
      if text.hasPrefix("application/epub+zip") { return "EPUB" }
      if text.hasPrefix("application/vnd.oasis.opendocument.") { return "OpenDocument" }
    }
    if head.span.matches(Array("[Content_Types].xml".utf8), at: 30) { return "Office Open XML" }
    return "ZIP"
  }
}
