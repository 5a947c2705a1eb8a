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

  /// The best fit near one guess.
  public static func refined(
    _ picture: FrameSketch, in known: FrameSketch, from guess: FrameWindow
  ) -> FrameAlignment {
    let before = FrameAlignment(window: guess, distance: distance(picture, known, guess))
    guard let window = WindowFit(known: known).window(showing: picture, near: guess) else {
      return before
    }
    let after = FrameAlignment(window: window, distance: distance(picture, known, window))
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

  private static func distance(
    _ picture: FrameSketch, _ known: FrameSketch, _ window: FrameWindow
  ) -> Int {
    guard let (own, other) = parts(window) else { return PDQHash.byteCount * 8 }
    return picture.hash(of: own).distance(to: known.hash(of: other))
  }
}
