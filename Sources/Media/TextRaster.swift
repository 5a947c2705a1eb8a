import CFFmpeg
import MediaJobs
import Watermark

/// Turns one line of text into ink through libavfilter's drawtext.
enum TextRaster {
  enum Font: String {
    case bold = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"
    case regular = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
  }

  /// Longer lines are cut: no frame shows more.
  private static let maximumCharacters = 200

  /// Scripts that DejaVu Sans has no letters for: they would come out as empty boxes. Indic and
  /// Thai, Tibetan and Myanmar, Hangul and Ethiopic, Khmer and Mongolian, East Asian, compatibility
  /// forms with the variation selectors, and everything beyond the basic plane.
  private static let missing: [ClosedRange<UInt32>] = [
    0x0700...0x0E7F, 0x0F00...0x109F, 0x1100...0x137F, 0x1780...0x18AF, 0x2E80...0xD7FF,
    0xF900...0xFAFF, 0xFE00...0xFE6F, 0xFF00...0xFFEF, 0x10000...0x10FFFF,
  ]

  /// What the font can draw in one line: control characters become spaces, and letters and
  /// pictographs that it lacks are left out.
  static func printable(_ text: String) -> String {
    var line = ""
    for character in text.prefix(maximumCharacters) {
      let scalars = character.unicodeScalars.filter { scalar in
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned,
          .format:
          false
        default: !missing.contains { $0.contains(scalar.value) }
        }
      }
      if scalars.isEmpty {
        if character.isWhitespace, line.last != " " { line.append(" ") }
      } else {
        line.unicodeScalars.append(contentsOf: scalars)
      }
    }
    return line
  }

  /// The ink of a line, trimmed at both sides. Its height runs from `fontSize` above the baseline
  /// to a quarter of it below, so that lines of one size stack evenly. Nil when nothing is visible.
  static func line(_ text: String, font: Font, fontSize: Int) throws(MediaRefusal) -> GlyphMask? {
    let text = printable(text)
    guard text.contains(where: { !$0.isWhitespace }) else { return nil }
    // No character of DejaVu Sans Bold is wider than 1.4 em.
    let width = (text.count * fontSize * 14 / 10 + 2 * fontSize + 15) & ~15
    let height = (fontSize * 5 / 4 + 3) & ~1
    let graph = try FilterGraph()
    let ground = try graph.add(
      "color", named: "ground",
      options: ["color": "black", "size": "\(width)x\(height)", "rate": "1", "duration": "1"])
    let grey = try graph.add("format", named: "grey", options: ["pix_fmts": "gray"])
    // `ascent` is the highest ink of this very line: subtracting it puts the baseline at fontSize.
    let write = try graph.add(
      "drawtext", named: "write",
      options: [
        "text": text, "expansion": "none", "fontfile": font.rawValue,
        "fontsize": String(fontSize), "fontcolor": "white", "x": String(fontSize),
        "y": "\(fontSize)-ascent",
      ])
    let sink = try graph.add("buffersink", named: "sink", options: [:])
    try graph.chain(ground, grey, write, sink)
    try graph.configure()
    let frame = try Frame()
    guard try FilterGraph.pull(frame, from: sink) else {
      throw MediaRefusal(.internal, "The letters of the text could not be drawn.")
    }
    let stride = Int(cffmpeg_stride(frame.pointer, 0))
    guard let plane = cffmpeg_plane(frame.pointer, 0), frame.width == width, frame.height == height
    else { throw MediaRefusal(.internal, "The letters of the text could not be drawn.") }
    // The grey plane is limited range where the colour source says so: black is then 16.
    let black = plane[0]
    let white: Int = black == 16 ? 235 : 255
    var coverage = [UInt8](repeating: 0, count: width * height)
    var left = width
    var right = -1
    for y in 0..<height {
      for x in 0..<width {
        let ink = (Int(plane[y * stride + x]) - Int(black)) * 255 / (white - Int(black))
        guard ink > 0 else { continue }
        coverage[y * width + x] = UInt8(clamping: ink)
        left = min(left, x)
        right = max(right, x)
      }
    }
    guard right >= left else { return nil }
    var trimmed: [UInt8] = []
    for y in 0..<height { trimmed += coverage[y * width + left...y * width + right] }
    return GlyphMask(width: right - left + 1, height: height, coverage: trimmed)
  }

  /// A line no wider than `maximumWidth`: set smaller, to `minimumFontSize`, then cut with "…".
  static func line(
    _ text: String, font: Font, fontSize: Int, maximumWidth: Int, minimumFontSize: Int
  ) throws(MediaRefusal) -> GlyphMask? {
    guard let mask = try line(text, font: font, fontSize: fontSize) else { return nil }
    if mask.width <= maximumWidth { return mask }
    let fitting = max(minimumFontSize, fontSize * maximumWidth / mask.width)
    var kept = printable(text)
    while let mask = try line(kept, font: font, fontSize: fitting) {
      if mask.width <= maximumWidth { return mask }
      let share = kept.count * maximumWidth / mask.width
      kept = String(kept.prefix(max(1, min(kept.count - 2, share - 1)))) + "…"
      if kept.count <= 2 { return try line(kept, font: font, fontSize: fitting) }
    }
    return nil
  }
}
