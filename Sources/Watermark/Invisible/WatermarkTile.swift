/// The square that repeats over a marked picture: one id of one key, 128 x 128 numbers of mean 0 and
/// variance 1. It is all that embedding needs: nobody can write another id with it.
public struct WatermarkTile: Equatable, Sendable {
  public static let side = CarrierPlan.side
  /// 16-bit numbers stand for values up to ±16, in steps of 1/2048.
  static let fixedPointScale: Float = 2048

  /// Row by row.
  let values: [Float]

  /// The real part of the inverse transform of the carriers, scaled to variance 1. Sync carriers are
  /// `sqrt(2) * e^(jφ)`; payload carriers are ±1 ± j, where a coded bit 0 counts as +1 and
  /// the dimension's sign multiplies it. An emphasis multiplies the amplitudes.
  public init(id: UInt64, key: WatermarkKey, emphasis: WatermarkEmphasis = .even) {
    let plan = key.plan
    let code = zip(ConvolutionalCode.encode(key.payload(of: id).bits), emphasis.bits)
      .map { (1 - 2 * Float($0)) * $1 }
    var spectrum = ComplexPlane(rows: Self.side, columns: Self.side)
    let amplitude = Float(2).squareRoot() * emphasis.sync
    for (n, carrier) in plan.sync.enumerated() {
      spectrum.real[carrier.index] = amplitude * plan.syncCosines[n]
      spectrum.imaginary[carrier.index] = amplitude * plan.syncSines[n]
    }
    for (n, carrier) in plan.payload.enumerated() {
      spectrum.real[carrier.index] = code[plan.slots[2 * n]] * plan.signs[2 * n]
      spectrum.imaginary[carrier.index] = code[plan.slots[2 * n + 1]] * plan.signs[2 * n + 1]
    }
    let transform = FourierTransform(count: Self.side)
    spectrum.inverse(rows: transform, columns: transform)
    values = Self.normalised(spectrum.real)
  }

  /// From ``fixedPoint``, as it crosses into another process. Nil when it is no tile's size or flat.
  public init?(fixedPoint: [Int16]) {
    guard fixedPoint.count == Self.side * Self.side else { return nil }
    guard fixedPoint.contains(where: { $0 != fixedPoint[0] }) else { return nil }
    values = Self.normalised(fixedPoint.map { Float($0) / Self.fixedPointScale })
  }

  public var fixedPoint: [Int16] {
    values.map { Int16(clamping: Int(($0 * Self.fixedPointScale).rounded())) }
  }

  private static func normalised(_ values: [Float]) -> [Float] {
    let count = Double(values.count)
    let mean = values.reduce(0.0) { $0 + Double($1) } / count
    let variance = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
    let scale = Float(1 / variance.squareRoot())
    return values.map { ($0 - Float(mean)) * scale }
  }

  /// The pattern on a picture: the tile repeated over canonical pixels, the picture's short side
  /// being 360 of them, interpolated by cubic convolution (Keys, a = -0.75). `width * height` values.
  func pattern(width: Int, height: Int) -> [Float] {
    let scale = Double(CarrierPlan.canonicalSide) / Double(min(width, height))
    let across = CubicTaps(count: width, scale: scale)
    let down = CubicTaps(count: height, scale: scale)
    // One row of the tile after another, stretched to the picture's width.
    var stretched = [Float](repeating: 0, count: Self.side * width)
    for y in 0..<Self.side {
      for x in 0..<width {
        var sum: Float = 0
        for tap in 0..<4 {
          sum +=
            across.weights[x][tap]
            * values[y * Self.side + (across.starts[x] + tap) % Self.side]
        }
        stretched[y * width + x] = sum
      }
    }
    return [Float](unsafeUninitializedCapacity: width * height) { pattern, count in
      stretched.withUnsafeBufferPointer { source in
        for y in 0..<height {
          let weights = down.weights[y]
          let rows = (0..<4).map {
            source.baseAddress! + (down.starts[y] + $0) % Self.side * width
          }
          let (a, b, c, d) = (rows[0], rows[1], rows[2], rows[3])
          let target = pattern.baseAddress! + y * width
          for x in 0..<width {
            target[x] =
              a[x] * weights[0] + b[x] * weights[1] + c[x] * weights[2] + d[x] * weights[3]
          }
        }
      }
      count = width * height
    }
  }

  /// For each pixel of one axis, four neighbouring places of the tile and their weights.
  private struct CubicTaps {
    var starts: [Int] = []
    var weights: [SIMD4<Float>] = []

    init(count: Int, scale: Double) {
      for pixel in 0..<count {
        let place = (Double(pixel) + 0.5) * scale - 0.5
        let floor = place.rounded(.down)
        let t = Float(place - floor)
        starts.append((Int(floor) - 1 + side) % side)
        let a: Float = -0.75
        func far(_ d: Float) -> Float { ((a * d - 5 * a) * d + 8 * a) * d - 4 * a }
        func near(_ d: Float) -> Float { ((a + 2) * d - (a + 3)) * d * d + 1 }
        weights.append(SIMD4(far(1 + t), near(t), near(1 - t), far(2 - t)))
      }
    }
  }
}
