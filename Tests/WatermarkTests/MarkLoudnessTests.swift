import Testing

@testable import Watermark

struct MarkLoudnessTests {
  static let id: UInt64 = 0x0123_4567_89AB_CDEF
  let key = WatermarkKey.test(0)

  /// Mean structural similarity over all 8 x 8 windows at multiples of four, worked out from the
  /// definition, with the constant that ffmpeg's filter has.
  private func similarity(_ one: [UInt8], _ other: [UInt8], width: Int, height: Int) -> Double {
    var sum = 0.0
    var count = 0.0
    for top in stride(from: 0, through: height - 8, by: 4) {
      for left in stride(from: 0, through: width - 8, by: 4) {
        var (a, b, aa, bb, ab) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for y in top..<top + 8 {
          for x in left..<left + 8 {
            let (p, q) = (Double(one[y * width + x]), Double(other[y * width + x]))
            a += p
            b += q
            aa += p * p
            bb += q * q
            ab += p * q
          }
        }
        let (m, n) = (a / 64, b / 64)
        let variances = (aa - a * m + bb - b * n) / 63
        let covariance = (ab - a * n) / 63
        sum +=
          (2 * m * n + 0.1016) * (2 * covariance + 58.5225)
          / ((m * m + n * n + 0.1016) * (variances + 58.5225))
        count += 1
      }
    }
    return sum / count
  }

  /// A disc of grain in the middle of `ground`.
  private func disc(on ground: UInt8) -> Scene {
    var scene = Scene(width: 480, height: 360, count: 4)
    for index in scene.frames.indices {
      for y in 0..<360 {
        for x in 0..<480 where (x - 240) * (x - 240) + (y - 180) * (y - 180) > 150 * 150 {
          scene.frames[index][y * 480 + x] = ground
        }
      }
    }
    return scene
  }

  @Test(arguments: [0, 2, 16, 120, 255] as [UInt8])
  func similarityIsKeptOnAnyGround(_ ground: UInt8) {
    let scene = disc(on: ground)
    let marked = scene.marked(id: Self.id, key: key)
    for (frame, original) in zip(marked.frames, scene.frames) {
      let reached = similarity(original, frame, width: 480, height: 360)
      #expect(reached >= 0.985, "\(reached)")
    }
    #expect(scene.psnr(marked) >= 45)
    #expect(marked.found(by: [key]).id == Self.id)
  }

  @Test func blackIsSparedAndTheRestIsNot() {
    let scene = disc(on: 0)
    let marked = scene.marked(id: Self.id, key: key)
    var (ground, figure) = (0.0, 0.0)
    var places = (ground: 0.0, figure: 0.0)
    for index in scene.frames[0].indices {
      let change = Double(marked.frames[0][index]) - Double(scene.frames[0][index])
      if scene.frames[0][index] == 0 {
        ground += change * change
        places.ground += 1
      } else {
        figure += change * change
        places.figure += 1
      }
    }
    #expect(figure / places.figure > 20 * ground / places.ground)
    #expect(figure / places.figure > 2)
  }

  @Test func aSceneCutIsLouderOrQuieterAtOnce() {
    // Grain hides a mark that a flat frame shows.
    var scene = Scene(width: 480, height: 360, count: 6)
    for index in 3..<6 { scene.frames[index] = [UInt8](repeating: 90, count: 480 * 360) }
    let marked = scene.marked(id: Self.id, key: key)
    for index in scene.frames.indices {
      let reached = similarity(scene.frames[index], marked.frames[index], width: 480, height: 360)
      #expect(reached >= 0.985, "frame \(index): \(reached)")
    }
  }
}
