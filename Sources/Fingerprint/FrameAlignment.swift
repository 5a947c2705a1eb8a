/// Where in a known frame a picture lies, and how well it fits there.
public struct FrameAlignment: Equatable, Sendable {
  /// At most this many of 256 bits apart, the picture shows that part of the known frame. Unrelated
  /// parts differ in 128 bits with a deviation of 8 to 12; the best of some thousand placements has
  /// been 88.
  public static let sameDistance = 64
  /// From here on it shows something else.
  public static let differentDistance = 80

  /// The part of the known frame that the picture shows; beyond the frame where the picture has more
  /// around it, such as bars.
  public let window: FrameWindow
  /// Bits of the aligned parts' PDQ hashes that differ.
  public let distance: Int
  /// How well the aligned parts' details agree, -1 to 1: what is left of both once all that is large has
  /// been taken away. Two skies of one kind have hashes alike, but not their stars.
  public let detail: Double

  /// The best fit near one guess.
  public static func refined(
    _ picture: FrameSketch, in known: FrameSketch, from guess: FrameWindow
  ) -> FrameAlignment {
    let before = FrameAlignment(of: picture, in: known, at: guess)
    guard let window = WindowFit(known: known).window(showing: picture, near: guess) else {
      return before
    }
    let after = FrameAlignment(of: picture, in: known, at: window)
    return after.distance < before.distance ? after : before
  }

  /// The best fit of a picture among known frames, when its size within them is known, such as from a
  /// mark's scale, but not its place.
  ///
  /// - Parameters:
  ///   - width: of the picture in widths of the known frames; above 1 with bars beside it.
  ///   - height: the same in heights.
  /// - Returns: nil where no placement has enough in common to be compared.
  public static func best(
    of picture: FrameSketch, among known: [FrameSketch], width: Double, height: Double
  ) -> (index: Int, alignment: FrameAlignment)? {
    var guesses: [(index: Int, window: FrameWindow, apart: Int)] = []
    for y in places(height) {
      for x in places(width) {
        let window = FrameWindow(x: x, y: y, width: width, height: height)
        guard let (own, other) = parts(window) else { continue }
        let code = WindowCode.code(of: picture, own)
        for (index, frame) in known.enumerated() {
          let apart = (code ^ WindowCode.code(of: frame, other)).nonzeroBitCount
          guesses.append((index, window, apart))
        }
      }
    }
    guesses.sort { $0.apart < $1.apart }
    return guesses.prefix(Self.finalists)
      .map { ($0.index, refined(picture, in: known[$0.index], from: $0.window)) }
      .min { $0.1.distance < $1.1.distance }
  }

  private static let finalists = 6

  /// Where a window of this length may begin, a fortieth apart.
  private static func places(_ length: Double) -> [Double] {
    let slack = 1 - length
    guard abs(slack) > 0.025 else { return [slack / 2] }
    let count = min(Int((abs(slack) / 0.025).rounded(.up)), 40)
    return (0...count).map { slack * Double($0) / Double(count) }
  }

  /// What picture and known frame have in common when the picture covers `window`: the part of each.
  private static func parts(
    _ window: FrameWindow
  ) -> (picture: FrameWindow, known: FrameWindow)? {
    guard window.width > 0.2, window.height > 0.2, let common = window.clipped() else { return nil }
    let own = window.relative(common)
    // What shows less than half of either is no comparison.
    guard own.width * own.height >= 0.4 || common.width * common.height >= 0.9 else { return nil }
    return (own, common)
  }

  private init(of picture: FrameSketch, in known: FrameSketch, at window: FrameWindow) {
    self.window = window
    guard let (own, other) = Self.parts(window) else {
      (distance, detail) = (PDQHash.byteCount * 8, 0)
      return
    }
    distance = picture.hash(of: own).distance(to: known.hash(of: other))
    detail =
      distance <= Self.differentDistance
      ? Self.correlation(
        picture.samples(of: own, side: FrameSketch.side),
        known.samples(of: other, side: FrameSketch.side)) : 0
  }

  /// Of two pictures without their low frequencies.
  private static func correlation(_ one: [Float], _ other: [Float]) -> Double {
    let (left, right) = (details(of: one), details(of: other))
    var (product, leftSquares, rightSquares): (Float, Float, Float) = (0, 0, 0)
    for (a, b) in zip(left, right) {
      product += a * b
      leftSquares += a * a
      rightSquares += b * b
    }
    let norm = (leftSquares * rightSquares).squareRoot()
    return norm > 1 ? Double(product / norm) : 0
  }

  /// What each sample differs by from the mean around it, held to a few times what most differ by, so
  /// that one edge does not outweigh all else.
  private static func details(of picture: [Float]) -> [Float] {
    let side = FrameSketch.side
    let reach = 4
    // Sums over all samples above and to the left.
    var sums = [Float](repeating: 0, count: (side + 1) * (side + 1))
    for y in 0..<side {
      var row: Float = 0
      for x in 0..<side {
        row += picture[y * side + x]
        sums[(y + 1) * (side + 1) + x + 1] = sums[y * (side + 1) + x + 1] + row
      }
    }
    var details = [Float](repeating: 0, count: side * side)
    for y in 0..<side {
      let (top, bottom) = (max(y - reach, 0), min(y + reach + 1, side))
      for x in 0..<side {
        let (left, right) = (max(x - reach, 0), min(x + reach + 1, side))
        let sum =
          sums[bottom * (side + 1) + right] - sums[top * (side + 1) + right]
          - sums[bottom * (side + 1) + left] + sums[top * (side + 1) + left]
        details[y * side + x] =
          picture[y * side + x] - sum / Float((bottom - top) * (right - left))
      }
    }
    let usual = details.reduce(0) { $0 + abs($1) } / Float(details.count)
    return details.map { min(max($0, -3 * usual), 3 * usual) }
  }
}
