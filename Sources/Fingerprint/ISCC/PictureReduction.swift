import Pixels

/// A picture as a few grey values, scaled by a bicubic filter that widens with the reduction, as
/// common imaging libraries do it.
enum PictureReduction {
  /// `side` x `side` values, row by row. The aspect ratio is given up: fingerprints want a square.
  static func grey(_ image: RGBImage, side: Int) -> [UInt8] {
    let columns = weights(from: image.width, to: side)
    let rows = weights(from: image.height, to: side)
    var narrow = [Double](repeating: 0, count: side * image.height)
    for y in 0..<image.height {
      let luma = (0..<image.width).map { x -> Double in
        let place = 3 * (y * image.width + x)
        return 0.299 * Double(image.pixels[place]) + 0.587 * Double(image.pixels[place + 1])
          + 0.114 * Double(image.pixels[place + 2])
      }
      for (target, column) in columns.enumerated() {
        narrow[y * side + target] = column.values.enumerated().reduce(0) {
          $0 + $1.element * luma[column.start + $1.offset]
        }
      }
    }
    var result: [UInt8] = []
    result.reserveCapacity(side * side)
    for row in rows {
      for x in 0..<side {
        let value = row.values.enumerated().reduce(0) {
          $0 + $1.element * narrow[(row.start + $1.offset) * side + x]
        }
        result.append(UInt8(min(max(value.rounded(), 0), 255)))
      }
    }
    return result
  }

  private static func weights(from length: Int, to count: Int) -> [(start: Int, values: [Double])] {
    let scale = Double(length) / Double(count)
    let stretch = max(scale, 1)
    return (0..<count).map { index in
      let centre = (Double(index) + 0.5) * scale
      let start = max(0, Int(centre - 2 * stretch + 0.5))
      let end = min(length, Int(centre + 2 * stretch + 0.5))
      let values = (start..<max(end, start + 1)).map {
        cubic((Double($0) + 0.5 - centre) / stretch)
      }
      let sum = values.reduce(0, +)
      return (start, values.map { $0 / sum })
    }
  }

  /// Keys' cubic with a = -1/2.
  private static func cubic(_ distance: Double) -> Double {
    let x = abs(distance)
    if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
    if x < 2 { return ((-0.5 * x + 2.5) * x - 4) * x + 2 }
    return 0
  }
}
