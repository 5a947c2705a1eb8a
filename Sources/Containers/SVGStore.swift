import Bytes

/// The `c2pa:manifest` element that carries a manifest store, in base64, in SVG files (C2PA 2.5
/// appendix A).
enum SVGStore {
  /// A drawing is text that fits into memory; the store in it is a third shorter than its base64.
  private static let fileLimit = 64 << 20
  private static let opening = Array("<c2pa:manifest".utf8)
  private static let closing = Array("</c2pa:manifest>".utf8)

  static func locate(in source: any ByteSource) throws(ContainerError) -> EmbeddedStore? {
    guard source.count <= fileLimit else {
      throw .overBudget(offset: 0, reason: "the drawing has more than \(fileLimit) bytes")
    }
    let file = try source.exactly(0..<source.count)
    let bytes = file.span
    var found: [EmbeddedStore.Part] = []
    var position = 0
    while let start = offset(of: opening, in: bytes, from: position) {
      guard let tagEnd = offset(of: [0x3E], in: bytes, from: start),
        let end = offset(of: closing, in: bytes, from: tagEnd)
      else { throw .malformed(offset: start, reason: "the manifest element is not closed") }
      let content = tagEnd + 1..<end
      guard content.count / 4 * 3 <= EmbeddedStore.byteLimit else {
        throw EmbeddedStore.tooLarge(at: start, length: content.count / 4 * 3)
      }
      guard let store = Base64.decode(String(decoding: file[content], as: UTF8.self)) else {
        throw .malformed(offset: start, reason: "the manifest element holds no base64")
      }
      found.append(
        try EmbeddedStore.part(of: store, purpose: .manifest, ranges: [content]).part)
      position = end + closing.count
    }
    guard found.count <= 1 else {
      throw .multipleStores(offsets: found.map(\.ranges[0].lowerBound))
    }
    return found.isEmpty ? nil : EmbeddedStore(parts: found)
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
