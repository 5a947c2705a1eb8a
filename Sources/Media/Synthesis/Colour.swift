/// A colour as the screen shows it: sRGB components from 0 to 1.
struct Colour: Equatable, Sendable {
  var red: Double
  var green: Double
  var blue: Double

  init(_ red: Double, _ green: Double, _ blue: Double) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// - Parameters:
  ///   - hue: degrees on the colour wheel; any number.
  ///   - saturation: 0 to 1.
  ///   - lightness: 0 black, 1 white.
  init(hue: Double, saturation: Double, lightness: Double) {
    let chroma = (1 - abs(2 * lightness - 1)) * saturation
    let turned = hue.truncatingRemainder(dividingBy: 360)
    let sector = (turned < 0 ? turned + 360 : turned) / 60
    let second = chroma * (1 - abs(sector.truncatingRemainder(dividingBy: 2) - 1))
    let floor = lightness - chroma / 2
    let (r, g, b): (Double, Double, Double) =
      switch Int(sector) {
      case 0: (chroma, second, 0)
      case 1: (second, chroma, 0)
      case 2: (0, chroma, second)
      case 3: (0, second, chroma)
      case 4: (second, 0, chroma)
      default: (chroma, 0, second)
      }
    self.init(r + floor, g + floor, b + floor)
  }

  static let black = Colour(0, 0, 0)
  static let white = Colour(1, 1, 1)

  /// This colour at 0, the other at 1.
  func mixed(_ other: Colour, _ amount: Double) -> Colour {
    let t = min(max(amount, 0), 1)
    return Colour(
      red + (other.red - red) * t, green + (other.green - green) * t, blue + (other.blue - blue) * t
    )
  }

  func scaled(_ factor: Double) -> Colour { Colour(red * factor, green * factor, blue * factor) }
}
