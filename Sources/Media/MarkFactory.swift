import MediaJobs
import Watermark

/// The mark of one request for frames of one size.
enum MarkFactory {
  static func embedder(
    _ mark: InvisibleMark, width: Int, height: Int
  ) throws(MediaRefusal) -> WatermarkEmbedder {
    guard let tile = WatermarkTile(fixedPoint: mark.tile) else {
      throw MediaRefusal(
        .badRequest, "The invisible mark's tile must have \(InvisibleMark.tileCount) numbers.")
    }
    let side = min(width, height)
    guard side >= smallestSide else {
      throw MediaRefusal(
        .badRequest,
        "The picture of \(width)x\(height) is too small to carry an invisible mark; its short side "
          + "must have at least \(smallestSide) pixels.")
    }
    return WatermarkEmbedder(
      tile: tile, width: width, height: height,
      strength: mark.psnr.map { WatermarkStrength(psnr: $0) } ?? .standard)
  }

  /// Below this the mark's frequencies lie beyond what a picture's pixels can hold.
  static let smallestSide = 128

  static func geometry(
    _ request: MarkRequest, width: Int, height: Int
  ) throws(MediaRefusal) -> MarkGeometry {
    guard let path = VisiblePath(seed: request.seed) else {
      throw MediaRefusal(.badRequest, "The mark's seed must have \(MarkRequest.seedLength) bytes.")
    }
    let layout = MarkLayout(frameWidth: width, frameHeight: height)
    // The label keeps its full size: its height is what the law asks for.
    guard
      let label = try TextRaster.line(
        request.text, font: .bold, fontSize: layout.labelFontSize)?.trimmed()
    else {
      throw MediaRefusal(
        .badRequest, "The mark's text has no character that can be drawn; write \"AI generated\".")
    }
    guard label.width <= layout.maximumLabelWidth else {
      throw MediaRefusal(
        .badRequest,
        "The mark's text is too long for a picture of \(width)x\(height); write \"AI generated\".")
    }
    var lines = [label]
    if let handle = request.handle,
      let line = try TextRaster.line(
        handle, font: .bold, fontSize: layout.handleFontSize,
        maximumWidth: layout.maximumTextWidth, minimumFontSize: layout.handleFontSize * 7 / 10)
    {
      lines.append(line.trimmed() ?? line)
    }
    guard let glyphs = GlyphMask.stack(lines, gap: layout.lineGap),
      let geometry = MarkGeometry(
        frameWidth: width, frameHeight: height, glyphs: glyphs, path: path)
    else {
      throw MediaRefusal(
        .badRequest, "The picture of \(width)x\(height) is too small to carry the mark.")
    }
    return geometry
  }
}
