import Fingerprint
import Pixels

/// A picture of value noise at five scales: cheap to draw, with the spectrum of photographs.
struct NoiseScene {
  private static let grid = 64
  private let seed: UInt64

  init(seed: UInt64) { self.seed = seed }

  private func lattice(_ x: Int, _ y: Int, _ octave: Int) -> Double {
    var state =
      seed &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(x & 0xFFFF) &* 0xBF58_476D_1CE4_E5B9
      ^ UInt64(y & 0xFFFF) &* 0x94D0_49BB_1331_11EB ^ UInt64(octave) &* 0xD6E8_FEB8_6659_FD93
    state ^= state >> 31
    state = state &* 0x94D0_49BB_1331_11EB
    state ^= state >> 29
    return Double(state >> 40) / Double(1 << 24) - 0.5
  }

  private func value(_ u: Double, _ v: Double) -> Double {
    var sum = 0.0
    var strength = 110.0
    var frequency = 3.0
    for octave in 0..<5 {
      let (x, y) = (u * frequency, v * frequency)
      let (left, top) = (x.rounded(.down), y.rounded(.down))
      let (a, b) = (x - left, y - top)
      let (s, t) = (a * a * (3 - 2 * a), b * b * (3 - 2 * b))
      let (i, j) = (Int(left), Int(top))
      let upper = lattice(i, j, octave) * (1 - s) + lattice(i + 1, j, octave) * s
      let lower = lattice(i, j + 1, octave) * (1 - s) + lattice(i + 1, j + 1, octave) * s
      sum += strength * (upper * (1 - t) + lower * t)
      strength *= 0.6
      frequency *= 2
    }
    return 128 + 1.6 * sum
  }

  /// The part from (x, y) on, `part` of each side, with `grain` levels of noise as compression leaves.
  func print(
    time: Double, x: Double = 0, y: Double = 0, part: Double = 1, grain: Double = 0
  ) -> FramePrint {
    let side = FrameSketch.side
    var bytes: [UInt8] = []
    bytes.reserveCapacity(side * side)
    for row in 0..<side {
      for column in 0..<side {
        let u = x + part * (Double(column) + 0.5) / Double(side)
        let v = y + part * (Double(row) + 0.5) / Double(side)
        // The scene drifts: half a width in ten seconds.
        var level = value(u + 0.05 * time, v)
        if grain > 0 { level += grain * 2 * lattice(row, column, 9) }
        bytes.append(UInt8(min(max(level, 0), 255)))
      }
    }
    let sketch = FrameSketch(bytes: bytes)!
    return FramePrint(time: time, hash: sketch.hash(of: .whole), quality: 100, sketch: sketch)
  }
}
