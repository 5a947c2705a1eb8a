/// A painted picture and how it moves over the frame.
struct SceneLayer: Sendable {
  let canvas: Canvas
  /// Size on the frame, in pixels; the canvas is enlarged to it once.
  let width: Int
  let height: Int
  /// Place of the upper left corner as libavfilter's `overlay` evaluates it, `n` being the frame.
  let x: String
  let y: String
}

/// A run of frames without a cut.
struct Shot: Sendable {
  let style: SceneStyle
  let palette: Palette
  /// From the back to the front; the first covers the frame.
  let layers: [SceneLayer]
  let frames: Int
}
