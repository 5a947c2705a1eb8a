/// The kinds of scene that the built-in renderer can draw.
enum SceneStyle: String, CaseIterable, Sendable {
  case ridges
  case aurora
  case sea
  case lights
  case silk

  private var words: [String] {
    switch self {
    case .ridges:
      [
        "mountain", "mountains", "hill", "hills", "forest", "valley", "tree", "trees", "desert",
        "canyon", "fox", "bear", "deer", "road", "meadow",
      ]
    case .aurora:
      ["aurora", "stars", "space", "galaxy", "arctic", "snow", "winter", "ice", "night"]
    case .sea:
      [
        "sea", "ocean", "beach", "wave", "waves", "boat", "ship", "lake", "island", "harbour",
        "harbor", "lighthouse", "whale", "surf", "sunset",
      ]
    case .lights:
      [
        "city", "street", "neon", "party", "festival", "club", "traffic", "christmas", "lights",
        "restaurant", "bar",
      ]
    case .silk: ["abstract", "gradient", "silk", "colours", "colors", "music", "dream", "paint"]
    }
  }

  /// Scenes that live on a dark ground.
  var isNocturnal: Bool { self == .aurora || self == .lights || self == .silk }

  /// How the description names it.
  var phrase: String {
    switch self {
    case .ridges: "mountain ridges passing in layers"
    case .aurora: "aurora over a line of trees"
    case .sea: "a glittering sea under a low sun"
    case .lights: "drifting city lights out of focus"
    case .silk: "flowing ribbons of colour"
    }
  }

  /// The style that most of the prompt's words ask for; the seed decides when none does.
  static func choose(words: Set<String>, noise: inout SceneNoise) -> SceneStyle {
    let drawn = allCases[noise.index(allCases.count)]
    let scores = allCases.map { style in (style, style.words.filter(words.contains).count) }
    guard let best = scores.max(by: { $0.1 < $1.1 }), best.1 > 0 else { return drawn }
    return best.0
  }
}
