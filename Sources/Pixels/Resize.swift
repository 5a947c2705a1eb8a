extension RGBImage {
  /// The image at another size, by a triangle filter as wide as the reduction, one axis at a time:
  /// what "bilinear with antialiasing" means in the usual imaging libraries. The same pixels give
  /// the same result on every machine.
  ///
  /// - Precondition: both sides are positive.
  public func resized(width newWidth: Int, height newHeight: Int) -> RGBImage {
    precondition(newWidth > 0 && newHeight > 0, "an image has at least one pixel")
    if newWidth == width, newHeight == height { return self }
    let horizontal = TriangleWeights(from: width, to: newWidth)
    let vertical = TriangleWeights(from: height, to: newHeight)
    var rows = [Float](repeating: 0, count: newWidth * height * 3)
    for y in 0..<height {
      for x in 0..<newWidth {
        var sums: (Float, Float, Float) = (0, 0, 0)
        for (source, weight) in horizontal.taps(x) {
          let index = (y * width + source) * 3
          sums.0 += weight * Float(pixels[index])
          sums.1 += weight * Float(pixels[index + 1])
          sums.2 += weight * Float(pixels[index + 2])
        }
        let target = (y * newWidth + x) * 3
        rows[target] = sums.0
        rows[target + 1] = sums.1
        rows[target + 2] = sums.2
      }
    }
    var result = [UInt8](repeating: 0, count: newWidth * newHeight * 3)
    for y in 0..<newHeight {
      let taps = vertical.taps(y)
      for column in 0..<newWidth * 3 {
        var sum: Float = 0
        for (source, weight) in taps { sum += weight * rows[source * newWidth * 3 + column] }
        result[y * newWidth * 3 + column] = UInt8(min(max(sum.rounded(), 0), 255))
      }
    }
    return RGBImage(width: newWidth, height: newHeight, pixels: result)!
  }
}

/// For each target position, which source positions it takes how much of.
private struct TriangleWeights {
  private let all: [[(Int, Float)]]

  init(from: Int, to: Int) {
    let scale = Float(from) / Float(to)
    let radius = max(scale, 1)
    all = (0..<to).map { target in
      let centre = (Float(target) + 0.5) * scale
      let first = max(Int((centre - radius).rounded(.down)), 0)
      let last = min(Int((centre + radius).rounded(.up)), from - 1)
      var taps: [(Int, Float)] = []
      var total: Float = 0
      for source in first...last {
        let weight = 1 - abs(Float(source) + 0.5 - centre) / radius
        if weight > 0 {
          taps.append((source, weight))
          total += weight
        }
      }
      return taps.map { ($0.0, $0.1 / total) }
    }
  }

  func taps(_ target: Int) -> [(Int, Float)] { all[target] }
}
