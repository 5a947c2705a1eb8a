import MediaJobs
import Pixels

/// Stills of a clip side by side, for a player's preview bar: still `n` is the first frame at or after
/// the n-th part of its length.
struct SheetTiles {
  private let request: SpriteSheetRequest
  private var schedule: Schedule
  private var tiles: [RGBImage] = []

  /// Which frames are among them, decided as they come by.
  struct Schedule {
    private let count: Int
    private let step: Double
    private var taken = 0
    /// Times are fractions of a time base's ticks.
    private static let tolerance = 0.0005

    init(_ request: SpriteSheetRequest, duration: Double) {
      count = request.columns * request.rows
      step = duration / Double(count)
    }

    mutating func takes(_ seconds: Double) -> Bool {
      guard taken < count, seconds + Self.tolerance >= Double(taken) * step else { return false }
      taken += 1
      return true
    }
  }

  init(_ request: SpriteSheetRequest, duration: Double) {
    self.request = request
    schedule = Schedule(request, duration: duration)
  }

  /// Whether the frame at this second is one of them.
  mutating func takes(_ seconds: Double) -> Bool { schedule.takes(seconds) }

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
