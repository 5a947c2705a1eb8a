/// The colours of one shot, derived from colour words of the prompt and from the seed.
struct Palette: Sendable {
  enum Light: Sendable {
    case dawn
    case day
    case dusk
    case night

    var phrase: String {
      switch self {
      case .dawn: "at dawn"
      case .day: "by day"
      case .dusk: "at dusk"
      case .night: "at night"
      }
    }
  }

  let light: Light
  /// What the colours are called in the scene's description.
  let names: [String]
  let skyTop: Colour
  let skyMiddle: Colour
  let skyLow: Colour
  /// Sun, moon and lit clouds.
  let glow: Colour
  /// The nearest ground.
  let ground: Colour
  /// Two colours for lights, aurora, ribbons.
  let accents: [Colour]

  private static let hues: [(words: [String], name: String, hue: Double)] = [
    (["red", "crimson", "scarlet", "ruby"], "red", 2),
    (["orange", "amber", "copper", "autumn"], "amber", 26),
    (["gold", "golden", "yellow", "sand", "desert", "honey"], "gold", 42),
    (["green", "emerald", "moss", "jungle"], "green", 140),
    (["teal", "turquoise", "cyan", "aqua"], "teal", 178),
    (["blue", "azure", "ice"], "blue", 214),
    (["indigo", "violet", "purple", "lavender"], "violet", 268),
    (["pink", "rose", "magenta", "blossom"], "rose", 328),
  ]

  private static let lights: [(words: [String], light: Light)] = [
    (["night", "midnight", "moon", "moonlight", "stars", "neon", "dark", "aurora"], .night),
    (["dawn", "sunrise", "morning"], .dawn),
    (["dusk", "sunset", "evening", "twilight"], .dusk),
    (["day", "noon", "sunny", "summer", "bright"], .day),
  ]

  /// - Parameters:
  ///   - words: the prompt's words in their order, lower case.
  ///   - shifted: a second shot of the same clip turns the wheel a little.
  init(words: [String], noise: inout SceneNoise, style: SceneStyle, shifted: Bool) {
    var named: [(words: [String], name: String, hue: Double)] = []
    for word in words {
      guard let hue = Self.hues.first(where: { $0.words.contains(word) }),
        !named.contains(where: { $0.name == hue.name })
      else { continue }
      named.append(hue)
    }
    // Unnamed colours of a sky come from where skies have theirs; a dark ground takes any.
    let warmHues = style.isNocturnal ? Self.hues : Self.hues.filter { Self.warmth($0.hue) > 110 }
    let coolHues = style.isNocturnal ? Self.hues : Self.hues.filter { Self.warmth($0.hue) < 60 }
    let drawn = (warmHues[noise.index(warmHues.count)], coolHues[noise.index(coolHues.count)])
    let first = named.first ?? drawn.0
    let second = named.dropFirst().first ?? drawn.1
    let wanted = Self.lights.first { !Set(words).isDisjoint(with: $0.words) }?.light
    let drawnLight: Light = [.dawn, .dusk, .day, .dusk][noise.index(4)]
    light = style.isNocturnal ? .night : wanted ?? drawnLight
    names = first.name == second.name ? [first.name] : [first.name, second.name]

    let turn = noise.within(-6...6) + (shifted ? 12 : 0)
    // A sky is cool above and warm at the horizon, whichever of the two was named first.
    let pair = [first.hue, second.hue].sorted { Self.warmth($0) > Self.warmth($1) }
    let isOneFamily = abs(Self.warmth(pair[0]) - Self.warmth(pair[1])) < 40
    let warm = pair[0] + turn
    let cool = (!isOneFamily ? pair[1] : Self.warmth(pair[0]) > 90 ? 232 : pair[1] + 24) + turn
    let a = style.isNocturnal ? first.hue + turn : cool
    let b = style.isNocturnal ? second.hue + turn : warm
    switch light {
    case .dawn:
      skyTop = Colour(hue: a, saturation: 0.44, lightness: 0.42)
      skyMiddle = Colour(hue: a + 8, saturation: 0.45, lightness: 0.66)
      skyLow = Colour(hue: b, saturation: 0.72, lightness: 0.80)
      glow = Colour(hue: 40, saturation: 0.95, lightness: 0.86)
      ground = Colour(hue: a, saturation: 0.34, lightness: 0.15)
    case .day:
      skyTop = Colour(hue: a, saturation: 0.55, lightness: 0.46)
      skyMiddle = Colour(hue: a, saturation: 0.50, lightness: 0.68)
      skyLow = Colour(hue: b, saturation: 0.50, lightness: 0.88)
      glow = Colour(hue: 50, saturation: 0.9, lightness: 0.93)
      ground = Colour(hue: b, saturation: 0.36, lightness: 0.20)
    case .dusk:
      skyTop = Colour(hue: a, saturation: 0.52, lightness: 0.20)
      skyMiddle = Colour(hue: a, saturation: 0.40, lightness: 0.44).mixed(
        Colour(hue: b, saturation: 0.60, lightness: 0.55), 0.45)
      skyLow = Colour(hue: b, saturation: 0.85, lightness: 0.63)
      glow = Colour(hue: 34, saturation: 0.98, lightness: 0.78)
      ground = Colour(hue: a, saturation: 0.40, lightness: 0.08)
    case .night:
      skyTop = Colour(hue: a + 6, saturation: 0.55, lightness: 0.07)
      skyMiddle = Colour(hue: a, saturation: 0.52, lightness: 0.14)
      // No warm horizon without a sun, but for scenes that bring their own light.
      skyLow = Colour(hue: style.isNocturnal ? b : a - 12, saturation: 0.46, lightness: 0.25)
      glow = Colour(hue: 48, saturation: 0.55, lightness: 0.92)
      ground = Colour(hue: a, saturation: 0.45, lightness: 0.035)
    }
    let third = named.dropFirst(2).first?.hue ?? second.hue + 30
    accents = [
      Colour(hue: first.hue + turn, saturation: 0.85, lightness: 0.60),
      Colour(hue: second.hue + turn, saturation: 0.85, lightness: 0.62),
      Colour(hue: third + turn, saturation: 0.78, lightness: 0.68),
    ]
  }

  /// Degrees from the coldest blue: 180 is orange.
  private static func warmth(_ hue: Double) -> Double {
    let apart = abs(hue - 214).truncatingRemainder(dividingBy: 360)
    return min(apart, 360 - apart)
  }
}
