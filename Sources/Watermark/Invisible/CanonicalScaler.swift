/// Luma of one size to canonical size: the short side becomes 360, the other follows. Reduced by area,
/// enlarged by cubic convolution.
struct CanonicalScaler {
  let sourceWidth: Int
  let sourceHeight: Int
  let width: Int
  let height: Int
  private let across: AxisTaps
  private let down: AxisTaps
  private var line: [Float]

  init(width sourceWidth: Int, height sourceHeight: Int) {
    self.sourceWidth = sourceWidth
    self.sourceHeight = sourceHeight
    let scale = Double(CarrierPlan.canonicalSide) / Double(min(sourceWidth, sourceHeight))
    width = max(1, Int((Double(sourceWidth) * scale).rounded()))
    height = max(1, Int((Double(sourceHeight) * scale).rounded()))
    across = AxisTaps(from: sourceWidth, to: width)
    down = AxisTaps(from: sourceHeight, to: height)
    line = [Float](repeating: 0, count: sourceWidth)
  }

  /// - Precondition: `luma` holds `sourceHeight` rows, `stride` bytes apart; `target` has
  ///   `width * height` numbers.
  mutating func scale(
    _ luma: UnsafeBufferPointer<UInt8>, stride: Int, into target: inout [Float]
  ) {
    let (sourceWidth, width) = (sourceWidth, width)
    line.withUnsafeMutableBufferPointer { line in
      target.withUnsafeMutableBufferPointer { target in
        across.weights.withUnsafeBufferPointer { weights in
          for y in 0..<height {
            let rows = down.range(y)
            for (tap, source) in rows.enumerated() {
              let weight = down.weights[down.offsets[y] + tap]
              let row = luma.baseAddress! + source * stride
              if tap == 0 {
                for x in 0..<sourceWidth { line[x] = weight * Float(row[x]) }
              } else {
                for x in 0..<sourceWidth { line[x] += weight * Float(row[x]) }
              }
            }
            let output = target.baseAddress! + y * width
            if across.isIdentity {
              output.update(from: line.baseAddress!, count: width)
              continue
            }
            if across.isHalf {
              for x in 0..<width { output[x] = (line[2 * x] + line[2 * x + 1]) * 0.5 }
              continue
            }
            for x in 0..<width {
              let first = across.starts[x]
              let offset = across.offsets[x]
              var sum: Float = 0
              for tap in 0..<across.offsets[x + 1] - offset {
                sum += weights[offset + tap] * line[first + tap]
              }
              output[x] = sum
            }
          }
        }
      }
    }
  }

  /// For each place of a new axis, a run of old places with their weights.
  private struct AxisTaps {
    var starts: [Int] = []
    /// Where each place's weights begin, and where the last one's end.
    var offsets: [Int] = [0]
    var weights: [Float] = []
    let isIdentity: Bool
    let isHalf: Bool

    init(from: Int, to: Int) {
      isIdentity = from == to
      isHalf = from == 2 * to
      let scale = Double(from) / Double(to)
      for place in 0..<to {
        if scale >= 1 {
          let (low, high) = (Double(place) * scale, Double(place + 1) * scale)
          let first = min(Int(low), from - 1)
          let last = min(max(Int(high.rounded(.up)) - 1, first), from - 1)
          starts.append(first)
          for source in first...last {
            let overlap = min(high, Double(source + 1)) - max(low, Double(source))
            weights.append(Float(max(overlap, 0) / scale))
          }
        } else {
          appendCubic((Double(place) + 0.5) * scale - 0.5, count: from)
        }
        offsets.append(weights.count)
      }
    }

    /// Four taps, those outside of the axis given to its ends.
    private mutating func appendCubic(_ centre: Double, count: Int) {
      let base = Int(centre.rounded(.down)) - 1
      var taps: [Int: Float] = [:]
      for tap in base..<base + 4 {
        let d = abs(centre - Double(tap))
        let a = -0.75
        let weight =
          d < 1
          ? ((a + 2) * d - (a + 3)) * d * d + 1
          : ((a * d - 5 * a) * d + 8 * a) * d - 4 * a
        taps[min(max(tap, 0), count - 1), default: 0] += Float(weight)
      }
      let first = taps.keys.min()!
      starts.append(first)
      for tap in first...taps.keys.max()! { weights.append(taps[tap] ?? 0) }
    }

    func range(_ place: Int) -> Range<Int> {
      starts[place]..<starts[place] + offsets[place + 1] - offsets[place]
    }
  }
}
