import Glibc
public import Pixels

extension ISCCUnit {
  private static let side = 32

  /// The Image-Code of a picture: which of its low frequencies are above their median (ISO 24138
  /// section 8.4). Pictures that look alike differ in few bits.
  public static func image(_ image: RGBImage, bits: Int = 64) -> ISCCUnit {
    self.image(grey: PictureReduction.grey(image, side: side), bits: bits)
  }

  /// The same from 32 x 32 grey values, row by row.
  public static func image(grey: [UInt8], bits: Int) -> ISCCUnit {
    precondition(grey.count == side * side, "the Image-Code is made of 32 x 32 values")
    let rows = stride(from: 0, to: grey.count, by: side).map { start in
      cosines(grey[start..<start + side].map(Double.init))
    }
    let columns = (0..<side).map { column in cosines(rows.map { $0[column] }) }
    var body: [UInt8] = []
    for (x, y) in [(0, 0), (8, 0), (0, 8), (8, 8)] where body.count * 8 < bits {
      let values = (0..<64).map { columns[x + $0 % 8][y + $0 / 8] }
      let sorted = values.sorted()
      let median = (sorted[31] + sorted[32]) / 2
      for start in stride(from: 0, to: 64, by: 8) {
        body.append(values[start..<start + 8].reduce(0) { $0 << 1 | ($1 > median ? 1 : 0) })
      }
    }
    return ISCCUnit(.image, body: body)
  }

  /// The discrete cosine transform (DCT-II, not scaled) by halving. The order of additions is part
  /// of the definition: bits of flat pictures are nothing but rounding.
  private static func cosines(_ values: [Double]) -> [Double] {
    let count = values.count
    guard count > 1 else { return values }
    let half = count / 2
    let sums = cosines((0..<half).map { values[$0] + values[count - 1 - $0] })
    let differences = cosines(
      (0..<half).map { (index: Int) -> Double in
        let angle = (Double(index) + 0.5) * Double.pi / Double(count)
        return (values[index] - values[count - 1 - index]) / (cos(angle) * 2)
      })
    var result: [Double] = []
    result.reserveCapacity(count)
    for index in 0..<half {
      result.append(sums[index])
      result.append(
        index + 1 < half ? differences[index] + differences[index + 1] : differences[index])
    }
    return result
  }
}
