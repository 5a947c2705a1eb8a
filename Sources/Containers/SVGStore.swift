import Bytes

/// The `c2pa:manifest` element that carries a manifest store, in base64, in SVG files (C2PA 2.5
/// appendix A).
enum SVGStore {
  /// A drawing is text that fits into memory; the store in it is a third shorter than its base64.
  private static let fileLimit = 64 << 20
  private static let opening = Array("<c2pa:manifest".utf8)
  private static let closing = Array("</c2pa:manifest>".utf8)

  private static let wrapper = (
    start: Array("<metadata>".utf8), end: Array("</metadata>".utf8)
  )

  /// An element from its start tag to its end tag, and the base64 between them.
  private struct Element {
    let whole: Range<Int>
    let content: Range<Int>
  }

  static func locate(in source: any ByteSource) throws(ContainerError) -> EmbeddedStore? {
    let file = try contents(of: source)
    var found: [EmbeddedStore.Part] = []
    for element in try elements(in: file.span) {
      let content = element.content
      guard content.count / 4 * 3 <= EmbeddedStore.byteLimit else {
        throw EmbeddedStore.tooLarge(
          at: element.whole.lowerBound, length: content.count / 4 * 3)
      }
      guard let store = Base64.decode(String(decoding: file[content], as: UTF8.self)) else {
        throw .malformed(
          offset: element.whole.lowerBound, reason: "the manifest element holds no base64")
      }
      found.append(
        try EmbeddedStore.part(of: store, purpose: .manifest, ranges: [content]).part)
    }
    guard found.count <= 1 else {
      throw .multipleStores(offsets: found.map(\.ranges[0].lowerBound))
    }
    return found.isEmpty ? nil : EmbeddedStore(parts: found)
  }

  private static func contents(of source: any ByteSource) throws(ContainerError) -> [UInt8] {
    guard source.count <= fileLimit else {
      throw .overBudget(offset: 0, reason: "the drawing has more than \(fileLimit) bytes")
    }
    return try source.exactly(0..<source.count)
  }

  private static func elements(in bytes: Span<UInt8>) throws(ContainerError) -> [Element] {
    var found: [Element] = []
    var position = 0
    while let start = offset(of: opening, in: bytes, from: position) {
      guard let tagEnd = offset(of: [0x3E], in: bytes, from: start),
        let end = offset(of: closing, in: bytes, from: tagEnd)
      else { throw .malformed(offset: start, reason: "the manifest element is not closed") }
      position = end + closing.count
      found.append(Element(whole: start..<position, content: tagEnd + 1..<end))
    }
    return found
  }

  /// In a `metadata` element of its own, the first of the drawing.
  static func edits(
    _ source: any ByteSource, inserting framed: [UInt8]
  ) throws(ContainerError) -> (offset: Int, edits: [AssetEdit]) {
    let file = try contents(of: source)
    let bytes = file.span
    let start = try contentStart(bytes)
    var edits: [AssetEdit] = []
    for element in try elements(in: bytes) {
      var range = element.whole
      guard range.lowerBound >= start else {
        throw .malformed(
          offset: range.lowerBound, reason: "a manifest element stands before the drawing")
      }
      let before = range.lowerBound - wrapper.start.count
      if before >= start, bytes.matches(wrapper.start, at: before),
        bytes.matches(wrapper.end, at: range.upperBound)
      {
        range = before..<range.upperBound + wrapper.end.count
      }
      edits.append(AssetEdit(range: range, replacement: []))
    }
    let head =
      wrapper.start + opening + Array(#" xmlns:c2pa="http://c2pa.org/manifest">"#.utf8)
    let insertion = AssetEdit(
      range: start..<start, replacement: head + framed + closing + wrapper.end)
    return (start + head.count, [insertion] + edits)
  }

  /// Behind the start tag of the root element (XML 1.0 section 2.8).
  private static func contentStart(_ bytes: Span<UInt8>) throws(ContainerError) -> Int {
    var position = bytes.matches([0xEF, 0xBB, 0xBF], at: 0) ? 3 : 0
    while position < bytes.count {
      if isSpace(bytes[position]) {
        position += 1
      } else if bytes.matches(Array("<?".utf8), at: position),
        let end = offset(of: Array("?>".utf8), in: bytes, from: position)
      {
        position = end + 2
      } else if let end = commentEnd(bytes, at: position) {
        position = end
      } else if bytes.matches(Array("<!DOCTYPE".utf8), at: position) {
        position = try markupEnd(bytes, from: position)
      } else {
        guard bytes.matches(Array("<svg".utf8), at: position), position + 4 < bytes.count,
          isSpace(bytes[position + 4]) || bytes[position + 4] == 0x3E
        else { break }
        let end = try markupEnd(bytes, from: position)
        guard bytes[end - 2] != 0x2F else { break }
        return end
      }
    }
    throw .malformed(
      offset: position, reason: "credentials need an svg element with content as the root")
  }

  /// Behind the `>` that ends the markup at `start`: none in a quoted text, nor one in the brackets
  /// of a document type.
  private static func markupEnd(
    _ bytes: Span<UInt8>, from start: Int
  ) throws(ContainerError) -> Int {
    var quote: UInt8?
    var depth = 0
    var position = start
    while position < bytes.count {
      let byte = bytes[position]
      if quote == nil, depth > 0, let end = commentEnd(bytes, at: position) {
        position = end
        continue
      }
      position += 1
      if let open = quote {
        if byte == open { quote = nil }
        continue
      }
      switch byte {
      case 0x22, 0x27: quote = byte
      case UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "]"): depth -= 1
      case 0x3E: if depth <= 0 { return position }
      default: break
      }
    }
    throw .malformed(offset: start, reason: "the drawing ends inside a tag")
  }

  /// Nil where no comment begins.
  private static func commentEnd(_ bytes: Span<UInt8>, at start: Int) -> Int? {
    guard bytes.matches(Array("<!--".utf8), at: start),
      let end = offset(of: Array("-->".utf8), in: bytes, from: start + 4)
    else { return nil }
    return end + 3
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }

  private static func offset(
    of pattern: [UInt8], in bytes: Span<UInt8>, from start: Int
  ) -> Int? {
    var position = start
    while position <= bytes.count - pattern.count {
      if bytes[position] == pattern[0], bytes.matches(pattern, at: position) { return position }
      position += 1
    }
    return nil
  }

  /// Whether a text file's head has an `svg` element.
  static func isDrawing(_ head: Span<UInt8>) -> Bool {
    offset(of: Array("<svg".utf8), in: head, from: 0) != nil
  }
}
