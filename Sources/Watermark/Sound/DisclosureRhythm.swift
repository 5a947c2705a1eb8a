import Glibc

/// The label that sound alone carries for its listeners: four tones before anything else, short, long,
/// short, short, which is "AI" in Morse code (ITU-R M.1677) and the rhythm that GB 45438-2025 names for
/// recordings.
///
/// One pitch, so that a search can tell it from everything that is no single tone; silence between the tones,
/// so that it can tell the rhythm.
public enum DisclosureRhythm {
  /// Hertz. In the middle of what Morse code is customarily listened to at: small loudspeakers radiate it,
  /// telephones (300 to 3400 Hz) and every codec for speech carry it, and older ears hear it.
  public static let frequency = 800.0
  /// A sine of -18 dBFS, broadcasting's alignment level (EBU R 68): as loud as speech, never louder than it.
  public static let amplitude = 0.126
  /// Seconds of a short tone. A long one is three, silence within a letter one and between letters three
  /// (ITU-R M.1677): twelve words a minute, the pace at which beginners tell short from long.
  public static let unit = 0.1
  /// Tones begin and end within this many seconds, so that they do not click.
  static let ramp = 0.005
  /// Silence before: players and wireless headphones swallow the very beginning.
  public static let lead = 0.15
  /// Silence after, longer than any in the rhythm: what follows is no part of it.
  public static let rest = 0.4
  /// Where tones begin and how long they are, in units.
  static let tones: [(start: Int, length: Int)] = [(0, 1), (2, 3), (8, 1), (10, 1)]
  /// From the first tone's beginning to the last one's end.
  static let units = 11

  /// With the silence on both sides.
  public static let seconds = lead + unit * Double(units) + rest

  /// One channel.
  public static func samples(at sampleRate: Int) -> [Float] {
    let rate = Double(sampleRate)
    var samples = [Float](repeating: 0, count: Int((seconds * rate).rounded()))
    for tone in tones {
      let first = Int(((lead + unit * Double(tone.start)) * rate).rounded())
      let count = Int((unit * Double(tone.length) * rate).rounded())
      for n in 0..<count where first + n < samples.count {
        let edge = Double(min(n, count - 1 - n)) / (ramp * rate)
        let gain = edge >= 1 ? 1 : 0.5 - 0.5 * cos(.pi * edge)
        samples[first + n] = Float(
          amplitude * gain * sin(2 * .pi * frequency * Double(n) / rate))
      }
    }
    return samples
  }
}
