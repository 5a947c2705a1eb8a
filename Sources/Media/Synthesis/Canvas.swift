/// A picture being painted: RGBA, 8 bits, straight alpha, row by row from the top.
struct Canvas: Sendable {
  let width: Int
  let height: Int
  private(set) var pixels: [UInt8]

  /// Transparent. Enlarging mixes in the colour of transparent neighbours: `tint` should be that of
  /// what will be painted, or its edges turn dark.
  init(width: Int, height: Int, tint: Colour = .black) {
    self.width = max(width, 2)
    self.height = max(height, 2)
    pixels = [UInt8](repeating: 0, count: self.width * self.height * 4)
    guard tint != .black else { return }
    let (red, green, blue) = (Self.byte(tint.red), Self.byte(tint.green), Self.byte(tint.blue))
    for index in stride(from: 0, to: pixels.count, by: 4) {
      pixels[index] = red
      pixels[index + 1] = green
      pixels[index + 2] = blue
    }
  }

  /// Calls `paint` for every pixel with its place from 0 to 1 on both axes.
  init(width: Int, height: Int, paint: (Double, Double) -> (Colour, Double)) {
    self.init(width: width, height: height)
    for y in 0..<self.height {
      let v = (Double(y) + 0.5) / Double(self.height)
      for x in 0..<self.width {
        let (colour, alpha) = paint((Double(x) + 0.5) / Double(self.width), v)
        set(x, y, colour, alpha)
      }
    }
  }

  mutating func set(_ x: Int, _ y: Int, _ colour: Colour, _ alpha: Double) {
    let index = (y * width + x) * 4
    pixels[index] = Self.byte(colour.red)
    pixels[index + 1] = Self.byte(colour.green)
    pixels[index + 2] = Self.byte(colour.blue)
    pixels[index + 3] = Self.byte(alpha)
  }

  /// Lays a colour over what is there; pixels outside are left out.
  mutating func add(_ x: Int, _ y: Int, _ colour: Colour, _ alpha: Double) {
    guard x >= 0, y >= 0, x < width, y < height, alpha > 0 else { return }
    let index = (y * width + x) * 4
    let below = Double(pixels[index + 3]) / 255
    let over = min(alpha, 1)
    let result = over + below * (1 - over)
    func blend(_ old: UInt8, _ new: Double) -> UInt8 {
      Self.byte((new * over + Double(old) / 255 * below * (1 - over)) / result)
    }
    pixels[index] = blend(pixels[index], colour.red)
    pixels[index + 1] = blend(pixels[index + 1], colour.green)
    pixels[index + 2] = blend(pixels[index + 2], colour.blue)
    pixels[index + 3] = Self.byte(result)
  }

  /// A disc whose brightness is `profile` of the distance from its middle, 0 to 1 at `radius`.
  mutating func disc(
    x: Double, y: Double, radius: Double, colour: Colour, profile: (Double) -> Double
  ) {
    let left = max(0, Int(x - radius - 1))
    let right = min(width - 1, Int(x + radius + 1))
    let top = max(0, Int(y - radius - 1))
    let bottom = min(height - 1, Int(y + radius + 1))
    guard left <= right, top <= bottom else { return }
    for py in top...bottom {
      for px in left...right {
        let dx = Double(px) + 0.5 - x
        let dy = Double(py) + 0.5 - y
        let distance = (dx * dx + dy * dy).squareRoot() / radius
        if distance < 1 { add(px, py, colour, profile(distance)) }
      }
    }
  }

  private static func byte(_ value: Double) -> UInt8 { UInt8(min(max(value, 0), 1) * 255 + 0.5) }
}
