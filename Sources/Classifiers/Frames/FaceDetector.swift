import Glibc
import Pixels

/// A face as it lies in a picture; all lengths in pixels of that picture.
struct Face: Equatable, Sendable {
  struct Point: Equatable, Sendable {
    var x: Float
    var y: Float
  }

  /// From 0 to 1.
  let score: Float
  let left: Float
  let top: Float
  let right: Float
  let bottom: Float
  /// The eye on the left of the picture, the other one, the tip of the nose, the corners of the
  /// mouth.
  let landmarks: [Point]

  var width: Float { right - left }
}

/// CenterFace (Xu et al. 2019): faces by the peaks of a heat map, at a quarter of the picture's size.
enum FaceDetector {
  /// The longest side that is looked at: a face of a thirtieth of it is still found, and one that is
  /// smaller shows no age. Time grows with its square.
  static let side = 384
  /// Below this a peak is no face.
  static let threshold: Float = 0.4
  /// Two boxes that share more than this are one face.
  private static let overlap: Float = 0.3
  /// A crowd has less; the best count.
  private static let limit = 200
  /// Cells of the heat map are so many pixels wide.
  private static let stride = 4

  /// The faces in `image`, the surest first.
  static func faces(
    in image: RGBImage, _ session: OnnxSession
  ) throws(InferenceError) -> [Face] {
    // Red, green and blue from 0 to 255.
    let input = PicturePlanes(image, side: side, channels: [0, 1, 2]) { $0 }
    let (width, height) = (input.width, input.height)
    // The names of the graph as published: heat, scale, offset and landmarks.
    let outputs = try session.run(
      [("input.1", try Tensor(input.values, shape: [1, 3, height, width]))],
      outputs: ["537", "538", "539", "540"])
    return faces(
      heat: outputs[0].floats, scale: outputs[1].floats, offset: outputs[2].floats,
      landmarks: outputs[3].floats, columns: width / stride, rows: height / stride,
      horizontal: Float(image.width) / Float(width), vertical: Float(image.height) / Float(height))
  }

  /// - Parameters:
  ///   - horizontal: pixels of the picture for one of the model's input; `vertical` likewise.
  static func faces(
    heat: [Float], scale: [Float], offset: [Float], landmarks: [Float], columns: Int, rows: Int,
    horizontal: Float, vertical: Float
  ) -> [Face] {
    let cells = columns * rows
    guard heat.count == cells, scale.count == 2 * cells, offset.count == 2 * cells,
      landmarks.count == 10 * cells
    else { return [] }
    var found: [Face] = []
    for cell in 0..<cells where heat[cell] > threshold {
      let (x, y) = (Float(cell % columns), Float(cell / columns))
      // Heights come first, widths second.
      let height = exponential(scale[cell]) * Float(stride)
      let width = exponential(scale[cells + cell]) * Float(stride)
      let left = (x + offset[cells + cell] + 0.5) * Float(stride) - width / 2
      let top = (y + offset[cell] + 0.5) * Float(stride) - height / 2
      guard left.isFinite, top.isFinite, width.isFinite, height.isFinite else { continue }
      found.append(
        Face(
          score: heat[cell], left: left * horizontal, top: top * vertical,
          right: (left + width) * horizontal, bottom: (top + height) * vertical,
          landmarks: (0..<5).map { point in
            Face.Point(
              x: (landmarks[(2 * point + 1) * cells + cell] * width + left) * horizontal,
              y: (landmarks[2 * point * cells + cell] * height + top) * vertical)
          }))
    }
    found.sort { $0.score > $1.score }
    var kept: [Face] = []
    for face in found.prefix(limit) where kept.allSatisfy({ common($0, face) <= overlap }) {
      kept.append(face)
    }
    return kept
  }

  /// A box of e^8 cells is larger than any picture: beyond it a scale says nothing.
  private static func exponential(_ value: Float) -> Float { expf(min(max(value, -8), 8)) }

  /// The share of two boxes' union that both cover.
  private static func common(_ one: Face, _ other: Face) -> Float {
    let width = min(one.right, other.right) - max(one.left, other.left)
    let height = min(one.bottom, other.bottom) - max(one.top, other.top)
    guard width > 0, height > 0 else { return 0 }
    let both = width * height
    func area(_ face: Face) -> Float { (face.right - face.left) * (face.bottom - face.top) }
    return both / (area(one) + area(other) - both)
  }
}
