import Glibc
public import Pixels

/// A picture by formula: patches of brightness at every scale, as in photographs, the same for the same
/// seed. Any part of it can be drawn at any size, as a crop and a resize would leave it.
public struct PaintedScene: Sendable {
  private struct Wave {
    let across: Double
    let down: Double
    let phase: Double
    let strength: Double
  }

  private let waves: [Wave]

  public init(seed: UInt64) {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678
    func random() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(1 << 53)
    }
    waves = (0..<30).map { _ in
      let frequency = 0.4 * pow(22, random())
      let angle = 2 * Double.pi * random()
      return Wave(
        across: frequency * cos(angle), down: frequency * sin(angle), phase: 7 * random(),
        strength: 120 / (1 + frequency))
    }
  }

  /// - Parameters:
  ///   - x: where the part begins, in widths of the whole; `y` in heights.
  ///   - time: the scene drifts.
  public func image(
    width: Int, height: Int, x: Double = 0, y: Double = 0, part: Double = 1, time: Double = 0
  ) -> RGBImage {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height * 3)
    for row in 0..<height {
      let v = y + part * (Double(row) + 0.5) / Double(height)
      for column in 0..<width {
        let u = x + part * (Double(column) + 0.5) / Double(width)
        var sum = 128.0
        for wave in waves {
          sum +=
            wave.strength
            * cos(2 * Double.pi * (wave.across * u + wave.down * v) + wave.phase * (1 + time))
        }
        let value = UInt8(min(max(sum, 0), 255))
        pixels += [value, value, value]
      }
    }
    return RGBImage(width: width, height: height, pixels: pixels)!
  }
}
