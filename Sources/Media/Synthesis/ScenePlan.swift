import MediaJobs

/// What the built-in renderer makes of a request: its shots, painted, and what to say about them.
struct ScenePlan: Sendable {
  let shots: [Shot]
  /// One sentence for people and for the check of scene descriptions.
  let phrase: String

  /// A clip from this length on has a second shot after a hard cut, and a third from twice of it.
  private static let secondsPerShot = 8.0

  init(_ request: SynthesisRequest, frames: Int) {
    let ordered = Self.words(of: request.prompt)
    let words = Set(ordered)
    var noise = SceneNoise(seed: Self.seed(of: request))
    let count = min(3, Int(request.seconds / Self.secondsPerShot) + 1)
    var style = SceneStyle.choose(words: words, noise: &noise)
    var shots: [Shot] = []
    var used = 0
    for index in 0..<count {
      let share = index == count - 1 ? frames - used : frames / count
      let palette = Palette(words: ordered, noise: &noise, style: style, shifted: index > 0)
      var builder = SceneBuilder(
        width: request.width, height: request.height, frames: share, style: style,
        palette: palette, words: words, noise: SceneNoise(seed: noise.next()))
      shots.append(builder.build())
      used += share
      style = Self.next(after: style, noise: &noise)
    }
    self.shots = shots
    phrase = shots.map { shot in
      let light = shot.style == .silk ? "" : " \(shot.palette.light.phrase)"
      return "\(shot.style.phrase)\(light), in \(shot.palette.names.joined(separator: " and "))"
    }.joined(separator: "; then ")
  }

  /// The prompt in lower case, cut at whatever is no letter.
  static func words(of prompt: String) -> [String] {
    prompt.lowercased().split { !$0.isLetter }.map(String.init)
  }

  /// The request's seed stirred with the prompt (FNV-1a), so that either changes the pictures.
  static func seed(of request: SynthesisRequest) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in request.prompt.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash ^ (request.seed &* 0x9E37_79B9_7F4A_7C15)
  }

  /// A cut leads to another place with the same time of day.
  private static func next(after style: SceneStyle, noise: inout SceneNoise) -> SceneStyle {
    let others = SceneStyle.allCases.filter { $0 != style && $0.isNocturnal == style.isNocturnal }
    return others.isEmpty ? style : others[noise.index(others.count)]
  }
}
