import Glibc

/// The 16 x 16 lowest frequencies of a 64 x 64 picture, without the constant ones, and the hash that
/// is read from their signs about the median.
enum PDQTransform {
  static let side = 16
  private static let input = JaroszFilter.side

  /// Row i holds frequency i + 1, in float32 as the reference rounds them.
  private static let matrix: [Float] = {
    let scale = Double(Float((2.0 / 64.0).squareRoot()))
    return (0..<side).flatMap { frequency in
      (0..<input).map { sample in
        Float(scale * cos(Double.pi / 128 * Double((frequency + 1) * (2 * sample + 1))))
      }
    }
  }()

  /// D A Dᵀ, each sum taken in the order of its index.
  static func coefficients(of picture: [Float]) -> [Float] {
    var half = [Float](repeating: 0, count: side * input)
    for row in 0..<side {
      for sample in 0..<input {
        let weight = matrix[row * input + sample]
        for column in 0..<input {
          half[row * input + column] += weight * picture[sample * input + column]
        }
      }
    }
    var result = [Float](repeating: 0, count: side * side)
    for row in 0..<side {
      for column in 0..<side {
        var sum: Float = 0
        for sample in 0..<input {
          sum += half[row * input + sample] * matrix[column * input + sample]
        }
        result[row * side + column] = sum
      }
    }
    return result
  }

  /// The signs about the median: the lower of the two middle values, so that exactly half of the bits
  /// are set without ties.
  static func hash(of values: [Float]) -> PDQHash {
    let median = values.sorted()[side * side / 2 - 1]
    return PDQHash(bits: values.map { $0 > median })
  }

  /// A turn or a mirroring: it swaps the axes or negates every odd frequency along one of them.
  struct Symmetry {
    let transposed: Bool
    let negatesRows: Bool
    let negatesColumns: Bool

    /// As it is; turned by 90, 180 and 270 degrees; mirrored top to bottom, left to right, and about
    /// both diagonals: the reference's order.
    static let all = [
      Symmetry(transposed: false, negatesRows: false, negatesColumns: false),
      Symmetry(transposed: true, negatesRows: true, negatesColumns: false),
      Symmetry(transposed: false, negatesRows: true, negatesColumns: true),
      Symmetry(transposed: true, negatesRows: false, negatesColumns: true),
      Symmetry(transposed: false, negatesRows: true, negatesColumns: false),
      Symmetry(transposed: false, negatesRows: false, negatesColumns: true),
      Symmetry(transposed: true, negatesRows: false, negatesColumns: false),
      Symmetry(transposed: true, negatesRows: true, negatesColumns: true),
    ]

    func hash(of coefficients: [Float]) -> PDQHash {
      var values = [Float](repeating: 0, count: side * side)
      for row in 0..<side {
        for column in 0..<side {
          let source = transposed ? column * side + row : row * side + column
          let isNegated =
            (negatesRows && row.isMultiple(of: 2)) != (negatesColumns && column.isMultiple(of: 2))
          values[row * side + column] = isNegated ? -coefficients[source] : coefficients[source]
        }
      }
      return PDQTransform.hash(of: values)
    }
  }
}
