import Glibc

/// Writes a mark into a sound as it passes: each band of each slot a little louder or softer.
///
/// Short windows that overlap by three quarters are transformed, weighted band by band and put together
/// again. One or two channels; they get the same mark, so that mixing them keeps it. What goes in comes out
/// as much later as one window is long, and all of it after ``finish()``.
public struct SoundMarkFilter {
  private static let overlap = 4
  /// About 11 ms at the usual rates: shorter than a slot.
  private static func window(_ sampleRate: Int) -> Int {
    sampleRate > 64_000 ? 1024 : sampleRate > 32_000 ? 512 : sampleRate > 16_000 ? 256 : 128
  }
  private static let slot = 0.02
  /// Share of a slot that it takes to pass into the next.
  private static let passage: Float = 0.4
  private static let bandStart = 400.0
  private static let bandWidth = 250.0

  public let channels: Int
  private let strength: SoundMarkStrength
  private let sampleRate: Int
  private let size: Int
  private let hop: Int
  private let hann: [Float]
  private let transform: FourierTransform
  /// The band of each bin of the transform; -1 where there is none.
  private let bands: [Int]
  /// Samples that wait for their window to be full; the second channel is zero for a single one.
  private var input: (first: [Float], second: [Float])
  /// Sums of windows, of which the first `hop` samples are done when the next window has been added.
  private var output: (first: [Float], second: [Float])
  private var frame = 0
  /// Samples taken, and given back.
  private var taken = 0
  private var given = 0

  /// - Parameters:
  ///   - host: the whole sound without the mark: 16 kHz, one channel.
  ///   - sampleRate: of what will pass, from 8 to 192 kHz.
  ///   - channels: 1 or 2.
  public init(pattern: SoundMarkPattern, host: [Float], sampleRate: Int, channels: Int) {
    precondition(channels == 1 || channels == 2, "a filter has one or two channels")
    self.channels = channels
    self.sampleRate = sampleRate
    strength = SoundMarkStrength(pattern, host: SoundCells(host))
    let size = Self.window(sampleRate)
    self.size = size
    hop = size / Self.overlap
    hann = (0..<size).map { Float(0.5 - 0.5 * cos(2 * Double.pi * Double($0) / Double(size))) }
    transform = FourierTransform(count: size)
    bands = (0..<size).map { bin in
      let frequency = Double(min(bin, size - bin)) * Double(sampleRate) / Double(size)
      let band = Int(((frequency - Self.bandStart) / Self.bandWidth).rounded(.down))
      return (0..<SoundMarkPlan.bandCount).contains(band) ? band : -1
    }
    // The first window is centred on the first sample.
    let silence = [Float](repeating: 0, count: size / 2)
    input = (silence, silence)
    let room = [Float](repeating: 0, count: size)
    output = (room, room)
  }

  /// - Parameter samples: of each channel, equally many.
  /// - Returns: what is done, of each channel.
  public mutating func pass(_ samples: [[Float]]) -> [[Float]] {
    precondition(samples.count == channels && samples.allSatisfy { $0.count == samples[0].count })
    taken += samples[0].count
    return filtered(samples[0], channels == 2 ? samples[1] : nil)
  }

  /// What is left.
  public mutating func finish() -> [[Float]] {
    filtered([Float](repeating: 0, count: 2 * size), nil)
  }

  private mutating func filtered(_ first: [Float], _ second: [Float]?) -> [[Float]] {
    input.first += first
    input.second += second ?? [Float](repeating: 0, count: first.count)
    var done: (first: [Float], second: [Float]) = ([], [])
    let frames = input.first.count < size ? 0 : (input.first.count - size) / hop + 1
    let batch = 16
    for start in stride(from: 0, to: frames, by: batch) {
      transformed(start..<min(start + batch, frames), &done)
    }
    input.first.removeFirst(frames * hop)
    input.second.removeFirst(frames * hop)
    return limited(done)
  }

  /// Transforms some windows at once, as columns, and adds them to the output.
  private mutating func transformed(
    _ frames: Range<Int>, _ done: inout (first: [Float], second: [Float])
  ) {
    let width = frames.count
    var real = [Float](repeating: 0, count: size * width)
    var imaginary = real
    for (column, start) in frames.enumerated() {
      for n in 0..<size {
        real[n * width + column] = input.first[start * hop + n] * hann[n]
        imaginary[n * width + column] = input.second[start * hop + n] * hann[n]
      }
    }
    turn(&real, &imaginary, width)
    for column in 0..<width {
      let gains = self.gains(ofFrame: frame + column)
      for bin in 0..<size where bands[bin] >= 0 {
        real[bin * width + column] *= gains[bands[bin]]
        imaginary[bin * width + column] *= gains[bands[bin]]
      }
    }
    // The inverse is the transform with real and imaginary parts exchanged.
    turn(&imaginary, &real, width)
    // Squared Hann windows that overlap by three quarters sum up to 3/2.
    let scale = 1 / (Float(size) * 1.5)
    for column in 0..<width {
      for n in 0..<size {
        output.first[n] += real[n * width + column] * hann[n] * scale
        output.second[n] += imaginary[n * width + column] * hann[n] * scale
      }
      done.first += output.first[..<hop]
      done.second += output.second[..<hop]
      output.first.removeFirst(hop)
      output.second.removeFirst(hop)
      output.first += [Float](repeating: 0, count: hop)
      output.second += [Float](repeating: 0, count: hop)
    }
    frame += width
  }

  private func turn(_ real: inout [Float], _ imaginary: inout [Float], _ width: Int) {
    real.withUnsafeMutableBufferPointer { real in
      imaginary.withUnsafeMutableBufferPointer { imaginary in
        transform.transformColumns(
          real: real.baseAddress!, imaginary: imaginary.baseAddress!, width: width)
      }
    }
  }

  /// Of each band, at the time that a window is centred on.
  private func gains(ofFrame frame: Int) -> [Float] {
    let place = Double(frame * hop) / Double(sampleRate) / Self.slot - 0.5
    let before = place.rounded(.down)
    let share = min(max((Float(place - before) - 0.5) / Self.passage + 0.5, 0), 1)
    let last = strength.count * 2 - 1
    func level(_ slot: Int, _ band: Int) -> Float {
      let slot = min(max(slot, 0), last)
      let half = strength.chips[slot / 2 * SoundMarkPlan.bandCount + band] / 2
      return slot.isMultiple(of: 2) ? half : -half
    }
    return (0..<SoundMarkPlan.bandCount).map { band in
      let decibels =
        level(Int(before), band) * (1 - share) + level(Int(before) + 1, band) * share
      return powf(10, decibels / 20)
    }
  }

  /// Without the half window of silence in front, and no longer than what was taken.
  private mutating func limited(_ done: (first: [Float], second: [Float])) -> [[Float]] {
    let skipped = min(max(size / 2 - given, 0), done.first.count)
    let end = min(done.first.count, max(size / 2 + taken - given, 0))
    given += done.first.count
    guard skipped < end else { return [[Float]](repeating: [], count: channels) }
    let range = skipped..<end
    return channels == 2
      ? [Array(done.first[range]), Array(done.second[range])] : [Array(done.first[range])]
  }
}
