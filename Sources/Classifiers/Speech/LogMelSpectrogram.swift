import Glibc

/// Whisper's front end (Radford et al. 2022): 30 seconds at 16 kHz as 3000 columns of 80 mel bands,
/// base-10 logarithm, the lowest 8 decades below the loudest band cut off, scaled to about -1...1.
struct LogMelSpectrogram: Sendable {
  static let sampleRate = 16_000
  static let seconds = 30
  static let bands = 80
  static let columns = 3000
  private static let window = 400
  private static let hop = 160
  private static let bins = window / 2 + 1

  private let hann: [Float]
  private let transform = FourierTransform(length: window)
  /// For each band the first bin with a weight, and the weights from there on.
  private let filters: [(first: Int, weights: [Float])]

  init() {
    hann = (0..<Self.window).map {
      0.5 - 0.5 * Float(cos(2 * Double.pi * Double($0) / Double(Self.window)))
    }
    filters = Self.melFilters()
  }

  /// `samples` (at most 30 seconds; the rest is silence) to `bands * columns` values, band by band.
  func callAsFunction(_ samples: ArraySlice<Float>) -> [Float] {
    let total = Self.sampleRate * Self.seconds
    precondition(samples.count <= total, "Whisper reads 30 seconds at a time")
    // Half a window on both sides, mirrored, so that columns are centred on their time.
    let half = Self.window / 2
    var padded = [Float](repeating: 0, count: total + Self.window)
    padded.replaceSubrange(half..<half + samples.count, with: samples)
    for offset in 1...half {
      padded[half - offset] = padded[half + offset]
      padded[half + total - 1 + offset] = padded[half + total - 1 - offset]
    }
    var output = [Float](repeating: 0, count: Self.bands * Self.columns)
    var loudest: Float = -10
    var frame = [Float](repeating: 0, count: Self.window)
    // Columns behind the sound are silence: all have the value of the floor.
    let sounding = min(Self.columns, (samples.count + half) / Self.hop + 1)
    for column in 0..<sounding {
      for index in 0..<Self.window {
        frame[index] = padded[column * Self.hop + index] * hann[index]
      }
      let power = transform.power(frame)
      for band in 0..<Self.bands {
        let filter = filters[band]
        var sum: Float = 0
        for (offset, weight) in filter.weights.enumerated() {
          sum += weight * power[filter.first + offset]
        }
        let value = log10f(max(sum, 1e-10))
        loudest = max(loudest, value)
        output[band * Self.columns + column] = value
      }
    }
    for band in 0..<Self.bands {
      for column in 0..<Self.columns {
        let index = band * Self.columns + column
        let value = column < sounding ? output[index] : -10
        output[index] = (max(value, loudest - 8) + 4) / 4
      }
    }
    return output
  }

  /// Triangles on Slaney's mel scale (linear below 1 kHz, logarithmic above), each of equal area.
  private static func melFilters() -> [(first: Int, weights: [Float])] {
    let logStep = log(6.4) / 27
    func mel(_ hertz: Double) -> Double {
      hertz < 1000 ? hertz * 3 / 200 : 15 + log(hertz / 1000) / logStep
    }
    func hertz(_ mel: Double) -> Double {
      mel < 15 ? mel * 200 / 3 : 1000 * exp((mel - 15) * logStep)
    }
    let top = mel(Double(sampleRate) / 2)
    let edges = (0..<bands + 2).map { hertz(top * Double($0) / Double(bands + 1)) }
    return (0..<bands).map { band in
      let (low, middle, high) = (edges[band], edges[band + 1], edges[band + 2])
      let weights = (0..<bins).map { bin -> Float in
        let frequency = Double(bin * sampleRate) / Double(window)
        let rising = (frequency - low) / (middle - low)
        let falling = (high - frequency) / (high - middle)
        return Float(max(0, min(rising, falling)) * 2 / (high - low))
      }
      let first = weights.firstIndex { $0 > 0 } ?? 0
      let last = weights.lastIndex { $0 > 0 } ?? 0
      return (first, Array(weights[first...last]))
    }
  }
}

/// The discrete Fourier transform of a fixed length, by halving as long as the length is even and
/// by the definition below that (400 = 16 x 25).
private struct FourierTransform: Sendable {
  private let length: Int
  private let cosines: [Float]
  private let sines: [Float]

  init(length: Int) {
    self.length = length
    cosines = (0..<length).map { Float(cos(2 * Double.pi * Double($0) / Double(length))) }
    sines = (0..<length).map { Float(-sin(2 * Double.pi * Double($0) / Double(length))) }
  }

  /// Squared magnitudes of the first half of the spectrum.
  func power(_ signal: [Float]) -> [Float] {
    let (real, imaginary) = spectrum(signal, start: 0, stride: 1, count: length)
    return (0...length / 2).map { real[$0] * real[$0] + imaginary[$0] * imaginary[$0] }
  }

  private func spectrum(
    _ signal: [Float], start: Int, stride: Int, count: Int
  ) -> (real: [Float], imaginary: [Float]) {
    var real = [Float](repeating: 0, count: count)
    var imaginary = real
    guard count.isMultiple(of: 2) else {
      for bin in 0..<count {
        for index in 0..<count {
          let turn = bin * index % count * stride
          real[bin] += signal[start + index * stride] * cosines[turn]
          imaginary[bin] += signal[start + index * stride] * sines[turn]
        }
      }
      return (real, imaginary)
    }
    let half = count / 2
    let even = spectrum(signal, start: start, stride: stride * 2, count: half)
    let odd = spectrum(signal, start: start + stride, stride: stride * 2, count: half)
    for bin in 0..<half {
      let (c, s) = (cosines[bin * stride], sines[bin * stride])
      let turnedReal = odd.real[bin] * c - odd.imaginary[bin] * s
      let turnedImaginary = odd.real[bin] * s + odd.imaginary[bin] * c
      real[bin] = even.real[bin] + turnedReal
      imaginary[bin] = even.imaginary[bin] + turnedImaginary
      real[bin + half] = even.real[bin] - turnedReal
      imaginary[bin + half] = even.imaginary[bin] - turnedImaginary
    }
    return (real, imaginary)
  }
}
