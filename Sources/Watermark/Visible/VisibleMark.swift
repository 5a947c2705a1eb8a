public import Pixels

/// Burns the visible mark into the frames of one clip, in the order of their times.
///
/// The letters stand on a plate with round corners. The plate's opacity follows the luma behind it
/// (0.35 to 0.85, the least that gives a contrast of 4.5 : 1, see ``MarkContrast``); whether it is
/// a dark plate or a light one is settled when the mark arrives at an anchor and kept while it
/// stays there, so that nothing flickers. The opacity rises at once when the background asks for
/// it and falls slowly.
public struct VisibleMark: Sendable {
  public let geometry: MarkGeometry
  private let range: SignalRange
  private var styles: [Style] = []

  /// What one dwell looks like.
  private struct Style: Sendable {
    let dwell: Int
    let polarity: MarkContrast.Polarity
    var plateOpacity: Double
  }

  /// The most by which the plate may fade a frame: a change too slow to be seen as a flash.
  private static let fadePerFrame = 0.01

  public init(geometry: MarkGeometry, range: SignalRange) {
    self.geometry = geometry
    self.range = range
  }

  /// Marks one frame of 4:2:0 planes of the geometry's size, in place.
  ///
  /// - Precondition: the luma plane has `frameHeight` rows and the chroma planes half as many
  ///   (rounded up), each row `stride` bytes apart; the last row may end without padding.
  public mutating func blend(
    luma: inout MutableSpan<UInt8>, lumaStride: Int,
    blueChroma: inout MutableSpan<UInt8>, redChroma: inout MutableSpan<UInt8>, chromaStride: Int,
    at time: Double
  ) {
    for (placement, box) in geometry.boxes(at: time) {
      let style = style(
        for: placement.dwell,
        statistics: Self.statistics(luma.span, stride: lumaStride, step: 1, box: box), range: range)
      let plate = Int((style.plateOpacity * placement.weight * 256).rounded())
      let glyph = Int((MarkContrast.glyphOpacity * placement.weight * 256).rounded())
      blendPlane(
        &luma, stride: lumaStride, step: 1, box: box, plateOpacity: plate, glyphOpacity: glyph,
        plateValue: range.code(style.polarity.plate), glyphValue: range.code(style.polarity.glyph))
      blendChroma(&blueChroma, stride: chromaStride, box: box, plate: plate, glyph: glyph)
      blendChroma(&redChroma, stride: chromaStride, box: box, plate: plate, glyph: glyph)
    }
    forgetOldStyles(before: geometry.path.dwell(at: time))
  }

  /// The picture with the mark of time `time` on it; the same picture when its size is not the
  /// geometry's.
  public mutating func blended(onto image: RGBImage, at time: Double) -> RGBImage {
    guard image.width == geometry.frameWidth, image.height == geometry.frameHeight else {
      return image
    }
    var pixels = image.pixels
    let stride = image.width * 3
    for (placement, box) in geometry.boxes(at: time) {
      // Green carries most of the luma (BT.709: 72 %), enough to choose an opacity by.
      let statistics = Self.statistics(
        pixels.span, stride: stride, step: 3, box: box, component: 1)
      let style = style(for: placement.dwell, statistics: statistics, range: .full)
      var span = pixels.mutableSpan
      for component in 0..<3 {
        blendPlane(
          &span, stride: stride, step: 3, component: component, box: box,
          plateOpacity: Int((style.plateOpacity * placement.weight * 256).rounded()),
          glyphOpacity: Int((MarkContrast.glyphOpacity * placement.weight * 256).rounded()),
          plateValue: SignalRange.full.code(style.polarity.plate),
          glyphValue: SignalRange.full.code(style.polarity.glyph))
      }
    }
    forgetOldStyles(before: geometry.path.dwell(at: time))
    return RGBImage(width: image.width, height: image.height, pixels: pixels) ?? image
  }

  // MARK: Style

  private mutating func style(
    for dwell: Int, statistics: (mean: Double, deviation: Double), range: SignalRange
  ) -> Style {
    let mean = range.luma(statistics.mean)
    let deviation = statistics.deviation / range.span
    if let index = styles.firstIndex(where: { $0.dwell == dwell }) {
      let needed = MarkContrast.plateOpacity(
        mean: mean, deviation: deviation, polarity: styles[index].polarity)
      styles[index].plateOpacity = max(needed, styles[index].plateOpacity - Self.fadePerFrame)
      return styles[index]
    }
    let polarity = MarkContrast.polarity(backgroundMean: mean)
    let style = Style(
      dwell: dwell, polarity: polarity,
      plateOpacity: MarkContrast.plateOpacity(
        mean: mean, deviation: deviation, polarity: polarity))
    styles.append(style)
    return style
  }

  private mutating func forgetOldStyles(before dwell: Int) {
    styles.removeAll { $0.dwell < dwell - 1 }
  }

  /// Mean and standard deviation of code values in a box; every second pixel of every second row
  /// is enough to choose an opacity by.
  private static func statistics(
    _ plane: Span<UInt8>, stride: Int, step: Int, box: MarkGeometry.Box, component: Int = 0
  ) -> (mean: Double, deviation: Double) {
    var sum = 0
    var squares = 0
    var count = 0
    var y = 0
    while y < box.height {
      var index = (box.y + y) * stride + box.x * step + component
      var x = 0
      while x < box.width {
        let value = Int(plane[index])
        sum &+= value
        squares &+= value &* value
        count &+= 1
        index &+= 2 &* step
        x &+= 2
      }
      y &+= 2
    }
    let mean = Double(sum) / Double(max(count, 1))
    let variance = Double(squares) / Double(max(count, 1)) - mean * mean
    return (mean, max(variance, 0).squareRoot())
  }

  // MARK: Planes

  /// Draws plate, then letters, on one component. Opacities and the products are of 256.
  private func blendPlane(
    _ plane: inout MutableSpan<UInt8>, stride: Int, step: Int, component: Int = 0,
    box: MarkGeometry.Box, plateOpacity: Int, glyphOpacity: Int, plateValue: Int, glyphValue: Int
  ) {
    let plate = geometry.plate.span
    let glyphs = geometry.glyphs.span
    for y in 0..<box.height {
      var source = y * box.width
      var target = (box.y + y) * stride + box.x * step + component
      for _ in 0..<box.width {
        let cover = Int(plate[source])
        if cover > 0 {
          // 255 * 256 full: the rounding constant is half of it.
          var value = Int(plane[target])
          value &+= ((plateValue &- value) &* cover &* plateOpacity &+ 32_640) / 65_280
          let ink = Int(glyphs[source])
          if ink > 0 {
            value &+= ((glyphValue &- value) &* ink &* glyphOpacity &+ 32_640) / 65_280
          }
          plane[target] = UInt8(clamping: value)
        }
        source &+= 1
        target &+= step
      }
    }
  }

  /// Pulls half-size chroma toward grey (128) under plate and letters. A chroma sample stands for
  /// 2 x 2 luma pixels; the mask is read at the upper left of the four, which is in the box or not.
  private func blendChroma(
    _ plane: inout MutableSpan<UInt8>, stride: Int, box: MarkGeometry.Box, plate plateOpacity: Int,
    glyph glyphOpacity: Int
  ) {
    let plate = geometry.plate.span
    let glyphs = geometry.glyphs.span
    var y = box.y & 1
    while y < box.height {
      var x = box.x & 1
      while x < box.width {
        let source = y * box.width + x
        let target = (box.y + y) / 2 * stride + (box.x + x) / 2
        // What is left of the colour after both layers.
        let kept =
          (65_280 &- Int(plate[source]) &* plateOpacity)
          &* (65_280 &- Int(glyphs[source]) &* glyphOpacity) / 65_280
        let value = Int(plane[target]) &- 128
        plane[target] = UInt8(clamping: 128 &+ value &* kept / 65_280)
        x &+= 2
      }
      y &+= 2
    }
  }
}
