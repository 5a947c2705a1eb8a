import Glibc

/// Finds how loud a mark may be on one frame: tries it on samples of the frame, as the frame will be
/// written, rounded and cut to bytes, and measures what it does to them.
///
/// Samples are 8 x 8 windows at multiples of four, on which x264 and ffmpeg measure structural
/// similarity too (Wang et al. 2004, with uniform weights). An estimate from local variances would be
/// wrong about black, where half of a mark is cut off and the rest makes the place lighter.
struct MarkLoudness {
  /// Pixels on each side of a window.
  static let side = 8
  /// How many windows are sampled, about: of most frames, and of the first one, which may be a still.
  static let windowCount = 2000
  static let firstWindowCount = 6000
  /// (0.01 * 255)² / 64 and (0.03 * 255)². The first is as x264 and ffmpeg have it, a 64th of the
  /// paper's: a mark that passes with it passes with either.
  static let c1: Float = 0.1016
  static let c2: Float = 58.5225
  private static let settlingSteps = 3
  /// Samples may be quieter than the frame is.
  private static let caution = 0.98

  /// What a mark does to a frame.
  struct Effect {
    /// 1 less the mean structural similarity.
    var loss = 0.0
    /// The mean square of what changed.
    var meanSquare = 0.0
  }

  private let width: Int
  private let height: Int
  /// Decides where in its block each window lies: elsewhere in each frame, so that no pattern of the
  /// scene keeps in step with the samples.
  private var state: UInt64 = 1
  /// For each window: its mean, and its pixels less the mean.
  private var means: [Float] = []
  private var pixels: [SIMD8<Float>] = []
  /// What a gain of 1 adds to each pixel.
  private var changes: [SIMD8<Float>] = []
  /// The last frame's; the next one's is seldom far from it.
  private var last: Float?
  /// Averaged over the scene's frames.
  private var costs: Cost?

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// Takes the next frame's samples.
  mutating func sample(
    _ luma: UnsafePointer<UInt8>, stride: Int, pattern: [Float], mask: PerceptualMask
  ) {
    means.removeAll(keepingCapacity: true)
    pixels.removeAll(keepingCapacity: true)
    changes.removeAll(keepingCapacity: true)
    // One window is taken around a place in each block of the frame.
    let wanted = last == nil ? Self.firstWindowCount : Self.windowCount
    let area = Float(width * height) / Float(wanted)
    let block = max(Self.side, Int(area.squareRoot().rounded(.up)))
    pattern.withUnsafeBufferPointer { pattern in
      mask.factors.withUnsafeBufferPointer { factors in
        for row in Swift.stride(from: 0, to: height, by: block) {
          for column in Swift.stride(from: 0, to: width, by: block) {
            // Knuth's generator; its upper bits are random enough for a place.
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let left = column - Self.side / 2 + Int((state >> 40) * UInt64(block) >> 24)
            let top = row - Self.side / 2 + Int((state >> 16 & 0xFF_FFFF) * UInt64(block) >> 24)
            window(
              luma, stride, pattern.baseAddress!, factors.baseAddress!, mask,
              left: max(min(left, width - Self.side), 0) & ~3,
              top: max(min(top, height - Self.side), 0) & ~3)
          }
        }
      }
    }
  }

  @inline(__always)
  private mutating func window(
    _ luma: UnsafePointer<UInt8>, _ stride: Int, _ pattern: UnsafePointer<Float>,
    _ factors: UnsafePointer<Float>, _ mask: PerceptualMask, left: Int, top: Int
  ) {
    var sum = SIMD8<Float>.zero
    let first = pixels.count
    // A picture smaller than a window has its edge repeated.
    let columns = SIMD8<Int32>(0, 1, 2, 3, 4, 5, 6, 7) &+ Int32(left)
    let places = pointwiseMin(columns, SIMD8(repeating: Int32(width - 1)))
    let cells = places / SIMD8(repeating: Int32(mask.cellSide))
    for y in top..<top + Self.side {
      let line = min(y, height - 1)
      let bytes = luma + line * stride
      let amounts = pattern + line * width
      let weights = factors + line / mask.cellSide * mask.columns
      var values = SIMD8<Float>.zero
      var change = SIMD8<Float>.zero
      for x in 0..<Self.side {
        let place = Int(places[x])
        values[x] = Float(bytes[place])
        change[x] = amounts[place] * weights[Int(cells[x])]
      }
      sum += values
      pixels.append(values)
      changes.append(change)
    }
    let mean = sum.sum() / Float(Self.side * Self.side)
    for index in first..<first + Self.side { pixels[index] -= mean }
    means.append(mean)
  }

  /// Whether any window is so dark that marks are cut off at black there.
  var hasBlack: Bool { means.contains { $0 < 8 } }

  /// What a gain would do.
  func effect(_ gain: Float) -> Effect {
    var (loss, squares) = (0.0, 0.0)
    let count = Float(Self.side * Self.side)
    pixels.withUnsafeBufferPointer { pixels in
      changes.withUnsafeBufferPointer { changes in
        for (window, mean) in means.enumerated() {
          var own = SIMD8<Float>.zero
          var (marked, sum, both, change) = (own, own, own, own)
          let lowest = SIMD8<Float>(repeating: -mean)
          let highest = SIMD8<Float>(repeating: 255 - mean)
          for index in window * Self.side..<(window + 1) * Self.side {
            let pixel = pixels[index]
            // Pixels are whole numbers: rounding what is added rounds the sum.
            var other = pixel + ((gain * changes[index] + 0x1.8p23) - 0x1.8p23)
            other = pointwiseMax(pointwiseMin(other, highest), lowest)
            let difference = other - pixel
            change += difference * difference
            own += pixel * pixel
            marked += other * other
            both += pixel * other
            sum += other
          }
          let shift = sum.sum() / count
          let otherMean = mean + shift
          let covariance = both.sum() / (count - 1)
          let variances = (own.sum() + marked.sum() - shift * shift * count) / (count - 1)
          let similarity =
            (2 * mean * otherMean + Self.c1) * (2 * covariance + Self.c2)
            / ((mean * mean + otherMean * otherMean + Self.c1) * (variances + Self.c2))
          loss += Double(1 - similarity)
          squares += Double(change.sum() / count)
        }
      }
    }
    let windows = Double(max(means.count, 1))
    return Effect(loss: loss / windows, meanSquare: squares / windows)
  }

  /// About the largest gain up to `limit` that keeps both within what is allowed.
  mutating func gain(upTo limit: Float, within allowed: Effect) -> Float {
    let first = cost(last ?? limit)
    var rates = first
    if let average = costs, first.isNear(average) {
      // Samples differ more than frames of one scene do.
      rates = average.blended(with: first)
    } else {
      // Costs depend on the gain, a little: half of a mark on black is cut off.
      for _ in 0..<Self.settlingSteps { rates = cost(rates.gain(within: allowed, upTo: limit)) }
    }
    costs = rates
    let gain = rates.gain(within: allowed, upTo: limit)
    last = gain
    return gain
  }

  /// How much more than allowed is lost where only the mean square is looked at.
  func excess(upTo limit: Float, within allowed: Effect) -> Float {
    var open = allowed
    open.loss = .infinity
    let gain = cost(last ?? limit).gain(within: open, upTo: limit)
    return Float(effect(gain).loss / allowed.loss)
  }

  private func cost(_ gain: Float) -> Cost {
    let squared = max(Double(gain * gain), 1e-6)
    let effect = effect(gain)
    return Cost(loss: effect.loss / squared, meanSquare: effect.meanSquare / squared)
  }

  /// What a squared gain of 1 would do.
  private struct Cost {
    var loss: Double
    var meanSquare: Double

    func gain(within allowed: Effect, upTo limit: Float) -> Float {
      let squared = min(
        allowed.loss / max(loss, 1e-9), allowed.meanSquare / max(meanSquare, 1e-9))
      return min(Float((MarkLoudness.caution * squared).squareRoot()), limit)
    }

    func isNear(_ other: Cost) -> Bool {
      func near(_ a: Double, _ b: Double) -> Bool { a < 1.3 * b + 1e-6 && b < 1.3 * a + 1e-6 }
      return near(loss, other.loss) && near(meanSquare, other.meanSquare)
    }

    func blended(with next: Cost) -> Cost {
      Cost(
        loss: loss + (next.loss - loss) * 0.2,
        meanSquare: meanSquare + (next.meanSquare - meanSquare) * 0.2)
    }
  }
}
