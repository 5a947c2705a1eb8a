import Glibc

/// How much a passage of a sound is a known one, sample by sample.
public enum SoundLikeness {
  /// The highest correlation, 0 to 1, of `known` with what lies in `samples` around sample `start`: 1 is the
  /// same but for its loudness. A codec's copy has over 0.9, other speech under 0.2.
  ///
  /// - Parameter slack: samples by which it may lie earlier or later; encoders shift a sound a little.
  public static func correlation(
    of known: [Float], in samples: [Float], near start: Int, slack: Int
  ) -> Double {
    let power = known.reduce(0.0) { $0 + Double($1 * $1) }
    let places = max(start - slack, 0)...max(start + slack, 0)
    guard power > 0, places.lowerBound + known.count <= samples.count else { return 0 }
    var best = 0.0
    samples.withUnsafeBufferPointer { samples in
      known.withUnsafeBufferPointer { known in
        for place in places where place + known.count <= samples.count {
          var product: Float = 0
          var own: Float = 0
          for n in 0..<known.count {
            let sample = samples[place + n]
            product += sample * known[n]
            own += sample * sample
          }
          guard own > 0 else { continue }
          best = max(best, Double(product) / (power * Double(own)).squareRoot())
        }
      }
    }
    return best
  }
}
