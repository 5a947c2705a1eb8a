import Foundation
import Pixels

/// A binary PPM with 8 bits a channel, as ffmpeg writes it.
func picture(_ path: String) -> RGBImage {
  guard let data = FileManager.default.contents(atPath: path) else {
    fatalError("\(path) cannot be read")
  }
  let header = data.split(separator: 0x0A, maxSplits: 3).prefix(3).map {
    String(decoding: $0, as: UTF8.self)
  }
  guard header.count == 3, header[0] == "P6", header[2] == "255" else {
    fatalError("\(path) is no 8-bit PPM")
  }
  let sides = header[1].split(separator: " ").compactMap { Int($0) }
  guard sides.count == 2,
    let image = RGBImage(
      width: sides[0], height: sides[1], pixels: Array(data.suffix(sides[0] * sides[1] * 3)))
  else { fatalError("\(path) is no 8-bit PPM") }
  return image
}
