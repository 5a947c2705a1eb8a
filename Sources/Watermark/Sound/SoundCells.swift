import Glibc

/// A sound as the mark's search sees it: for every hundredth of a second and each band, by how many
/// decibels the next 20 ms are louder than the 20 ms after them, beside what the neighbouring bands do.
///
/// Nothing here depends on a key, which is what the bound on false accepts counts with.
struct SoundCells {
  /// Of the samples, one channel.
  static let sampleRate = 16_000
  /// Samples from one position to the next: a chip is four positions long.
  static let hop = 160
  static let positionsPerChip = 4
  static let positionsPerTile = positionsPerChip * SoundMarkPlan.chipsPerBand
  private static let window = 256
  /// A bin of the window's transform is 62.5 Hz wide; the first band begins with the first one from 400 Hz
  /// on.
  private static let firstBin = 7
  private static let binsPerBand = 4
  /// Bands that are louder or softer than this beside the loudest of the sound are silence.
  private static let silence: Float = 1e-7
  /// Most of what a sound does, it does in neighbouring bands alike; the mark does not. These shares of
  /// the neighbours' change leave least of speech and music.
  private static let neighbours: [(distance: Int, share: Float)] = [(1, 0.35), (2, 0.15)]
  /// Onsets change by far more than the mark; decibels.
  private static let limit: Float = 6

  let count: Int
  /// Decibels, ``SoundMarkPlan/bandCount`` for each position.
  let changes: [Float]

  init(_ samples: [Float]) {
    let bands = SoundMarkPlan.bandCount
    let energies = Self.energies(samples)
    let frames = energies.count / bands
    // Two frames are 20 ms, and the second slot begins two after the first.
    count = max(frames - 3, 0)
    guard count > 0, let loudest = energies.max(), loudest > 0 else {
      changes = [Float](repeating: 0, count: count * bands)
      return
    }
    let floor = loudest * Self.silence
    let levels = (0..<(frames - 1) * bands).map { index in
      10 * log10f(energies[index] + energies[index + bands] + 2 * floor)
    }
    changes = [Float](unsafeUninitializedCapacity: count * bands) { changes, written in
      for position in 0..<frames - 3 {
        func change(_ band: Int) -> Float {
          // Beyond the edges the bands are mirrored.
          let inside = band < 0 ? -band : band < bands ? band : 2 * (bands - 1) - band
          return levels[position * bands + inside] - levels[(position + 2) * bands + inside]
        }
        for band in 0..<bands {
          var value = change(band)
          for (distance, share) in Self.neighbours {
            value -= share * (change(band - distance) + change(band + distance))
          }
          changes.initializeElement(
            at: position * bands + band, to: min(max(value, -Self.limit), Self.limit))
        }
      }
      written = (frames - 3) * bands
    }
  }

  /// Power in each band of each frame.
  private static func energies(_ samples: [Float]) -> [Float] {
    let frames = samples.count < window ? 0 : (samples.count - window) / hop + 1
    let bands = SoundMarkPlan.bandCount
    let hann = (0..<window).map {
      Float(0.5 - 0.5 * cos(2 * Double.pi * Double($0) / Double(window)))
    }
    let transform = FourierTransform(count: window)
    // Frames are columns of one transform, so many at a time.
    let width = 32
    var real = [Float](repeating: 0, count: window * width)
    var imaginary = real
    var energies = [Float](repeating: 0, count: frames * bands)
    for start in stride(from: 0, to: frames, by: width) {
      let batch = min(width, frames - start)
      for n in 0..<window {
        for column in 0..<width {
          real[n * width + column] =
            column < batch ? samples[(start + column) * hop + n] * hann[n] : 0
          imaginary[n * width + column] = 0
        }
      }
      real.withUnsafeMutableBufferPointer { real in
        imaginary.withUnsafeMutableBufferPointer { imaginary in
          transform.transformColumns(
            real: real.baseAddress!, imaginary: imaginary.baseAddress!, width: width)
        }
      }
      for band in 0..<bands {
        for bin in firstBin + band * binsPerBand..<firstBin + (band + 1) * binsPerBand {
          for column in 0..<batch {
            let (r, i) = (real[bin * width + column], imaginary[bin * width + column])
            energies[(start + column) * bands + band] += r * r + i * i
          }
        }
      }
    }
    return energies
  }

  /// Adds up what stands at the same place of a tile, over `positions`: ``positionsPerTile`` rows of
  /// bands, the first for positions that are a multiple of a tile after the first one.
  func folded(_ positions: Range<Int>) -> [Float] {
    let bands = SoundMarkPlan.bandCount
    var sums = [Float](repeating: 0, count: Self.positionsPerTile * bands)
    for position in positions.clamped(to: 0..<count) {
      let row = (position - positions.lowerBound) % Self.positionsPerTile
      for band in 0..<bands { sums[row * bands + band] += changes[position * bands + band] }
    }
    return sums
  }
}
