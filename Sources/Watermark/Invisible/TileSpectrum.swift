import Glibc
import Pixels

/// The whitened spectrum of a folded residual: every ring of frequencies has mean power 1, and no
/// single one more than 1.6² (a limiter, so that no line of the scene speaks louder than the mark).
struct TileSpectrum {
  private static let side = CarrierPlan.side
  private static let limit: Float = 1.6
  static let transform = FourierTransform(count: side)
  private static let rings: [Int] = (0..<side * side).map { index in
    let (v, u) = index.quotientAndRemainder(dividingBy: side)
    let (fv, fu) = (v < side / 2 ? v : v - side, u < side / 2 ? u : u - side)
    return Int(Double(fu * fu + fv * fv).squareRoot().rounded())
  }

  private(set) var plane: ComplexPlane

  init(_ residual: FloatPlane, _ geometry: TileGeometry) {
    var plane = ComplexPlane(rows: Self.side, columns: Self.side)
    plane.real = TileFold.fold(residual, geometry)
    plane.transform(rows: Self.transform, columns: Self.transform)
    self.plane = plane
    whiten()
  }

  private mutating func whiten() {
    let count = Self.rings.max()! + 1
    var power = [Float](repeating: 0, count: count)
    var members = power
    for (index, ring) in Self.rings.enumerated() {
      power[ring] +=
        plane.real[index] * plane.real[index] + plane.imaginary[index] * plane.imaginary[index]
      members[ring] += 1
    }
    for ring in 0..<count { power[ring] /= max(members[ring], 1) }
    let scales = (0..<count).map { ring -> Float in
      let around = power[max(ring - 2, 0)...min(ring + 2, count - 1)]
      return 1 / (around.reduce(0, +) / Float(around.count) + 1e-12).squareRoot()
    }
    for (index, ring) in Self.rings.enumerated() {
      let real = plane.real[index] * scales[ring]
      let imaginary = plane.imaginary[index] * scales[ring]
      let size = (real * real + imaginary * imaginary).squareRoot()
      let cut = size > Self.limit ? Self.limit / size : 1
      plane.real[index] = real * cut
      plane.imaginary[index] = imaginary * cut
    }
  }

  /// The highest correlation with a key's sync carriers over all displacements.
  ///
  /// c = Σ |X| cos(arg X - φ - displacement), over √(Σ |X|² / 2). The phases φ are uniform and
  /// known to nobody without the key, so for any picture at all c is sub-Gaussian with variance 1:
  /// P(c > t) <= exp(-t² / 2).
  func sync(_ plan: CarrierPlan, _ orientation: Orientation) -> SyncPeak {
    var product = ComplexPlane(rows: Self.side, columns: Self.side)
    var energy: Float = 0
    for (n, carrier) in plan.sync.enumerated() {
      let place = orientation.place(carrier)
      let (real, imaginary) = (plane.real[place], plane.imaginary[place])
      let (c, s) = (plan.syncCosines[n], plan.syncSines[n])
      product.real[carrier.index] = real * c + imaginary * s
      product.imaginary[carrier.index] = imaginary * c - real * s
      energy += real * real + imaginary * imaginary
    }
    product.inverse(rows: Self.transform, columns: Self.transform)
    var best = 0
    for index in product.real.indices where product.real[index] > product.real[best] {
      best = index
    }
    let norm = 1 / max((energy / 2).squareRoot(), 1e-9)
    let (y, x) = best.quotientAndRemainder(dividingBy: Self.side)
    func value(_ y: Int, _ x: Int) -> Float {
      product.real[(y & (Self.side - 1)) * Self.side + (x & (Self.side - 1))]
    }
    return SyncPeak(
      value: product.real[best] * norm, orientation: orientation,
      x: Double(x) + Self.offset(value(y, x - 1), value(y, x), value(y, x + 1)),
      y: Double(y) + Self.offset(value(y - 1, x), value(y, x), value(y + 1, x)))
  }

  /// Where the parabola through three neighbours has its top.
  private static func offset(_ before: Float, _ at: Float, _ after: Float) -> Double {
    let bend = Double(before) - 2 * Double(at) + Double(after)
    guard abs(bend) > 1e-9 else { return 0 }
    return min(max(0.5 * (Double(before) - Double(after)) / bend, -0.5), 0.5)
  }

  /// The payload at a peak. Each carrier counts for as much as the sync carriers of its frequency
  /// survived, in six rings.
  func payload(_ plan: CarrierPlan, _ peak: SyncPeak) -> WatermarkPayload {
    let (inner, outer) = (0.055 * Double(Self.side), 0.20 * Double(Self.side))
    let ringWidth = (outer - inner) / 6
    func shifted(_ carrier: CarrierPlan.Frequency) -> (real: Double, imaginary: Double) {
      let place = peak.orientation.place(carrier)
      let angle =
        2 * Double.pi * (Double(carrier.u) * peak.x + Double(carrier.v) * peak.y)
        / Double(Self.side)
      let (c, s) = (cos(angle), sin(angle))
      let (real, imaginary) = (Double(plane.real[place]), Double(plane.imaginary[place]))
      return (real * c - imaginary * s, real * s + imaginary * c)
    }
    var gains = [Double](repeating: 0, count: 6)
    var members = gains
    for (n, carrier) in plan.sync.enumerated() {
      let ring = min(max(Int((carrier.radius - inner) / ringWidth), 0), 5)
      let value = shifted(carrier)
      gains[ring] +=
        value.real * Double(plan.syncCosines[n]) + value.imaginary * Double(plan.syncSines[n])
      members[ring] += 1
    }
    for ring in gains.indices { gains[ring] /= max(members[ring], 1) }
    func weight(_ radius: Double) -> Double {
      let place = min(max((radius - inner) / ringWidth - 0.5, 0), 5)
      let ring = min(Int(place), 4)
      let part = place - Double(ring)
      return max(gains[ring] * (1 - part) + gains[ring + 1] * part, 0.02)
    }
    var soft = [Float](repeating: 0, count: ConvolutionalCode.codedCount)
    for (n, carrier) in plan.payload.enumerated() {
      let value = shifted(carrier)
      let weight = weight(carrier.radius)
      soft[plan.slots[2 * n]] += Float(value.real * weight) * plan.signs[2 * n]
      soft[plan.slots[2 * n + 1]] += Float(value.imaginary * weight) * plan.signs[2 * n + 1]
    }
    return WatermarkPayload(bits: ConvolutionalCode.decode(soft))
  }
}

/// Where a key's sync carriers agree best with a spectrum.
struct SyncPeak: Sendable {
  /// In standard deviations of what no mark gives.
  let value: Float
  let orientation: Orientation
  /// Displacement in canonical pixels.
  let x: Double
  let y: Double
}
