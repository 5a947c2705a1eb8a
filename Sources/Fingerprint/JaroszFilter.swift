import Pixels

/// A picture's brightness, blurred by two passes of a box filter and sampled to 64 x 64.
///
/// Running sums are kept in float32 and in the reference's order, since their rounding decides bits.
/// Of the last passes only what is sampled in the end is computed.
enum JaroszFilter {
  static let side = 64
  private static let passes = 2

  static func reduced(_ image: RGBImage) -> [Float] {
    let (width, height) = (image.width, image.height)
    let columns = (0..<side).map { Int((Double($0) + 0.5) * Double(width) / Double(side)) }
    let rows = (0..<side).map { Int((Double($0) + 0.5) * Double(height) / Double(side)) }
    let rowWindow = window(width)
    let columnWindow = window(height)

    var plane = luma(of: image)
    for _ in 1..<passes {
      plane = alongRows(plane, width: width, height: height, window: rowWindow, keeping: nil)
      plane = alongColumns(plane, width: width, height: height, window: columnWindow)
    }
    plane = alongRows(plane, width: width, height: height, window: rowWindow, keeping: columns)
    plane = alongColumns(plane, width: side, height: height, window: columnWindow)
    return rows.flatMap { plane[$0 * side..<($0 + 1) * side] }
  }

  private static func window(_ length: Int) -> Int { (length + 2 * side - 1) / (2 * side) }

  private static func luma(of image: RGBImage) -> [Float] {
    let count = image.width * image.height
    return [Float](unsafeUninitializedCapacity: count) { plane, initialized in
      image.pixels.withUnsafeBufferPointer { pixels in
        for index in 0..<count {
          let red = Double(pixels[3 * index]) * 0.299
          let green = Double(pixels[3 * index + 1]) * 0.587
          let blue = Double(pixels[3 * index + 2]) * 0.114
          plane.initializeElement(at: index, to: Float(red + green + blue))
        }
      }
      initialized = count
    }
  }

  /// What enters, leaves and is divided by at each output of a box filter that shrinks at the edges.
  private struct Step {
    let entering: Int?
    let leaving: Int?
    let count: Float
  }

  /// The inputs summed before the first output, and then one step an output.
  private static func schedule(_ length: Int, window: Int) -> (lead: Int, steps: [Step]) {
    let lead = min((window + 2) / 2 - 1, length)
    var steps: [Step] = []
    var (entered, left) = (lead, 0)
    for _ in 0..<length {
      let entering = entered < length ? entered : nil
      if entering != nil { entered += 1 }
      let isFull = entering == nil || entered - left > window
      let leaving = isFull ? left : nil
      if leaving != nil { left += 1 }
      steps.append(Step(entering: entering, leaving: leaving, count: Float(entered - left)))
    }
    return (lead, steps)
  }

  /// Eight rows at a time, so that the additions of one need not wait for each other.
  private static func alongRows(
    _ plane: [Float], width: Int, height: Int, window: Int, keeping columns: [Int]?
  ) -> [Float] {
    typealias Lanes = SIMD8<Float>
    let (lead, steps) = schedule(width, window: window)
    var kept = [Int](repeating: -1, count: width)
    for (target, column) in (columns ?? Array(0..<width)).enumerated() { kept[column] = target }
    // A narrow picture samples one column more than once.
    let outputWidth = columns?.count ?? width
    var copies: [(from: Int, to: Int)] = []
    if let columns {
      for (target, column) in columns.enumerated() where kept[column] != target {
        copies.append((kept[column], target))
      }
    }
    return [Float](unsafeUninitializedCapacity: outputWidth * height) { output, initialized in
      plane.withUnsafeBufferPointer { input in
        for top in stride(from: 0, to: height, by: Lanes.scalarCount) {
          let lanes = min(Lanes.scalarCount, height - top)
          func load(_ column: Int) -> Lanes {
            var values = Lanes()
            for lane in 0..<lanes { values[lane] = input[(top + lane) * width + column] }
            return values
          }
          var sums = Lanes()
          for column in 0..<lead { sums += load(column) }
          for (column, step) in steps.enumerated() {
            if let entering = step.entering { sums += load(entering) }
            if let leaving = step.leaving { sums -= load(leaving) }
            let target = kept[column]
            if target < 0 { continue }
            let means = sums / step.count
            for lane in 0..<lanes {
              output.initializeElement(at: (top + lane) * outputWidth + target, to: means[lane])
            }
          }
          for row in top..<top + lanes {
            for copy in copies {
              output.initializeElement(
                at: row * outputWidth + copy.to, to: output[row * outputWidth + copy.from])
            }
          }
        }
      }
      initialized = outputWidth * height
    }
  }

  private static func alongColumns(
    _ plane: [Float], width: Int, height: Int, window: Int
  ) -> [Float] {
    let (lead, steps) = schedule(height, window: window)
    var sums = [Float](repeating: 0, count: width)
    return [Float](unsafeUninitializedCapacity: width * height) { output, initialized in
      plane.withUnsafeBufferPointer { input in
        sums.withUnsafeMutableBufferPointer { sums in
          for row in 0..<lead {
            for column in 0..<width { sums[column] += input[row * width + column] }
          }
          for (row, step) in steps.enumerated() {
            if let entering = step.entering {
              for column in 0..<width { sums[column] += input[entering * width + column] }
            }
            if let leaving = step.leaving {
              for column in 0..<width { sums[column] -= input[leaving * width + column] }
            }
            for column in 0..<width {
              output.initializeElement(at: row * width + column, to: sums[column] / step.count)
            }
          }
        }
      }
      initialized = width * height
    }
  }
}
