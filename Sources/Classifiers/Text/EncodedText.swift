/// A part of a text that reads as something else once decoded.
struct EncodedPart {
  /// Indices into the glyphs that were searched.
  let range: Range<Int>
  let encoding: String
  let decoded: [Glyph]
  /// Base64 and hexadecimal mean nothing as they stand. Rot13 and backward writing are guesses, so
  /// the text is judged as written too.
  let replacesSource: Bool
}

/// Finds base64, hexadecimal, rot13 and backward writing.
enum EncodedText {
  /// Shorter runs are words and numbers far more often than messages. Short base64 must be nothing
  /// but Latin letters, which a word is by a chance of one in ten thousand.
  private static let shortestBase64 = 8
  private static let plainBase64 = 16
  private static let shortestHexadecimal = 12
  private static let shortestSegment = 10

  static func parts(of glyphs: [Glyph], words: WordList = .none) -> [EncodedPart] {
    let runs = encodedRuns(glyphs)
    let guesses = segments(glyphs).compactMap { segment -> EncodedPart? in
      runs.contains { $0.range.overlaps(segment) } ? nil : guess(glyphs, segment, words)
    }
    return (runs + guesses).sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  private static func encodedRuns(_ glyphs: [Glyph]) -> [EncodedPart] {
    var parts: [EncodedPart] = []
    var start = 0
    while start < glyphs.count {
      guard value64(glyphs[start].scalar) != nil else {
        start += 1
        continue
      }
      var end = start
      while end < glyphs.count, value64(glyphs[end].scalar) != nil { end += 1 }
      let run = start..<end
      while end < glyphs.count, glyphs[end].scalar == "=", end - run.upperBound < 2 { end += 1 }
      if let bytes = hexadecimal(glyphs[run]), let text = readable(bytes) {
        parts.append(part(glyphs, run, "hexadecimal", text))
      } else if let bytes = base64(glyphs[run]), let text = readable(bytes),
        run.count >= plainBase64 || bytes.allSatisfy(isLetterOrSpace)
      {
        parts.append(part(glyphs, start..<end, "base64", text))
      }
      start = end
    }
    return parts
  }

  private static func part(
    _ glyphs: [Glyph], _ range: Range<Int>, _ encoding: String, _ text: String
  ) -> EncodedPart {
    let source = Glyph.source(of: glyphs[range])
    return EncodedPart(
      range: range, encoding: encoding,
      decoded: text.unicodeScalars.map { Glyph(scalar: $0, source: source) },
      replacesSource: true)
  }

  private static func isLetterOrSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x61...0x7A).contains(byte | 0x20)
  }

  private static func hexadecimal(_ run: ArraySlice<Glyph>) -> [UInt8]? {
    guard run.count >= shortestHexadecimal, run.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: run.startIndex, to: run.endIndex, by: 2) {
      guard let high = value16(run[index].scalar), let low = value16(run[index + 1].scalar) else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func value16(_ digit: Unicode.Scalar) -> UInt8? {
    switch digit {
    case "0"..."9": UInt8(digit.value - 0x30)
    case "a"..."f": UInt8(digit.value - 0x61 + 10)
    case "A"..."F": UInt8(digit.value - 0x41 + 10)
    default: nil
    }
  }

  private static func base64(_ run: ArraySlice<Glyph>) -> [UInt8]? {
    guard run.count >= shortestBase64, run.count % 4 != 1 else { return nil }
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var width = 0
    for glyph in run {
      guard let value = value64(glyph.scalar) else { return nil }
      bits = bits << 6 | value
      width += 6
      if width >= 8 {
        width -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(width)))
      }
    }
    return bytes
  }

  /// Both alphabets of RFC 4648.
  private static func value64(_ scalar: Unicode.Scalar) -> UInt32? {
    switch scalar {
    case "A"..."Z": scalar.value - 0x41
    case "a"..."z": scalar.value - 0x61 + 26
    case "0"..."9": scalar.value - 0x30 + 52
    case "+", "-": 62
    case "/", "_": 63
    default: nil
    }
  }

  /// The bytes as text, if they are UTF-8 that somebody could have typed.
  private static func readable(_ bytes: [UInt8]) -> String? {
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    let scalars = text.unicodeScalars
    let isTyped = scalars.allSatisfy { scalar in
      switch scalar.properties.generalCategory {
      case .control: ["\n", "\t", "\r"].contains(scalar)
      case .privateUse, .unassigned, .surrogate: false
      default: true
      }
    }
    let letters = scalars.count { $0.properties.isAlphabetic || $0 == " " }
    return isTyped && letters * 10 >= scalars.count * 7 ? text : nil
  }

  /// Lines, and what stands behind a colon.
  private static func segments(_ glyphs: [Glyph]) -> [Range<Int>] {
    var segments: [Range<Int>] = []
    var start = 0
    for index in glyphs.indices where ["\n", ":", "\""].contains(glyphs[index].scalar) {
      segments.append(start..<index)
      start = index + 1
    }
    segments.append(start..<glyphs.count)
    return segments.filter { $0.count >= shortestSegment }
  }

  /// Rot13 or backward writing, when that reads clearly more like English than the segment does.
  private static func guess(
    _ glyphs: [Glyph], _ segment: Range<Int>, _ words: WordList
  ) -> EncodedPart? {
    let asWritten = Array(glyphs[segment])
    // Of known words half the text must be made; the few most common ones are a fifth of it.
    func share(_ glyphs: [Glyph]) -> Double {
      words.isEmpty ? CommonWords.share(glyphs) : words.share(glyphs)
    }
    let (most, least) = words.isEmpty ? (0.2, 0.15) : (0.45, 0.35)
    let written = share(asWritten)
    guard written < most, asWritten.count(where: \.isASCIILetter) >= shortestSegment / 2 else {
      return nil
    }
    let rotated = asWritten.map { Glyph(scalar: rot13($0.scalar), source: $0.source) }
    let candidates = [
      ("rot13", rotated), ("reversed", Array(asWritten.reversed())),
    ]
    let best = candidates.map { ($0.0, $0.1, share($0.1)) }.max { $0.2 < $1.2 }!
    guard best.2 >= written + least else { return nil }
    return EncodedPart(range: segment, encoding: best.0, decoded: best.1, replacesSource: false)
  }

  private static func rot13(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    guard scalar.isASCII else { return scalar }
    let value = UInt8(scalar.value)
    let first: UInt8
    switch value {
    case 0x41...0x5A: first = 0x41
    case 0x61...0x7A: first = 0x61
    default: return scalar
    }
    return Unicode.Scalar(first + (value - first + 13) % 26)
  }
}
