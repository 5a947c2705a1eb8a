/// Random numbers and smooth noise that come out the same on every machine.
struct SceneNoise: RandomNumberGenerator, Sendable {
  private var state: UInt64
  private let salt: UInt64

  init(seed: UInt64) {
    state = seed
    salt = Self.mix(seed &+ 0x9E37_79B9_7F4A_7C15)
  }

  /// SplitMix64 (Steele, Lea, Flood 2014).
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  mutating func within(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * unit()
  }

  mutating func index(_ count: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(max(count, 1))).high)
  }

  /// Smooth value noise in two dimensions, 0 to 1, one lattice cell a unit.
  func value(_ x: Double, _ y: Double = 0) -> Double {
    let cellX = x.rounded(.down)
    let cellY = y.rounded(.down)
    let fx = Self.ease(x - cellX)
    let fy = Self.ease(y - cellY)
    let ix = Int64(cellX)
    let iy = Int64(cellY)
    let top = lattice(ix, iy) + (lattice(ix + 1, iy) - lattice(ix, iy)) * fx
    let bottom = lattice(ix, iy + 1) + (lattice(ix + 1, iy + 1) - lattice(ix, iy + 1)) * fx
    return top + (bottom - top) * fy
  }

  /// Octaves of ``value(_:_:)``, each twice as fine and half as strong; 0 to 1.
  func fractal(_ x: Double, _ y: Double = 0, octaves: Int) -> Double {
    var sum = 0.0
    var weight = 0.5
    var total = 0.0
    var scale = 1.0
    for octave in 0..<octaves {
      // Shifted, so that the lattices of two octaves never line up.
      let shift = Double(octave) * 17.31
      sum += weight * value(x * scale + shift, y * scale + shift)
      total += weight
      weight /= 2
      scale *= 2
    }
    return sum / total
  }

  private func lattice(_ x: Int64, _ y: Int64) -> Double {
    let key =
      UInt64(bitPattern: x) &* 0xD6E8_FEB8_6659_FD93 ^ UInt64(bitPattern: y)
      &* 0xA5A3_564E_27F8_868B
    return Double(Self.mix(key ^ salt) >> 11) * 0x1p-53
  }

  private static func ease(_ t: Double) -> Double { t * t * (3 - 2 * t) }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
