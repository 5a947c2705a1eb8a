/// The colours of one shot, derived from colour words of the prompt and from the seed.
struct Palette: Sendable {
  enum Light: String, CaseIterable, Sendable {
    case dawn
    case day
    case dusk
    case night
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
    (["green", "emerald", "forest", "jungle", "moss"], "green", 140),
    (["teal", "turquoise", "cyan", "aqua"], "teal", 178),
    (["blue", "azure", "ocean", "sea", "ice"], "blue", 214),
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
  ///   - words: the prompt in lower case, cut at what is no letter.
  ///   - shifted: a second shot of the same clip turns the wheel a little.
  init(words: Set<String>, noise: inout SceneNoise, style: SceneStyle, shifted: Bool) {
    let named = Self.hues.filter { !words.isDisjoint(with: $0.words) }
    let drawn = (Self.hues[noise.index(Self.hues.count)], Self.hues[noise.index(Self.hues.count)])
    let first = named.first ?? drawn.0
    let second = named.dropFirst().first ?? drawn.1
    let wanted = Self.lights.first { !words.isDisjoint(with: $0.words) }?.light
    let drawnLight: Light = [.dawn, .dusk, .day, .dusk][noise.index(4)]
    light = style.isNocturnal ? .night : wanted ?? drawnLight
    names = first.name == second.name ? [first.name] : [first.name, second.name]

    let turn = noise.within(-8...8) + (shifted ? 14 : 0)
    let a = first.hue + turn
    let b = second.hue + turn
    // Sky and glow want contrast even when the prompt names one colour only.
    let warm = abs(a - b) < 20 ? a + 40 : b
    switch light {
    case .dawn:
      skyTop = Colour(hue: a, saturation: 0.42, lightness: 0.40)
      skyMiddle = Colour(hue: a + 12, saturation: 0.45, lightness: 0.64)
      skyLow = Colour(hue: warm, saturation: 0.70, lightness: 0.78)
      glow = Colour(hue: 40, saturation: 0.95, lightness: 0.86)
      ground = Colour(hue: a, saturation: 0.34, lightness: 0.15)
    case .day:
      skyTop = Colour(hue: 212, saturation: 0.55, lightness: 0.48).mixed(
        Colour(hue: a, saturation: 0.5, lightness: 0.5), 0.45)
      skyMiddle = Colour(hue: a, saturation: 0.45, lightness: 0.68)
      skyLow = Colour(hue: warm, saturation: 0.45, lightness: 0.86)
      glow = Colour(hue: 50, saturation: 0.9, lightness: 0.93)
      ground = Colour(hue: b, saturation: 0.36, lightness: 0.20)
    case .dusk:
      skyTop = Colour(hue: a - 10, saturation: 0.50, lightness: 0.20)
      skyMiddle = Colour(hue: a + 14, saturation: 0.48, lightness: 0.42)
      skyLow = Colour(hue: warm, saturation: 0.78, lightness: 0.64)
      glow = Colour(hue: 34, saturation: 0.98, lightness: 0.78)
      ground = Colour(hue: a, saturation: 0.40, lightness: 0.08)
    case .night:
      skyTop = Colour(hue: a + 6, saturation: 0.55, lightness: 0.07)
      skyMiddle = Colour(hue: a, saturation: 0.52, lightness: 0.14)
      skyLow = Colour(hue: b, saturation: 0.46, lightness: 0.25)
      glow = Colour(hue: 48, saturation: 0.55, lightness: 0.92)
      ground = Colour(hue: a, saturation: 0.45, lightness: 0.035)
    }
    accents = [
      Colour(hue: a, saturation: 0.85, lightness: 0.62),
      Colour(hue: warm, saturation: 0.85, lightness: 0.64),
      Colour(hue: warm + 30, saturation: 0.75, lightness: 0.72),
    ]
  }
}
