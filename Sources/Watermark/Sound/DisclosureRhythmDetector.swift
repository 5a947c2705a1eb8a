import Glibc

/// Listens for ``DisclosureRhythm`` at the beginning of a sound.
///
/// What must be heard, tone by tone and gap by gap: nearly all that sounds during a tone is that tone, all
/// four are equally loud, and in every gap there is much less than that. Speech and music do not hold one
/// pitch of 800 Hz through four equal tones in this rhythm, with silence between.
public enum DisclosureRhythmDetector {
  public struct Finding: Equatable, Sendable {
    /// Seconds from the sound's beginning to the first tone's.
    public let start: Double
  }

  /// Of the samples, one channel.
  public static let sampleRate = 16_000
  /// A disclosure stands at the beginning: the first tone must begin within so many seconds. Copies gain a
  /// little silence from encoders and players.
  public static let latestStart = 2.0

  /// Share of a tone's sound that must be the tone. A tone 1 % off its pitch, as in a copy that runs faster,
  /// keeps 0.9; a voiced vowel, with its partials and their change of pitch, has a third.
  static let purity = 0.6
  /// Between the mean of all tones and each of them; decibels. Codecs and loudness limiters change less.
  static let evenness = 4.0
  /// Between that mean and any 20 ms of a tone; decibels. A long tone lasts: two short ones, or one, in its
  /// place are another rhythm.
  static let steadiness = 6.0
  /// By how much each gap is softer than the tones; decibels. Room for noise 15 dB below speech and for what
  /// a codec smears into a gap.
  static let contrast = 9.0
  /// Mean power of the tones, -60 dBFS: below it nobody hears them.
  static let audible = 1e-6

  /// Samples from one place to the next: 5 ms.
  private static let hop = 80
  /// Places that are looked at together: 20 ms tell 800 Hz from its neighbours 50 Hz away.
  private static let window = 4
  /// Places at the edge of a tone or gap that are left out, where ramps are and codecs smear.
  private static let toneEdge = 2
  private static let gapEdge = 4

  /// - Returns: nil where the rhythm is not heard.
  public static func find(in samples: [Float]) -> Finding? {
    let unit = Int(DisclosureRhythm.unit * Double(sampleRate)) / hop
    let length = DisclosureRhythm.units * unit
    let latest = Int(latestStart * Double(sampleRate)) / hop
    let levels = Levels(samples.prefix((latest + length + 2 * unit) * hop))
    var best: (place: Int, clarity: Double)?
    for place in 0...latest where place + length <= levels.count {
      guard let clarity = clarity(levels, at: place, unit: unit) else { continue }
      if clarity > best?.clarity ?? 0 { best = (place, clarity) }
    }
    return best.map { Finding(start: Double($0.place * hop) / Double(sampleRate)) }
  }

  /// By how much the tones stand out, where all conditions hold.
  private static func clarity(_ levels: Levels, at place: Int, unit: Int) -> Double? {
    var means: [Double] = []
    var faintest = Double.infinity
    for tone in DisclosureRhythm.tones {
      let first = place + tone.start * unit
      let tones = levels.summary(first..<first + tone.length * unit, edge: toneEdge)
      guard tones.whole > 0, tones.pure >= purity * tones.whole else { return nil }
      means.append(tones.pure)
      faintest = min(faintest, tones.faintest)
    }
    let mean = means.reduce(0, +) / Double(means.count)
    guard mean >= audible, faintest >= mean * pow(10, -steadiness / 10),
      means.allSatisfy({ abs(10 * log10($0 / mean)) <= evenness })
    else { return nil }
    let limit = mean * pow(10, -contrast / 10)
    var loudest = 0.0
    for gap in gaps {
      let from = max(place + gap.lowerBound * unit, 0)
      let silence = levels.summary(
        from..<max(from, place + gap.upperBound * unit), edge: gapEdge)
      guard silence.whole <= limit else { return nil }
      loudest = max(loudest, silence.whole)
    }
    return mean - loudest
  }

  /// Silences in units: before the first tone, between tones, after the last.
  private static let gaps: [Range<Int>] = {
    var gaps = [-1..<0]
    for (tone, next) in zip(DisclosureRhythm.tones, DisclosureRhythm.tones.dropFirst()) {
      gaps.append(tone.start + tone.length..<next.start)
    }
    gaps.append(DisclosureRhythm.units..<DisclosureRhythm.units + 1)
    return gaps
  }()

  /// Power of the tone and of everything, place by place.
  private struct Levels {
    private var pure: [Double] = []
    private var whole: [Double] = []
    /// Places that the sound has.
    let count: Int

    init(_ samples: ArraySlice<Float>) {
      count = samples.count / hop
      let step = 2 * Double.pi * DisclosureRhythm.frequency / Double(sampleRate)
      // The pitch's period is a whole number of samples (20), and so is a hop's number of periods (4): each
      // block may start at phase 0.
      let wave = (0..<hop).map { (Float(cos(step * Double($0))), Float(sin(step * Double($0)))) }
      var blocks: [(Double, Double, Double)] = []
      for block in 0..<count {
        let first = samples.startIndex + block * hop
        var sums: (Float, Float, Float) = (0, 0, 0)
        for n in 0..<hop {
          let sample = samples[first + n]
          sums.0 += sample * wave[n].0
          sums.1 += sample * wave[n].1
          sums.2 += sample * sample
        }
        blocks.append((Double(sums.0), Double(sums.1), Double(sums.2)))
      }
      let width = Double(window * hop)
      for place in 0..<max(count - window + 1, 0) {
        let part = blocks[place..<place + window]
        let (real, imaginary, power) = part.reduce((0, 0, 0)) {
          ($0.0 + $1.0, $0.1 + $1.1, $0.2 + $1.2)
        }
        // A sine of amplitude A gives a sum of A times width / 2, and has a power of A squared / 2.
        pure.append(2 * (real * real + imaginary * imaginary) / (width * width))
        whole.append(power / width)
      }
    }

    /// Means, and the least of the tone, over windows that lie within the places, without their edges; zero
    /// where none does.
    func summary(
      _ places: Range<Int>, edge: Int
    ) -> (pure: Double, whole: Double, faintest: Double) {
      let first = places.lowerBound + edge
      let last = min(places.upperBound - edge - window, pure.count - 1)
      guard first <= last else { return (0, 0, 0) }
      let count = Double(last - first + 1)
      let tone = pure[first...last]
      return (
        tone.reduce(0, +) / count, whole[first...last].reduce(0, +) / count, tone.min() ?? 0
      )
    }
  }
}
