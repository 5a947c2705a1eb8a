/// How much of the pattern each place of a picture hides: more where it is busy, less where it is flat
/// or dark.
///
/// Worked out on square cells of about a canonical pixel. With m and v the mean and variance of luma
/// over 7 x 7 cells: a = (0.8 + √v)^0.55, at most 1.3 times its own surroundings (so that no halo
/// stands beside an edge), times 0.65 + 0.35 min(1, m / 70), between 0.8 and 5; of that, less than half
/// is left where there is no light at all, since any change of black shows.
struct PerceptualMask {
  let cellSide: Int
  let columns: Int
  let rows: Int
  /// `columns * rows` factors after ``measure``.
  private(set) var factors: [Float]
  /// The variance of luma around each cell.
  private(set) var variances: [Float]

  private var means: [Float]
  private var squares: [Float]
  private var scratch: [Float]
  private var filter = BoxFilter()
  /// (0.8 + √v)^0.55 for √v in sixteenths.
  private static let activity: [Float] = (0...16 * 128).map { power(0.8 + Float($0) / 16, 0.55) }

  init(width: Int, height: Int) {
    let scale = Double(min(width, height)) / Double(CarrierPlan.canonicalSide)
    cellSide = max(1, Int(scale.rounded()))
    columns = (width + cellSide - 1) / cellSide
    rows = (height + cellSide - 1) / cellSide
    factors = [Float](repeating: 0, count: columns * rows)
    variances = factors
    means = factors
    squares = factors
    scratch = factors
  }

  mutating func measure(
    _ luma: UnsafeBufferPointer<UInt8>, stride: Int, width: Int, height: Int
  ) {
    sumCells(luma, stride: stride, width: width, height: height)
    // `variances` becomes the mean luma and `factors` the mean square for a moment.
    filter.apply(means, into: &variances, width: columns, height: rows, radius: 3)
    filter.apply(squares, into: &factors, width: columns, height: rows, radius: 3)
    let count = columns * rows
    factors.withUnsafeMutableBufferPointer { factors in
      variances.withUnsafeMutableBufferPointer { variances in
        means.withUnsafeMutableBufferPointer { means in
          for index in 0..<count {
            let mean = variances[index]
            let variance = factors[index] - mean * mean
            means[index] = mean + Self.offset
            variances[index] = variance > 0 ? variance : 0
            factors[index] = variances[index].squareRoot() * 16
          }
          Self.activity.withUnsafeBufferPointer { table in
            for index in 0..<count {
              factors[index] = table[Int(truncatingIfNeeded: Self.integer(factors[index]))]
            }
          }
        }
      }
    }
    // Two boxes of seven cells: a Gaussian of 2.8 cells, about.
    filter.apply(factors, into: &squares, width: columns, height: rows, radius: 3)
    filter.apply(squares, into: &scratch, width: columns, height: rows, radius: 3)
    factors.withUnsafeMutableBufferPointer { factors in
      scratch.withUnsafeBufferPointer { around in
        means.withUnsafeBufferPointer { means in
          for index in 0..<count {
            let limit = around[index] * 1.3
            let light = means[index] * Float(1.0 / 70)
            let weight = 0.65 + 0.35 * (light < 1 ? light : 1)
            let factor = (factors[index] < limit ? factors[index] : limit) * weight
            let black = 0.4 + means[index] * Float(1.0 / 9)
            factors[index] =
              (factor < 0.8 ? 0.8 : (factor > 5 ? 5 : factor)) * (black < 1 ? black : 1)
          }
        }
      }
    }
  }

  /// Takes the mark from where it costs more structural similarity than on a flat grey: from black,
  /// where any light makes another picture of it.
  ///
  /// - Parameter weight: how much a place gives up for each such cost.
  mutating func spareBlack(_ weight: Float) {
    for index in factors.indices {
      let contrast = MarkLoudness.c2 / (2 * variances[index] + MarkLoudness.c2)
      let light = means[index]
      let lightness = Self.lightShare * MarkLoudness.c2 / (2 * light * light + MarkLoudness.c1)
      factors[index] /= 1 + weight * max(contrast + lightness - 1, 0)
    }
  }

  /// How much of a mark's power changes the mean of 8 x 8 pixels, about.
  private static let lightShare: Float = 0.1

  /// Subtracted before squaring, which keeps rounding errors of the variance small.
  private static let offset: Float = 128

  /// Of a number from 0 to 2^22, without the check that a conversion makes; cut at the table's end.
  @inline(__always)
  private static func integer(_ value: Float) -> Int32 {
    let cut = value < 2048 ? value : 2048
    return Int32(bitPattern: (cut + 0x1.8p23).bitPattern &- Float(0x1.8p23).bitPattern)
  }

  /// Means and mean squares of the cells; those at the right and lower edge may be cut.
  private mutating func sumCells(
    _ luma: UnsafeBufferPointer<UInt8>, stride: Int, width: Int, height: Int
  ) {
    let (side, columns) = (cellSide, columns)
    let whole = width / side
    means.withUnsafeMutableBufferPointer { means in
      squares.withUnsafeMutableBufferPointer { squares in
        for row in 0..<rows {
          let top = row * side
          let high = min(side, height - top)
          let first = luma.baseAddress! + top * stride
          let mean = means.baseAddress! + row * columns
          let square = squares.baseAddress! + row * columns
          switch (side, high) {
          case (1, _):
            for x in 0..<width {
              let value = Float(first[x]) - Self.offset
              mean[x] = value
              square[x] = value * value
            }
          case (2, 2):
            let second = first + stride
            for x in 0..<whole {
              let a = Float(first[2 * x]) - Self.offset
              let b = Float(first[2 * x + 1]) - Self.offset
              let c = Float(second[2 * x]) - Self.offset
              let d = Float(second[2 * x + 1]) - Self.offset
              mean[x] = (a + b + c + d) * 0.25
              square[x] = (a * a + b * b + c * c + d * d) * 0.25
            }
            if whole < columns {
              Self.sum(
                first + 2 * whole, stride, width - 2 * whole, high, mean + whole, square + whole)
            }
          default:
            for x in 0..<columns {
              Self.sum(
                first + side * x, stride, min(side, width - side * x), high, mean + x, square + x)
            }
          }
        }
      }
    }
  }

  @inline(__always)
  private static func sum(
    _ luma: UnsafePointer<UInt8>, _ stride: Int, _ width: Int, _ height: Int,
    _ mean: UnsafeMutablePointer<Float>, _ square: UnsafeMutablePointer<Float>
  ) {
    var sum = 0
    var squares = 0
    for y in 0..<height {
      for x in 0..<width {
        let value = Int(luma[y * stride + x]) &- Int(offset)
        sum &+= value
        squares &+= value &* value
      }
    }
    let norm = 1 / Float(width * height)
    mean.pointee = Float(sum) * norm
    square.pointee = Float(squares) * norm
  }
}
