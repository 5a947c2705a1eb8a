import Glibc

extension SceneBuilder {
  /// Slow blots of colour under bright, folded ribbons.
  mutating func paintSilk() {
    let palette = palette
    addStill(reduction: 6) { u, v in
      (palette.skyTop.mixed(palette.skyLow, 0.6 * u + 0.4 * v), 1)
    }
    let colours =
      palette.accents + [
        palette.skyLow.mixed(palette.accents[0], 0.5), palette.accents[1].scaled(0.6),
      ]
    for index in 0..<6 {
      let colour = colours[index % colours.count]
      let size = Int(unit * noise.within(0.9...1.5)) & ~1
      var canvas = Canvas(width: size / 8, height: size / 8, tint: colour)
      let middle = Double(canvas.width) / 2
      canvas.disc(x: middle, y: middle, radius: middle, colour: colour) { distance in
        let fall = 1 - distance
        return 0.62 * fall * fall * (3 - 2 * fall)
      }
      // Two sines of different periods a blot: a path that does not repeat within a clip.
      let x = Int(noise.within(0.1...0.9) * Double(width)) - size / 2
      let y = Int(noise.within(0.1...0.9) * Double(height)) - size / 2
      let phase = noise.within(0...6.28)
      addSprite(
        canvas, width: size, height: size,
        x: "\(x)+floor(\(Int(unit * 0.22))*sin(n/\(38 + 7 * index)+\(phase)))",
        y: "\(y)+floor(\(Int(unit * 0.16))*cos(n/\(45 + 6 * index)+\(phase)))")
    }
    for (index, speed) in [0.75, -1.0, 1.5].enumerated() {
      addRibbon(speed: speed, colour: colours[(index + 1) % colours.count], index: index)
    }
  }

  private mutating func addRibbon(speed: Double, colour: Colour, index: Int) {
    let noise = SceneNoise(seed: self.noise.next())
    let reach = 1.3 * Double(width + travel(speed)) / unit
    let middle = 0.32 + 0.18 * Double(index)
    addDrifting(
      speed: speed, reduction: 2, bob: "floor(\(Int(unit * 0.012))*sin(n/\(29 + 8 * index)))"
    ) { w, h in
      // The ribbon's edges by column, once; a pixel then only asks where it lies between them.
      let columns = (0..<max(w, 2)).map { x -> (top: Double, thick: Double, fold: Double) in
        let u = Double(x) / Double(max(w, 2)) * reach
        let top = middle + 0.34 * (noise.fractal(u * 0.8, octaves: 2) - 0.5)
        let thick = 0.05 + 0.28 * noise.value(u * 0.7 + 50)
        return (top, thick, noise.fractal(u * 1.6 + 90, octaves: 2))
      }
      return Canvas(width: w, height: h) { u, v in
        let column = columns[min(columns.count - 1, Int(u * Double(columns.count)))]
        let across = (v - column.top) / column.thick
        guard across > 0, across < 1 else { return (colour, 0) }
        // Bright at the upper edge like a lit fold, with threads along it.
        let edge = exp(-across * 9)
        let threads = 0.5 + 0.5 * sin(across * 26 + column.fold * 12)
        let body = (1 - across) * (0.34 + 0.20 * threads)
        let rise = min(1, across * Double(h) * column.thick * 0.7)
        return (
          colour.mixed(.white, 0.55 * edge + 0.12 * threads), min(0.95, body + 0.6 * edge) * rise
        )
      }
    }
  }
}
