import CFFmpeg
import MediaJobs
import Pixels

/// Stills of a clip side by side, for a player's preview bar.
enum SpriteSheet {
  static func run(
    _ request: SpriteSheetRequest, _ context: JobContext
  ) throws(MediaRefusal) -> MediaOutcome {
    let input = try context.openInput([.clip])
    let tiles = try tiles(of: input, count: request.columns * request.rows, side: request.tileSide)
    guard let first = tiles.first else {
      throw MediaRefusal(.malformed, "Not one frame of the clip could be decoded.")
    }
    let sheet = try FFmpeg.allocated(
      compose(tiles, columns: request.columns, rows: request.rows, like: first))
    let size = try Thumbnailer.write(sheet, quality: request.quality, context)
    return MediaOutcome(frames: tiles.count, outputBytes: size)
  }

  /// One pass over the clip: frame `n` is the first one at or after the n-th part of its length.
  private static func tiles(
    of input: MediaInput, count: Int, side: Int
  ) throws(MediaRefusal) -> [RGBImage] {
    let index = try input.pictureStream()
    let stream = input.streams[index]
    let decoder = try input.decoder(for: index)
    let rotation = Rotation(of: stream)
    let base = av_q2d(stream.pointee.time_base)
    let step = (input.durationSeconds ?? 0) / Double(count)
    let scaler = PixelScaler()
    let packet = try Packet()
    let frame = try Frame()
    var tiles: [RGBImage] = []
    var start: Int64?
    var hasMore = true
    while hasMore, tiles.count < count {
      hasMore = try input.read(packet)
      if hasMore, Int(packet.pointer.pointee.stream_index) != index { continue }
      try FFmpeg.check(
        avcodec_send_packet(decoder.pointer, hasMore ? packet.pointer : nil), .malformed,
        "decode the clip")
      while try decoder.receiveFrame(frame) == .got {
        let stamp = frame.pointer.pointee.best_effort_timestamp
        if start == nil, stamp != FFmpeg.noTimestamp { start = stamp }
        let time = stamp == FFmpeg.noTimestamp ? 0 : Double(stamp - (start ?? 0)) * base
        if tiles.count < count, time + 0.0005 >= Double(tiles.count) * step {
          tiles.append(try scaler.picture(frame, maximumSide: side, rotation: rotation))
        }
        frame.clear()
      }
    }
    return tiles
  }

  /// Places without a still stay black.
  private static func compose(
    _ tiles: [RGBImage], columns: Int, rows: Int, like first: RGBImage
  ) -> RGBImage? {
    let width = first.width * columns
    let height = first.height * rows
    var pixels = [UInt8](repeating: 0, count: width * height * 3)
    for (place, tile) in tiles.enumerated()
    where tile.width == first.width && tile.height == first.height {
      let left = place % columns * first.width
      let top = place / columns * first.height
      for row in 0..<tile.height {
        let target = ((top + row) * width + left) * 3
        let source = row * tile.width * 3
        pixels.replaceSubrange(
          target..<(target + tile.width * 3), with: tile.pixels[source..<(source + tile.width * 3)])
      }
    }
    return RGBImage(width: width, height: height, pixels: pixels)
  }
}
