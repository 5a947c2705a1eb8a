import MediaJobs
import Watermark

/// The caption at the foot of the picture: white letters with a soft shadow, over a darkened edge.
struct Caption {
  let layer: SceneLayer
  /// What is really shown, after wrapping and cutting.
  let shown: String

  private static let maximumLines = 3

  /// Nil when the text has nothing that can be drawn.
  init?(_ text: String, width: Int, height: Int) throws(MediaRefusal) {
    let unit = min(width, height)
    // Tall pictures have little width for a line: smaller letters, still above subtitle size.
    let fontSize = max(10, unit * (width < height ? 40 : 46) / 1000)
    let maximumWidth = width * 86 / 100
    let lines = Self.wrap(
      TextRaster.printable(text.split(whereSeparator: \.isNewline).joined(separator: " ")),
      // DejaVu Sans Bold's letters are 0.66 em wide on average.
      maximumCharacters: max(8, maximumWidth * 100 / (fontSize * 66)))
    var masks: [GlyphMask] = []
    for line in lines {
      if let mask = try TextRaster.line(
        line, font: .bold, fontSize: fontSize, maximumWidth: maximumWidth,
        minimumFontSize: fontSize * 3 / 4)
      {
        masks.append(mask)
      }
    }
    guard let ink = GlyphMask.stack(masks, gap: max(2, fontSize / 7)) else { return nil }
    let margin = max(4, fontSize / 2)
    let canvas = Self.paint(ink, margin: margin, blur: max(2, fontSize / 7))
    let top = height - canvas.height - height * 5 / 100 + margin
    layer = SceneLayer(
      canvas: canvas, width: canvas.width, height: canvas.height,
      x: String((width - canvas.width) / 2), y: String(max(0, top)))
    shown = lines.joined(separator: " ")
  }

  /// Lines of about equal length, at most three; what does not fit ends in "…".
  static func wrap(_ text: String, maximumCharacters: Int) -> [String] {
    let words = text.split(separator: " ").map(String.init)
    func fill(_ limit: Int) -> [String] {
      var lines: [String] = []
      for word in words {
        if let last = lines.last, last.count + 1 + word.count <= limit {
          lines[lines.count - 1] = last + " " + word
        } else {
          lines.append(word)
        }
      }
      return lines
    }
    var lines = fill(maximumCharacters)
    if lines.count > maximumLines {
      lines = Array(lines.prefix(maximumLines))
      var last = lines[maximumLines - 1].prefix(maximumCharacters - 1)
      while let end = last.last, !end.isLetter, !end.isNumber { last.removeLast() }
      lines[maximumLines - 1] = last + "…"
      return lines
    }
    // The narrowest limit that needs no further line: no widow under a full line.
    var limit = maximumCharacters
    while limit > 8, fill(limit - 1).count == lines.count { limit -= 1 }
    lines = fill(limit)
    return lines
  }

  private static func paint(_ ink: GlyphMask, margin: Int, blur: Int) -> Canvas {
    let width = (ink.width + 2 * margin + 1) & ~1
    let height = (ink.height + 2 * margin + 1) & ~1
    var letters = [Double](repeating: 0, count: width * height)
    for y in 0..<ink.height {
      for x in 0..<ink.width {
        letters[(y + margin) * width + x + margin] = Double(ink.coverage[y * ink.width + x]) / 255
      }
    }
    // Two passes of a box are close to a Gaussian.
    var shadow = letters
    for _ in 0..<2 { shadow = boxBlur(shadow, width: width, height: height, radius: blur) }
    var canvas = Canvas(width: width, height: height)
    for y in 0..<height {
      for x in 0..<width {
        let dark = min(0.85, shadow[y * width + x] * 1.7)
        let light = letters[y * width + x]
        let alpha = light + dark * (1 - light)
        guard alpha > 0 else { continue }
        canvas.set(x, y, Colour.white.scaled(light / alpha), alpha)
      }
    }
    return canvas
  }

  private static func boxBlur(
    _ values: [Double], width: Int, height: Int, radius: Int
  ) -> [Double] {
    func pass(_ values: [Double], count: Int, length: Int, step: Int, jump: Int) -> [Double] {
      var result = values
      let scale = 1 / Double(2 * radius + 1)
      for line in 0..<count {
        let start = line * jump
        var sum = 0.0
        for k in 0..<min(radius, length) { sum += values[start + k * step] }
        for k in 0..<length {
          if k + radius < length { sum += values[start + (k + radius) * step] }
          if k - radius - 1 >= 0 { sum -= values[start + (k - radius - 1) * step] }
          result[start + k * step] = max(0, sum * scale)
        }
      }
      return result
    }
    let rows = pass(values, count: height, length: width, step: 1, jump: width)
    return pass(rows, count: width, length: height, step: width, jump: 1)
  }
}
