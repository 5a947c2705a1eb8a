import CFFmpeg

/// How far a stream asks to be turned before it is shown (ISO/IEC 14496-12 §8.3.2, the track's
/// matrix). Mirroring is left aside.
struct Rotation: Equatable {
  /// Clockwise: 0, 90, 180 or 270.
  let degrees: Int

  init(degrees: Int) { self.degrees = degrees }

  init(of stream: UnsafeMutablePointer<AVStream>) {
    var size = 0
    guard let data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size),
      size >= 9 * MemoryLayout<Int32>.size
    else {
      degrees = 0
      return
    }
    let counterclockwise = data.withMemoryRebound(to: Int32.self, capacity: 9) {
      av_display_rotation_get($0)
    }
    guard counterclockwise.isFinite else {
      degrees = 0
      return
    }
    let quarters = Int((-counterclockwise / 90).rounded())
    degrees = ((quarters % 4) + 4) % 4 * 90
  }

  /// Size as shown.
  func size(_ width: Int, _ height: Int) -> (width: Int, height: Int) {
    degrees % 180 == 0 ? (width, height) : (height, width)
  }

  /// libavfilter's filter that does the same, or nil where nothing is to be done.
  var filter: String? {
    switch degrees {
    case 90: "transpose=clock"
    case 180: "hflip,vflip"
    case 270: "transpose=cclock"
    default: nil
    }
  }

  /// Turns packed RGB; `width` and `height` are those before the turn.
  func apply(_ pixels: [UInt8], width: Int, height: Int) -> [UInt8] {
    guard degrees != 0 else { return pixels }
    let (newWidth, newHeight) = size(width, height)
    var turned = [UInt8](repeating: 0, count: pixels.count)
    for y in 0..<newHeight {
      for x in 0..<newWidth {
        let source =
          switch degrees {
          case 90: (height - 1 - x) * width + y
          case 180: (height - 1 - y) * width + (width - 1 - x)
          default: x * width + (width - 1 - y)
          }
        let target = y * newWidth + x
        for channel in 0..<3 { turned[target * 3 + channel] = pixels[source * 3 + channel] }
      }
    }
    return turned
  }
}
