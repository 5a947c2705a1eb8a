import Glibc
import Pixels

/// The whitened spectrum of a folded residual: around every frequency the mean power is 1, and no
/// single one has more than 1.6² (a limiter, so that no line of the scene speaks louder than the mark).
///
/// The mean is taken over the frequency's neighbours rather than over its ring: most scenes have their
/// power in few directions (roofs, scrolling text, a pan), and carriers in the other directions are
/// heard the better for it. No key has a part in this, as the bound on false accepts asks.
struct TileSpectrum {
  private static let side = CarrierPlan.side
  private static let limit: Float = 1.6
  /// Neighbours on each side, on both axes.
  private static let neighbours = 1
  static let transform = FourierTransform(count: side)

  private(set) var plane: ComplexPlane

  init(_ residual: FloatPlane, _ geometry: TileGeometry) {
    var plane = ComplexPlane(rows: Self.side, columns: Self.side)
    plane.real = TileFold.fold(residual, geometry)
    plane.transform(rows: Self.transform, columns: Self.transform)
    self.plane = plane
    whiten()
  }

  private mutating func whiten() {
    var power = [Float](repeating: 0, count: plane.real.count)
    for index in power.indices {
      power[index] =
        plane.real[index] * plane.real[index] + plane.imaginary[index] * plane.imaginary[index]
    }
    var around = power
    var filter = BoxFilter()
    filter.apply(
      power, into: &around, width: Self.side, height: Self.side, radius: Self.neighbours)
    let limit = Self.limit * Self.limit
    for index in power.indices {
      // Of the whitened value's square, and of what the limiter leaves of it.
      let squared = power[index] / (around[index] + 1e-12)
      let cut = squared > limit ? (limit / squared).squareRoot() : 1
      let scale = cut / (around[index] + 1e-12).squareRoot()
      plane.real[index] *= scale
      plane.imaginary[index] *= scale
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

  /// What one dimension of the payload says: its value with the key's sign taken off, positive for a
  /// coded 0, and how far it is to be believed.
  struct Projection {
    let value: Float
    let weight: Float
  }

  /// The likeliest payloads at a peak, best first.
  func payloads(_ plan: CarrierPlan, _ peak: SyncPeak) -> [WatermarkPayload] {
    var soft = [Float](repeating: 0, count: ConvolutionalCode.codedCount)
    for (slot, projection) in zip(plan.slots, projections(plan, peak)) {
      soft[slot] += projection.value * projection.weight
    }
    return ConvolutionalCode.decode(soft).map { WatermarkPayload(bits: $0) }
  }

  /// All dimensions of the payload at a peak. Each carrier counts for as much as the sync carriers of
  /// its frequency survived, in six rings.
  func projections(_ plan: CarrierPlan, _ peak: SyncPeak) -> [Projection] {
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
    func weight(_ radius: Double) -> Float {
      let place = min(max((radius - inner) / ringWidth - 0.5, 0), 5)
      let ring = min(Int(place), 4)
      let part = place - Double(ring)
      return Float(max(gains[ring] * (1 - part) + gains[ring + 1] * part, 0.02))
    }
    return plan.payload.enumerated().flatMap { n, carrier -> [Projection] in
      let value = shifted(carrier)
      let weight = weight(carrier.radius)
      return [
        Projection(value: Float(value.real) * plan.signs[2 * n], weight: weight),
        Projection(value: Float(value.imaginary) * plan.signs[2 * n + 1], weight: weight),
      ]
    }
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
