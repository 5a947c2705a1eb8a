import Glibc

extension SceneBuilder {
  /// A sea under a low sun, its light broken by the waves, and a sail.
  mutating func paintSea() {
    let horizon = 0.56
    let sunX = noise.within(0.3...0.7)
    let sunY = horizon - noise.within(0.08...0.16)
    addSky(sunX: sunX, sunY: sunY, horizon: horizon, strength: 0.9)
    if palette.light == .night { addStars(count: 240, bottom: horizon) }
    addSun(x: sunX, y: sunY, radius: palette.light == .night ? 0.035 : 0.06)
    addClouds(speed: 0.5, top: 0.02, bottom: horizon - 0.04, density: 0.56)
    addRidge(
      speed: 0.25, crest: horizon + 0.004, relief: 0.055,
      colour: palette.skyLow.mixed(palette.ground, 0.45), mist: palette.skyLow, mistAmount: 0.2)
    // The island's foot reaches below the horizon: the water goes over it.
    addWater(horizon: horizon, sunX: sunX)
    for (index, speed) in [0.5, -0.75, 1.25, -1.5].enumerated() {
      addGlitter(horizon: horizon, sunX: sunX, speed: speed, index: index)
    }
    addBoat(horizon: horizon)
  }

  private mutating func addWater(horizon: Double, sunX: Double) {
    let palette = palette
    let noise = noise
    let aspect = aspect
    addDrifting(speed: 0, reduction: 4, top: horizon, bottom: 1) { w, h in
      Canvas(width: w, height: h) { u, v in
        let deep = palette.skyTop.mixed(palette.ground, 0.45)
        var colour = palette.skyLow.mixed(palette.skyMiddle, min(1, v * 2.5)).mixed(
          deep, v.squareRoot())
        let swell = noise.fractal(u * 5 * aspect / (0.3 + v), 2.4 / (0.08 + v), octaves: 4) - 0.5
        colour = colour.mixed(swell > 0 ? palette.skyLow : palette.ground, abs(swell) * 0.5)
        let spread = 0.05 + v * 0.22
        let column = exp(-(u - sunX) * (u - sunX) / (spread * spread))
        return (colour.mixed(palette.glow, column * 0.42 * (1 - v * 0.5)), 1)
      }
    }
  }

  /// Flat flashes, small at the horizon and long in front; layers that drift against each other
  /// make them come and go.
  private mutating func addGlitter(horizon: Double, sunX: Double, speed: Double, index: Int) {
    var noise = SceneNoise(seed: self.noise.next())
    let palette = palette
    let full = Double(width + travel(speed))
    let shown = Double(width)
    let offset = speed < 0 ? full - shown : 0
    addDrifting(
      speed: speed, reduction: 2, top: horizon, bottom: 1,
      bob: "floor(\(2 + index)*sin(n/\(11 + 3 * index)))"
    ) { w, h in
      var canvas = Canvas(width: w, height: h, tint: palette.glow)
      for _ in 0..<520 {
        let v = noise.unit() * noise.unit()
        let near = 0.03 + v
        // Gathered under the sun, with some of it anywhere.
        let scatter = (noise.unit() + noise.unit() + noise.unit() - 1.5) * (0.16 + 0.5 * v)
        let place = noise.unit() < 0.82 ? sunX + scatter : noise.unit() * 1.2 - 0.1
        let x = (place * shown + offset) / full * Double(w)
        let y = v * Double(h)
        let half = near * Double(h) * noise.within(0.04...0.13)
        let thick = max(0.8, near * Double(h) * 0.011)
        let alpha = noise.within(0.25...0.85)
        for py in Int(y - thick)...Int(y + thick) {
          for px in Int(x - half)...Int(x + half) {
            let dx = (Double(px) + 0.5 - x) / half
            let dy = (Double(py) + 0.5 - y) / (thick + 0.5)
            let falloff = 1 - dx * dx - dy * dy
            if falloff > 0 { canvas.add(px, py, palette.glow, alpha * falloff) }
          }
        }
      }
      return canvas
    }
  }

  private mutating func addBoat(horizon: Double) {
    let height = Int(unit * 0.15) & ~1
    let side = max(16, height)
    let hull = palette.ground.scaled(0.8)
    let isLit = palette.light == .day || palette.light == .dawn
    let sail = palette.ground.mixed(palette.glow, isLit ? 0.85 : 0.30)
    let canvas = Canvas(width: side, height: side) { u, v in
      // Coverage of an inequality `d > 0`, soft over a pixel.
      func inside(_ distance: Double) -> Double { min(max(distance * Double(side) + 0.5, 0), 1) }
      let main = min(inside(0.52 - u), min(inside(u - 0.52 + (v - 0.04) * 0.52), inside(0.76 - v)))
      let jib = min(inside(u - 0.55), min(inside(0.55 + (v - 0.14) * 0.42 - u), inside(0.76 - v)))
      let body = min(
        inside(v - 0.80),
        min(
          inside(0.93 - v),
          min(inside(u - 0.12 - (v - 0.80) * 0.9), inside(0.92 - (v - 0.80) * 1.3 - u))))
      let mast = min(inside(0.008 - abs(u - 0.535)), min(inside(v - 0.02), inside(0.82 - v)))
      let cloth = max(main, jib)
      let wood = max(body, mast)
      return wood > cloth ? (hull, wood) : (sail, cloth)
    }
    let start = noise.within(0.12...0.6)
    let step = pace(0.5)
    addSprite(
      canvas, width: height, height: height,
      x: "\(Int(start * Double(width)))+floor(n*\(step))",
      y: "\(Int((horizon + 0.10) * Double(self.height)) - height)+floor(2*sin(n/17))")
  }
}
