import MediaJobs

/// What lies over every scene.
enum Finish {
  /// Corners a little darker, as a lens makes them; the foot darker where a caption stands.
  static func corners(_ request: SynthesisRequest, hasCaption: Bool) -> SceneLayer {
    let canvas = Canvas(width: request.width / 8, height: request.height / 8) { u, v in
      let dx = (u - 0.5) * 2
      let dy = (v - 0.5) * 2
      let corner = max(0, (dx * dx + dy * dy) / 2 - 0.25) * 0.42
      let foot = hasCaption ? max(0, (v - 0.68) / 0.32) : 0
      return (.black, min(0.75, corner + 0.5 * foot * foot * (3 - 2 * foot)))
    }
    return SceneLayer(
      canvas: canvas, width: request.width, height: request.height, x: "0", y: "0")
  }
}
