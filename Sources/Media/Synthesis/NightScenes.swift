import Glibc

extension SceneBuilder {
  /// Curtains of light over a dark wood.
  mutating func paintAurora() {
    addSky(sunX: 0.5, sunY: 0.95, horizon: 0.9, strength: 0.12)
    addStars(count: 420, bottom: 0.75)
    // Oxygen's green at the foot, tinted by the prompt.
    let low = Colour(hue: 150, saturation: 0.9, lightness: 0.58).mixed(palette.accents[0], 0.5)
    for (index, speed) in [0.5, -0.75, 1.0].enumerated() {
      addCurtain(
        speed: speed, foot: 0.56 - 0.08 * Double(index), low: low,
        high: palette.accents[(index + 1) % palette.accents.count],
        strength: 0.72 - 0.12 * Double(index))
    }
    addRidge(
      speed: 0.25, crest: 0.74, relief: 0.13, colour: palette.skyMiddle.scaled(0.55),
      mist: low.mixed(palette.skyMiddle, 0.75), mistAmount: 0.35)
    addWood(speed: 1, crest: 0.90)
  }

  private mutating func addCurtain(
    speed: Double, foot: Double, low: Colour, high: Colour, strength: Double
  ) {
    let noise = SceneNoise(seed: self.noise.next())
    let reach = 1.6 * Double(width + travel(speed)) / unit
    addDrifting(speed: speed, reduction: 4, top: 0, bottom: 0.8) { w, h in
      Canvas(width: w, height: h) { u, v in
        let x = u * reach
        let place = v * 0.8
        let edge = foot + 0.16 * (noise.fractal(x * 0.8, octaves: 3) - 0.5) * 2
        let rays = 0.45 + 0.55 * noise.fractal(x * 14, v * 0.35, octaves: 3)
        let patches = noise.fractal(x * 0.9 + 31, octaves: 2)
        let above = edge - place
        let body = above > 0 ? exp(-above * (5.2 - 2.5 * patches)) : exp(above * 38)
        let light = body * rays * min(max((patches - 0.28) * 2.6, 0), 1) * strength
        let blend = min(max(above * 2.4, 0), 1)
        return (low.mixed(high, blend).mixed(.white, light * 0.25), light)
      }
    }
  }

  /// Street and window lights out of focus, in three depths.
  mutating func paintLights() {
    let palette = palette
    let veil = noise
    addStill(reduction: 6) { u, v in
      let glow = exp(-(v - 0.62) * (v - 0.62) * 14)
      let patch = veil.fractal(u * 2.5, v * 2, octaves: 3)
      let base = palette.skyTop.mixed(palette.skyLow, glow * (0.4 + 0.6 * patch))
      return (base.mixed(palette.accents[0], glow * patch * 0.22), 1)
    }
    let warm = Colour(hue: 38, saturation: 0.95, lightness: 0.66)
    let colours = palette.accents + [warm, warm.mixed(.white, 0.35)]
    let depths: [(speed: Double, radius: Double, count: Double, alpha: Double, rim: Double)] = [
      (0.25, 0.016, 170, 0.75, 0.1), (0.5, 0.034, 70, 0.62, 0.2), (-1, 0.070, 30, 0.44, 0.3),
      (1.5, 0.130, 9, 0.26, 0.35),
    ]
    for depth in depths {
      var noise = SceneNoise(seed: self.noise.next())
      let unit = unit
      let share = Double(width + travel(depth.speed)) / unit
      addDrifting(
        speed: depth.speed, reduction: 2,
        bob: "floor(\(Int(unit * 0.01))*sin(n/\(40 + 9 * depth.rim)))"
      ) { w, h in
        var canvas = Canvas(width: w, height: h, tint: warm)
        for _ in 0..<Int(depth.count * share * 0.56) {
          let colour = colours[noise.index(colours.count)]
          // Lights gather around the street's height and thin out above and below.
          let y = 0.60 + (noise.unit() + noise.unit() + noise.unit() - 1.5) * 0.52
          let radius = depth.radius * unit / 2 * noise.within(0.65...1.2)
          let alpha = depth.alpha * noise.within(0.5...1.2)
          canvas.disc(
            x: noise.unit() * Double(w), y: y * Double(h), radius: radius, colour: colour
          ) { distance in
            let edge = min(1, (1 - distance) * radius * 0.7)
            return alpha * edge * (1 - depth.rim + depth.rim * distance * distance * 1.6)
          }
        }
        return canvas
      }
    }
  }
}
