import Glibc

/// Paints the layers of one shot. Soft things are painted small and enlarged, so that painting
/// costs little and libavfilter does the moving.
struct SceneBuilder {
  let width: Int
  let height: Int
  let frames: Int
  let palette: Palette
  let style: SceneStyle
  let words: Set<String>
  var noise: SceneNoise
  private(set) var layers: [SceneLayer] = []

  init(
    width: Int, height: Int, frames: Int, style: SceneStyle, palette: Palette, words: Set<String>,
    noise: SceneNoise
  ) {
    self.width = width
    self.height = height
    self.frames = frames
    self.style = style
    self.palette = palette
    self.words = words
    self.noise = noise
  }

  /// Short side in pixels: what sizes of things are measured in.
  var unit: Double { Double(min(width, height)) }
  var aspect: Double { Double(width) / Double(height) }

  mutating func build() -> Shot {
    switch style {
    case .ridges: paintRidges()
    case .aurora: paintAurora()
    case .sea: paintSea()
    case .lights: paintLights()
    case .silk: paintSilk()
    }
    paintWeather()
    return Shot(style: style, palette: palette, layers: layers, frames: frames)
  }

  // MARK: Placing

  /// Pixels a frame, in quarters, so that steps come at even times; `speed` is for 720 lines.
  func pace(_ speed: Double) -> Double {
    let scaled = abs(speed) * unit / 720
    let quarters = max(0.25, (scaled * 4).rounded() / 4)
    return speed < 0 ? -quarters : quarters
  }

  /// How many pixels wider than the frame a layer must be to drift for the whole shot.
  func travel(_ speed: Double) -> Int {
    speed == 0 ? 0 : Int((abs(pace(speed)) * Double(frames)).rounded(.up)) + 2
  }

  /// A layer as wide as the frame and its travel, drifting sideways: left when `speed` is positive.
  mutating func addDrifting(
    speed: Double, reduction: Int, top: Double = 0, bottom: Double = 1, bob: String = "0",
    paint: (_ width: Int, _ height: Int) -> Canvas
  ) {
    let full = width + travel(speed)
    let y = Int(top * Double(height))
    let tall = max(2, Int(bottom * Double(height)) - y)
    let canvas = paint(max(2, full / reduction), max(2, tall / reduction))
    let step = pace(speed)
    let x =
      speed == 0 ? "0" : step > 0 ? "-floor(n*\(step))" : "\(width - full)+floor(n*\(-step))"
    layers.append(
      SceneLayer(canvas: canvas, width: full, height: tall, x: x, y: "\(y)+(\(bob))"))
  }

  mutating func addStill(reduction: Int, paint: (Double, Double) -> (Colour, Double)) {
    let canvas = Canvas(width: width / reduction, height: height / reduction, paint: paint)
    layers.append(SceneLayer(canvas: canvas, width: width, height: height, x: "0", y: "0"))
  }

  mutating func addSprite(_ canvas: Canvas, width: Int, height: Int, x: String, y: String) {
    layers.append(SceneLayer(canvas: canvas, width: width, height: height, x: x, y: y))
  }

  // MARK: Parts that several scenes share

  /// A sky of three colours with a soft light at (`sunX`, `sunY`), places as fractions of the
  /// frame.
  mutating func addSky(sunX: Double, sunY: Double, horizon: Double, strength: Double) {
    let palette = palette
    let aspect = aspect
    let haze = noise
    addStill(reduction: 4) { u, v in
      let t = min(v / horizon, 1)
      var colour =
        t < 0.5
        ? palette.skyTop.mixed(palette.skyMiddle, t * 2)
        : palette.skyMiddle.mixed(palette.skyLow, (t - 0.5) * 2)
      let dx = (u - sunX) * aspect
      let dy = v - sunY
      let distance = (dx * dx + dy * dy).squareRoot()
      let light = 0.85 * exp(-distance * distance * 60) + 0.55 * exp(-distance * 3.2)
      colour = colour.mixed(palette.glow, light * strength)
      // A breath of unevenness keeps wide gradients from looking computed.
      let veil = haze.fractal(u * 3, v * 5, octaves: 3) - 0.5
      return (colour.mixed(palette.skyLow, veil * 0.25), 1)
    }
  }

  mutating func addSun(x: Double, y: Double, radius: Double) {
    let size = Int(radius * unit * 2) & ~1
    let side = max(8, size / 2)
    var canvas = Canvas(width: side, height: side, tint: palette.glow)
    let middle = Double(side) / 2
    canvas.disc(
      x: middle, y: middle, radius: middle, colour: palette.glow.mixed(.white, 0.4)
    ) { distance in min(1, (1 - distance) * 14) * 0.95 }
    let rise = palette.light == .dawn ? "-floor(n/4)" : palette.light == .dusk ? "+floor(n/4)" : ""
    addSprite(
      canvas, width: size, height: size,
      x: String(Int(x * Double(width)) - size / 2),
      y: "\(Int(y * Double(height)) - size / 2)\(rise)")
  }

  mutating func addClouds(speed: Double, top: Double, bottom: Double, density: Double) {
    let palette = palette
    let noise = SceneNoise(seed: self.noise.next())
    let reach = 4 * Double(width + travel(speed)) / unit
    addDrifting(speed: speed, reduction: 6, top: top, bottom: bottom) { w, h in
      Canvas(width: w, height: h) { u, v in
        let warp = noise.fractal(u * reach * 0.4 + 9, v * 2, octaves: 2)
        let value = noise.fractal(u * reach * 0.55 + warp, v * 5 + warp, octaves: 5)
        let cover = min(max((value - (1 - density)) * 3.2, 0), 1)
        let fade = sin(.pi * v)
        let lit = palette.glow.mixed(palette.skyMiddle, min(1, cover * 0.75))
        return (lit, cover * fade * 0.6)
      }
    }
  }

  mutating func addStars(count: Int, bottom: Double) {
    var noise = SceneNoise(seed: self.noise.next())
    let (w, h) = (width / 2, Int(bottom * Double(height)) / 2)
    var canvas = Canvas(width: w, height: h, tint: .white)
    let size = max(1.0, unit / 720)
    for _ in 0..<count {
      let bright = noise.unit()
      let radius = (0.5 + 1.3 * bright * bright * bright) * size
      let x = noise.unit() * Double(w)
      let y = noise.unit() * noise.unit() * Double(h)
      canvas.disc(x: x, y: y, radius: radius + 0.6, colour: .white.mixed(palette.accents[0], 0.2)) {
        (1 - $0) * (0.35 + 0.65 * bright)
      }
    }
    addSprite(canvas, width: width, height: Int(bottom * Double(height)), x: "0", y: "0")
  }

  /// Snow, rain, sparks or petals where the prompt has a word for them.
  private mutating func paintWeather() {
    let wanted:
      (colour: Colour, size: Double, count: Int, fall: Double, drift: Double, alpha: Double)?
    if !words.isDisjoint(with: ["snow", "snowy", "snowing", "winter", "blizzard"]) {
      wanted = (.white, 0.0045, 170, 2, 0.5, 0.85)
    } else if !words.isDisjoint(with: ["fireflies", "firefly", "sparks", "embers", "fire", "magic"])
    {
      wanted = (Colour(hue: 45, saturation: 1, lightness: 0.7), 0.006, 60, -0.75, 0.5, 0.9)
    } else if !words.isDisjoint(with: ["petals", "blossom", "blossoms", "sakura", "leaves"]) {
      wanted = (palette.accents[1].mixed(.white, 0.35), 0.007, 70, 1.25, 1, 0.85)
    } else {
      wanted = nil
    }
    guard let wanted else { return }
    for (depth, scale) in [0.55, 1.0, 1.7].enumerated() {
      var noise = SceneNoise(seed: self.noise.next())
      let fall = pace(wanted.fall * scale)
      let drift = pace(wanted.drift * scale)
      let w = width + Int(Double(frames) * drift) + 2
      let h = height + Int(Double(frames) * abs(fall)) + 2
      var canvas = Canvas(width: w / 2, height: h / 2, tint: wanted.colour)
      let share = Double(w * h) / Double(width * height)
      for _ in 0..<Int(Double(wanted.count) * share / Double(depth + 1)) {
        canvas.disc(
          x: noise.unit() * Double(w) / 2, y: noise.unit() * Double(h) / 2,
          radius: max(1.2, wanted.size * scale * unit / 2 * noise.within(0.6...1.3)),
          colour: wanted.colour
        ) { (1 - $0 * $0) * wanted.alpha }
      }
      let y = fall > 0 ? "\(height - h)+floor(n*\(fall))" : "-floor(n*\(-fall))"
      addSprite(canvas, width: w, height: h, x: "-floor(n*\(drift))", y: y)
    }
  }
}
