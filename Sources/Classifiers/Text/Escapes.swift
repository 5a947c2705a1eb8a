/// URL escapes (RFC 3986 §2.1), HTML character references and backslash escapes, undone in place.
enum Escapes {
  static func undo(_ glyphs: [Glyph]) -> [Glyph] {
    guard glyphs.contains(where: { "%&\\".unicodeScalars.contains($0.scalar) }) else {
      return glyphs
    }
    var out: [Glyph] = []
    out.reserveCapacity(glyphs.count)
    var index = 0
    while index < glyphs.count {
      let found: (scalars: [Unicode.Scalar], length: Int)? =
        switch glyphs[index].scalar {
        case "%": percent(glyphs, index)
        case "&": reference(glyphs, index)
        case "\\": backslash(glyphs, index)
        default: nil
        }
      guard let found else {
        out.append(glyphs[index])
        index += 1
        continue
      }
      let source = Glyph.source(of: glyphs[index..<index + found.length])
      out += found.scalars.map { Glyph(scalar: $0, source: source) }
      index += found.length
    }
    return out
  }

  /// As many `%XX` in a row as there are; they must be UTF-8 together.
  private static func percent(
    _ glyphs: [Glyph], _ start: Int
  ) -> (scalars: [Unicode.Scalar], length: Int)? {
    var bytes: [UInt8] = []
    var index = start
    while index + 2 < glyphs.count, glyphs[index].scalar == "%",
      let byte = number(glyphs[(index + 1)...(index + 2)], radix: 16)
    {
      bytes.append(UInt8(byte))
      index += 3
    }
    guard !bytes.isEmpty, let text = String(validating: bytes, as: UTF8.self) else { return nil }
    return (Array(text.unicodeScalars), index - start)
  }

  private static let names: [String: Unicode.Scalar] = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "shy": "\u{AD}",
    "zwj": "\u{200D}", "zwnj": "\u{200C}",
  ]

  private static func reference(
    _ glyphs: [Glyph], _ start: Int
  ) -> (scalars: [Unicode.Scalar], length: Int)? {
    // The longest that is read is `&#1114111;`.
    let window = glyphs[start...].prefix(10)
    guard let end = window.firstIndex(where: { $0.scalar == ";" }), end > start + 1 else {
      return nil
    }
    let body = glyphs[(start + 1)..<end]
    let length = end - start + 1
    guard body.first?.scalar == "#" else {
      let name = String(String.UnicodeScalarView(body.map(\.scalar)))
      return names[name].map { ([$0], length) }
    }
    let isHexadecimal = body.count > 1 && ["x", "X"].contains(body[start + 2].scalar)
    guard let value = number(body.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10),
      let scalar = Unicode.Scalar(value)
    else { return nil }
    return ([scalar], length)
  }

  /// `\xNN`, `\uNNNN`, and `\n` or `\t` as white space.
  private static func backslash(
    _ glyphs: [Glyph], _ start: Int
  ) -> (scalars: [Unicode.Scalar], length: Int)? {
    guard start + 1 < glyphs.count else { return nil }
    let digits: Int
    switch glyphs[start + 1].scalar {
    case "n", "t", "r": return ([" "], 2)
    case "x": digits = 2
    case "u": digits = 4
    default: return nil
    }
    guard start + 1 + digits < glyphs.count,
      let value = number(glyphs[(start + 2)...(start + 1 + digits)], radix: 16),
      let scalar = Unicode.Scalar(value)
    else { return nil }
    return ([scalar], 2 + digits)
  }

  private static func number(_ glyphs: ArraySlice<Glyph>, radix: Int) -> UInt32? {
    let text = String(String.UnicodeScalarView(glyphs.map(\.scalar)))
    guard text.first != "+", text.first != "-" else { return nil }
    return UInt32(text, radix: radix)
  }
}
