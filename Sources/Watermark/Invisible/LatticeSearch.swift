import Glibc
import Pixels

/// Guesses how a marked picture was scaled and turned, without a key.
///
/// A tile that repeats has all its power at whole cycles a tile. The power spectrum of the residual,
/// each place of it over the mean of its surroundings, is read at those frequencies for each scale and
/// rotation; the sum stands out where they are right. This looks at no phases, and so at nothing that
/// a key decides: the few guesses it leaves are independent of the key, which is what the bound on
/// false accepts counts with.
struct LatticeSearch {
  static let scales: [Double] = (0..<243).map { exp(-0.6 + 0.004 * Double($0)) }
  static let rotations: [Double] = (-14...14).map { 0.25 * Double($0) }
  /// How many guesses are tried with a key.
  static let candidateCount = 48
  /// No single frequency counts for more than this many times its surroundings' mean.
  private static let limit: Float = 6
  /// Places of the spectrum on each side; carriers stand 4 to 12 places apart.
  private static let surroundings = 7

  private let rows: Int
  private let columns: Int
  private let power: [Float]

  init(_ residual: FloatPlane) {
    // A power of two with room to spare makes finer steps; what is longer is cut at its end.
    rows = residual.height <= 400 ? 512 : 1024
    columns = residual.width <= 400 ? 512 : 1024
    var plane = ComplexPlane(rows: rows, columns: columns)
    for y in 0..<min(residual.height, rows) {
      let count = min(residual.width, columns)
      plane.real.replaceSubrange(
        y * columns..<y * columns + count,
        with: residual.values[y * residual.width..<y * residual.width + count])
    }
    plane.transform(rows: FourierTransform(count: rows), columns: FourierTransform(count: columns))
    power = Self.whitened(plane)
  }

  /// Power over the mean of its surroundings, limited. These reach well beyond the next place of the
  /// lattice, so that a carrier does not hide behind itself.
  private static func whitened(_ plane: ComplexPlane) -> [Float] {
    var power = [Float](repeating: 0, count: plane.real.count)
    for index in power.indices {
      power[index] =
        plane.real[index] * plane.real[index] + plane.imaginary[index] * plane.imaginary[index]
    }
    var around = power
    var filter = BoxFilter()
    filter.apply(
      power, into: &around, width: plane.columns, height: plane.rows, radius: surroundings)
    for index in power.indices {
      power[index] = min(power[index] / (around[index] + 1e-12), limit)
    }
    return power
  }

  /// In standard deviations, about: 1 a carrier is what pictures without a mark have.
  func score(_ geometry: TileGeometry) -> Float {
    let (c, s) = (geometry.cosine, geometry.sine)
    let horizontal = geometry.across / Double(CarrierPlan.side) * Double(columns)
    let vertical = geometry.down / Double(CarrierPlan.side) * Double(rows)
    let (xu, xv) = (Float(horizontal * c), Float(horizontal * -s))
    let (yu, yv) = (Float(vertical * s), Float(vertical * c))
    var sum: Float = 0
    Self.places.withUnsafeBufferPointer { places in
      power.withUnsafeBufferPointer { power in
        for place in places {
          // Positive before the cut to an integer; masked back into the spectrum after it.
          let x = Int32(truncatingIfNeeded: Int(xu * place.x + xv * place.y + 4096.5))
          let y = Int32(truncatingIfNeeded: Int(yu * place.x + yv * place.y + 4096.5))
          sum += power[(Int(y) & (rows - 1)) &* columns &+ (Int(x) & (columns - 1))]
        }
      }
    }
    let count = Float(Self.places.count)
    return (sum - count) / count.squareRoot()
  }

  private static let places: [SIMD2<Float>] = CarrierPlan.frequencies.map {
    SIMD2(Float($0.u), Float($0.v))
  }

  /// The best guesses that are better than all their neighbours on the grid, best first.
  func candidates() -> [TileGeometry] {
    let (columns, rows) = (Self.scales.count, Self.rotations.count)
    var scores = [Float](repeating: 0, count: columns * rows)
    for (row, rotation) in Self.rotations.enumerated() {
      for (column, scale) in Self.scales.enumerated() {
        scores[row * columns + column] = score(TileGeometry(scale: scale, rotation: rotation))
      }
    }
    var peaks: [(score: Float, geometry: TileGeometry)] = []
    for row in 0..<rows {
      for column in 0..<columns {
        let score = scores[row * columns + column]
        var isPeak = true
        for y in max(row - 1, 0)...min(row + 1, rows - 1) {
          for x in max(column - 1, 0)...min(column + 1, columns - 1)
          where scores[y * columns + x] > score { isPeak = false }
        }
        guard isPeak else { continue }
        peaks.append(
          (score, TileGeometry(scale: Self.scales[column], rotation: Self.rotations[row])))
      }
    }
    peaks.sort { $0.score > $1.score }
    return peaks.prefix(Self.candidateCount).map(\.geometry)
  }
}
