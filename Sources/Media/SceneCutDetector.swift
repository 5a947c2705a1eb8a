/// Hard cuts, from small brightness pictures alone.
///
/// A cut is a jump in the mean difference to the picture before: high in itself, and high against the
/// difference just before, so that steady fast motion is none. Thresholds are low on purpose: a false
/// cut costs one more picture to judge, a missed one hides a scene.
struct SceneCutDetector {
  static let width = 64
  static let height = 36
  /// Mean absolute difference on 0…255.
  private static let threshold = 14.0
  /// Share of the pixels that moved to another of 32 brightness bins: a cut between pictures of the
  /// same mean brightness and layout still moves it.
  private static let histogramThreshold = 0.30

  private var previous: [UInt8] = []
  private var previousHistogram: [Int] = []
  private var previousDifference = 0.0

  /// Whether `luma` (`width * height` bytes) begins a new scene. The first picture does not.
  mutating func isCut(_ luma: [UInt8]) -> Bool {
    var histogram = [Int](repeating: 0, count: 32)
    var sum = 0
    if previous.isEmpty {
      for value in luma { histogram[Int(value >> 3)] += 1 }
    } else {
      for index in luma.indices {
        histogram[Int(luma[index] >> 3)] += 1
        sum += abs(Int(luma[index]) - Int(previous[index]))
      }
    }
    defer {
      previous = luma
      previousHistogram = histogram
    }
    guard !previous.isEmpty else { return false }
    let difference = Double(sum) / Double(luma.count)
    let jump = min(difference, abs(difference - previousDifference))
    previousDifference = difference
    var moved = 0
    for bin in histogram.indices { moved += abs(histogram[bin] - previousHistogram[bin]) }
    let share = Double(moved) / Double(2 * luma.count)
    return jump > Self.threshold || (share > Self.histogramThreshold && jump > Self.threshold / 3)
  }
}
