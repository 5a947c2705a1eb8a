import MediaJobs
import Pixels

/// Stills of a clip side by side, for a player's preview bar: still `n` is the first frame at or after
/// the n-th part of its length.
struct SheetTiles {
  private let request: SpriteSheetRequest
  private let step: Double
  private var tiles: [RGBImage] = []
  /// Times are fractions of a time base's ticks.
  private static let tolerance = 0.0005

  init(_ request: SpriteSheetRequest, duration: Double) {
    self.request = request
    step = duration / Double(request.columns * request.rows)
  }

  /// Whether the frame at this second is one of them.
  func wants(_ seconds: Double) -> Bool {
    tiles.count < request.columns * request.rows
      && seconds + Self.tolerance >= Double(tiles.count) * step
  }

  mutating func add(_ tile: RGBImage) { tiles.append(tile) }

  /// Places without a still stay black.
  func sheet() throws(MediaRefusal) -> RGBImage {
    guard let first = tiles.first else {
      throw MediaRefusal(.malformed, "Not one frame of the clip could be decoded.")
    }
    let width = first.width * request.columns
    let height = first.height * request.rows
    var pixels = [UInt8](repeating: 0, count: width * height * 3)
    for (place, tile) in tiles.enumerated()
    where tile.width == first.width && tile.height == first.height {
      let left = place % request.columns * first.width
      let top = place / request.columns * first.height
      for row in 0..<tile.height {
        let target = ((top + row) * width + left) * 3
        let source = row * tile.width * 3
        pixels.replaceSubrange(
          target..<(target + tile.width * 3), with: tile.pixels[source..<(source + tile.width * 3)])
      }
    }
    return try FFmpeg.allocated(RGBImage(width: width, height: height, pixels: pixels))
  }
}
