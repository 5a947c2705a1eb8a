import Glibc
import Pixels

/// A line of text as it lies in a picture: a rectangle that may be turned. Lengths in pixels.
struct TextLine: Equatable, Sendable {
  /// The middle.
  let x: Float
  let y: Float
  /// Along the line.
  let length: Float
  /// Across it.
  let height: Float
  /// Where the line runs to, clockwise from the right, in radians.
  let angle: Float
}

/// PP-OCRv6's detector (Liao et al. 2020, differentiable binarization): a map of what is the core of
/// a line of text, of which each connected piece is a line.
enum TextDetector {
  /// The longest side that is looked at; frames of clips come smaller.
  static let side = 960
  /// A pixel of the map above this belongs to a line.
  private static let threshold: Float = 0.3
  /// A line's pixels are above this on average.
  private static let lineThreshold: Float = 0.6
  /// Cores with fewer pixels are specks.
  private static let smallest = 16
  /// The core is the line shrunk; this is the training's ratio.
  private static let growth: Float = 1.6
  /// Pieces that are longer than wide by this have a direction of their own.
  private static let elongation: Float = 1.5

  /// The lines of text in `image`, in the order in which they are read.
  static func lines(
    in image: RGBImage, _ session: OnnxSession
  ) throws(InferenceError) -> [TextLine] {
    // Blue, green and red from -1 to 1.
    let input = PicturePlanes(image, side: side, channels: [2, 1, 0]) { $0 / 127.5 - 1 }
    let (width, height) = (input.width, input.height)
    let map = try session.run(
      [("x", try Tensor(input.values, shape: [1, 3, height, width]))], outputs: ["fetch_name_0"])[0]
      .floats
    guard map.count == width * height else {
      throw InferenceError(reason: "the text detector is of another version; run Scripts/models")
    }
    let (across, down) = (
      Float(image.width) / Float(width), Float(image.height) / Float(height)
    )
    return readingOrder(
      pieces(of: map, width: width, height: height).compactMap { piece in
        line(piece, map, width).map { line in
          // The picture was stretched by a few pixels at most: as one scale.
          TextLine(
            x: line.x * across, y: line.y * down, length: line.length * across,
            height: line.height * down, angle: line.angle)
        }
      })
  }

  /// Connected pixels above the threshold, corners included.
  static func pieces(of map: [Float], width: Int, height: Int) -> [[Int]] {
    var seen = [Bool](repeating: false, count: map.count)
    var pieces: [[Int]] = []
    for start in map.indices where map[start] > threshold && !seen[start] {
      var piece = [start]
      seen[start] = true
      var next = 0
      while next < piece.count {
        let (column, row) = (piece[next] % width, piece[next] / width)
        next += 1
        for y in max(row - 1, 0)...min(row + 1, height - 1) {
          for x in max(column - 1, 0)...min(column + 1, width - 1) {
            let index = y * width + x
            guard !seen[index], map[index] > threshold else { continue }
            seen[index] = true
            piece.append(index)
          }
        }
      }
      if piece.count >= smallest { pieces.append(piece) }
    }
    return pieces
  }

  /// The rectangle around a piece along its own direction, grown to the whole line; nil for a piece
  /// that is faint.
  static func line(_ piece: [Int], _ map: [Float], _ width: Int) -> TextLine? {
    let count = Float(piece.count)
    guard piece.reduce(0, { $0 + map[$1] }) / count >= lineThreshold else { return nil }
    let points = piece.map { (x: Float($0 % width) + 0.5, y: Float($0 / width) + 0.5) }
    let meanX = points.reduce(0) { $0 + $1.x } / count
    let meanY = points.reduce(0) { $0 + $1.y } / count
    var (xx, xy, yy): (Float, Float, Float) = (0, 0, 0)
    for point in points {
      let (dx, dy) = (point.x - meanX, point.y - meanY)
      xx += dx * dx
      xy += dx * dy
      yy += dy * dy
    }
    // The direction in which the piece varies most, if it has one.
    let spread = hypotf(xx - yy, 2 * xy)
    var angle: Float = 0
    if (xx + yy + spread) > elongation * elongation * (xx + yy - spread) {
      angle = atan2f(2 * xy, xx - yy) / 2
      // Text that stands on end is read downwards.
      if angle < -Float.pi / 4 { angle += Float.pi }
    }
    let (cosine, sine) = (cosf(angle), sinf(angle))
    var low = SIMD2<Float>(repeating: .infinity)
    var high = -low
    for point in points {
      let (dx, dy) = (point.x - meanX, point.y - meanY)
      let turned = SIMD2(dx * cosine + dy * sine, dy * cosine - dx * sine)
      low = pointwiseMin(low, turned - 0.5)
      high = pointwiseMax(high, turned + 0.5)
    }
    let size = high - low
    let middle = (high + low) / 2
    let margin = size.x * size.y * growth / (2 * (size.x + size.y))
    return TextLine(
      x: meanX + middle.x * cosine - middle.y * sine,
      y: meanY + middle.x * sine + middle.y * cosine,
      length: size.x + 2 * margin, height: size.y + 2 * margin, angle: angle)
  }

  /// From the top; lines at one height from the left.
  static func readingOrder(_ lines: [TextLine]) -> [TextLine] {
    var rows: [[TextLine]] = []
    for line in lines.sorted(by: { $0.y < $1.y }) {
      if let first = rows.last?.first, line.y - first.y < min(first.height, line.height) / 2 {
        rows[rows.count - 1].append(line)
      } else {
        rows.append([line])
      }
    }
    return rows.flatMap { $0.sorted { $0.x < $1.x } }
  }
}
