import Glibc

extension SceneBuilder {
  /// Mountains behind mountains, paler with distance; a wood in front.
  mutating func paintRidges() {
    let sunX = noise.within(0.25...0.75)
    addSky(sunX: sunX, sunY: 0.40, horizon: 0.54, strength: palette.light == .night ? 0.5 : 0.85)
    if palette.light == .night { addStars(count: 240, bottom: 0.6) }
    if palette.light != .day { addSun(x: sunX, y: 0.40, radius: 0.055) }
    addClouds(speed: 0.5, top: 0.02, bottom: 0.55, density: 0.55)
    let speeds = [0.25, 0.5, 1.0, 1.5]
    for (index, speed) in speeds.enumerated() {
      let depth = Double(index + 1) / Double(speeds.count + 1)
      addRidge(
        speed: speed, crest: 0.50 + 0.095 * Double(index), relief: 0.21 - 0.03 * Double(index),
        colour: palette.skyLow.mixed(palette.ground, 0.18 + 0.72 * depth),
        mist: palette.skyLow.mixed(palette.skyMiddle, 0.4), mistAmount: 0.55 * (1 - depth) + 0.1)
    }
    addWood(speed: 2, crest: 0.86)
  }

  /// A silhouette from its crest down to the foot of the frame, fading into mist below.
  mutating func addRidge(
    speed: Double, crest: Double, relief: Double, colour: Colour, mist: Colour, mistAmount: Double
  ) {
    let noise = SceneNoise(seed: self.noise.next())
    let reach = 2.2 * Double(width + travel(speed)) / unit
    let top = max(0, crest - relief)
    addDrifting(speed: speed, reduction: 2, top: top, bottom: 1) { w, h in
      var heights: [Double] = []
      for x in 0..<w {
        let u = Double(x) / Double(w) * reach
        // The ridged form (1 - |noise|) makes peaks sharp and valleys round.
        let sharp = 1 - abs(2 * noise.fractal(u * 0.9, octaves: 5) - 1)
        let broad = noise.fractal(u * 0.45 + 40, octaves: 2)
        let rise = min(1, 0.62 * sharp * sharp + 0.42 * broad)
        heights.append((1 - rise) * relief / (1 - top) * Double(h))
      }
      return Self.silhouette(
        width: w, height: h, heights: heights, colour: colour, mist: mist, mistAmount: mistAmount)
    }
  }

  /// Conifers in front, almost black.
  mutating func addWood(speed: Double, crest: Double) {
    var noise = SceneNoise(seed: self.noise.next())
    let top = crest - 0.22
    let full = width + travel(speed)
    let colour = palette.ground.scaled(0.75)
    let unit = unit / 2
    addDrifting(speed: speed, reduction: 2, top: top, bottom: 1) { w, h in
      let ground = (crest - top) / (1 - top) * Double(h)
      var heights = (0..<w).map { x in
        ground - unit * 0.05 * noise.fractal(Double(x) / unit * 3, octaves: 3)
      }
      for _ in 0..<(full / max(8, Int(unit) / 9)) {
        let middle = noise.unit() * Double(w)
        let tall = unit * noise.within(0.07...0.23)
        let half = tall * 0.19
        for x in max(0, Int(middle - half))...max(0, min(w - 1, Int(middle + half))) where x < w {
          let side = abs(Double(x) + 0.5 - middle) / half
          guard side < 1 else { continue }
          // Boughs: the outline steps in and out on its way up.
          let boughs = 0.055 * sin(side * 34)
          heights[x] = min(heights[x], ground - tall * (1 - side + boughs * side))
        }
      }
      return Self.silhouette(
        width: w, height: h, heights: heights, colour: colour, mist: colour, mistAmount: 0)
    }
  }

  /// Opaque below `heights[x]`, with a soft edge of one pixel.
  private static func silhouette(
    width: Int, height: Int, heights: [Double], colour: Colour, mist: Colour, mistAmount: Double
  ) -> Canvas {
    var canvas = Canvas(width: width, height: height)
    for y in 0..<canvas.height {
      let depth = Double(y) / Double(height)
      let tone = colour.mixed(mist, mistAmount * depth * depth * (3 - 2 * depth))
      for x in 0..<canvas.width {
        let cover = Double(y) + 1 - heights[min(x, heights.count - 1)]
        if cover > 0 { canvas.set(x, y, tone, min(cover, 1)) } else { canvas.set(x, y, tone, 0) }
      }
    }
    return canvas
  }
}
