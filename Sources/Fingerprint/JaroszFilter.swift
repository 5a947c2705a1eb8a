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

  /// What each value of a channel adds. The sum is taken in double and rounded once.
  private static let shares: [Double] = [0.299, 0.587, 0.114].flatMap { weight in
    (0..<256).map { Double($0) * weight }
  }

  private static func luma(of image: RGBImage) -> [Float] {
    let count = image.width * image.height
    return [Float](unsafeUninitializedCapacity: count) { plane, initialized in
      image.pixels.withUnsafeBufferPointer { pixels in
        shares.withUnsafeBufferPointer { shares in
          var place = 0
          for index in 0..<count {
            let red = shares[Int(pixels[place])]
            let green = shares[256 &+ Int(pixels[place &+ 1])]
            let blue = shares[512 &+ Int(pixels[place &+ 2])]
            plane.initializeElement(at: index, to: Float(red + green + blue))
            place &+= 3
          }
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
          // Rows below the last are computed as copies of it, and dropped.
          let start = (0..<Lanes.scalarCount).map { min(top + $0, height - 1) * width }
          let (r0, r1, r2, r3) = (start[0], start[1], start[2], start[3])
          let (r4, r5, r6, r7) = (start[4], start[5], start[6], start[7])
          func load(_ column: Int) -> Lanes {
            Lanes(
              input[r0 &+ column], input[r1 &+ column], input[r2 &+ column], input[r3 &+ column],
              input[r4 &+ column], input[r5 &+ column], input[r6 &+ column], input[r7 &+ column])
          }
          var sums = Lanes()
          for column in 0..<lead { sums += load(column) }
          for column in 0..<width {
            let step = steps[column]
            if let entering = step.entering { sums += load(entering) }
            if let leaving = step.leaving { sums -= load(leaving) }
            let target = kept[column]
            if target < 0 { continue }
            let means = sums / step.count
            var place = output.baseAddress! + (top * outputWidth + target)
            // Constant lanes stay in registers.
            if lanes == Lanes.scalarCount {
              place.initialize(to: means[0])
              (place + outputWidth).initialize(to: means[1])
              (place + 2 * outputWidth).initialize(to: means[2])
              (place + 3 * outputWidth).initialize(to: means[3])
              (place + 4 * outputWidth).initialize(to: means[4])
              (place + 5 * outputWidth).initialize(to: means[5])
              (place + 6 * outputWidth).initialize(to: means[6])
              (place + 7 * outputWidth).initialize(to: means[7])
            } else {
              for lane in 0..<lanes {
                place.initialize(to: means[lane])
                place += outputWidth
              }
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
            let target = output.baseAddress! + row * width
            switch (step.entering, step.leaving) {
            case (let entering?, let leaving?):
              let added = input.baseAddress! + entering * width
              let removed = input.baseAddress! + leaving * width
              for column in 0..<width {
                let sum = sums[column] + added[column] - removed[column]
                sums[column] = sum
                target[column] = sum / step.count
              }
            case (let entering?, nil):
              let added = input.baseAddress! + entering * width
              for column in 0..<width {
                let sum = sums[column] + added[column]
                sums[column] = sum
                target[column] = sum / step.count
              }
            case (nil, let leaving?):
              let removed = input.baseAddress! + leaving * width
              for column in 0..<width {
                let sum = sums[column] - removed[column]
                sums[column] = sum
                target[column] = sum / step.count
              }
            case (nil, nil):
              for column in 0..<width { target[column] = sums[column] / step.count }
            }
          }
        }
      }
      initialized = width * height
    }
  }
}
