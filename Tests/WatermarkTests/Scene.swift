import Glibc

@testable import Watermark

/// Moving pictures for the tests of marks: patches and a slope that drift, with grain.
struct Scene {
  let width: Int
  let height: Int
  var frames: [[UInt8]]

  init(width: Int = 480, height: Int = 360, count: Int = 4, seed: UInt64 = 1) {
    self.width = width
    self.height = height
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    frames = (0..<count).map { frame in
      var luma = [UInt8](repeating: 0, count: width * height)
      for y in 0..<height {
        for x in 0..<width {
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          let patch: Int = ((x + frame * 5) / 37 + (y + frame * 3) / 29) % 2 * 50
          let slope: Int = x * 90 / width + y * 50 / height
          let grain: Int = Int(state >> 60) - 8
          luma[y * width + x] = UInt8(clamping: 40 + patch + slope + grain)
        }
      }
      return luma
    }
  }

  func marked(id: UInt64, key: WatermarkKey, strength: WatermarkStrength = .standard) -> Scene {
    var scene = self
    let embedder = WatermarkEmbedder(
      tile: WatermarkTile(id: id, key: key), width: width, height: height, strength: strength)
    for index in frames.indices {
      var span = scene.frames[index].mutableSpan
      embedder.embed(luma: &span, stride: width)
    }
    return scene
  }

  /// Every frame's pixel (x, y) taken from elsewhere in it.
  func remapped(width: Int, height: Int, _ source: (Int, Int) -> (x: Int, y: Int)) -> Scene {
    var scene = Scene(width: width, height: height, count: 0)
    let places = (0..<width * height).map { index -> Int in
      let place = source(index % width, index / width)
      return place.y * self.width + place.x
    }
    scene.frames = frames.map { frame in places.map { frame[$0] } }
    return scene
  }

  func found(by keys: [WatermarkKey]) -> WatermarkFinding {
    let residual = ResidualAccumulator()
    for frame in frames {
      residual.add(luma: frame.span, width: width, height: height, stride: width)
    }
    return WatermarkDetector(keys: keys).detect([residual.mean!])
  }

  /// Peak signal-to-noise ratio against another version, in dB.
  func psnr(_ other: Scene) -> Double {
    var error = 0
    var count = 0
    for (a, b) in zip(frames, other.frames) {
      for index in a.indices {
        let difference = Int(a[index]) - Int(b[index])
        error += difference * difference
        count += 1
      }
    }
    return -10 * log10(Double(error) / Double(count) / 65_025)
  }
}

extension WatermarkKey {
  /// Keys for tests; real ones are derived from secrets.
  static func test(
    _ number: UInt8, tag: (@Sendable (UInt64) -> UInt32)? = nil
  ) -> WatermarkKey {
    func seed(_ purpose: UInt8) -> [UInt8] { (0..<32).map { $0 &* 7 &+ purpose &+ number } }
    return WatermarkKey(
      seeds: WatermarkSeeds(
        carriers: seed(1), sync: seed(2), slots: seed(3), signs: seed(4)),
      tag: tag ?? { id in
        UInt32(truncatingIfNeeded: (id &+ UInt64(number)) &* 0x9E37_79B9_7F4A_7C15 >> 40)
      })!
  }
}
