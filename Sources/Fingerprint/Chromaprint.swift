/// The acoustic fingerprint of a sound (Lukáš Lalinský's chromaprint): a word of 32 bits for about
/// every eighth of a second, of which recordings of the same sound share most bits.
public struct Chromaprint: Equatable, Sendable {
  /// Words a second: 11,025 samples a second, frames of 4,096 samples, two thirds of each shared.
  public static let wordsPerSecond = 11_025.0 / (4_096 - 4_096 * 2 / 3)
  /// How many steps from word to word one word listens to: filters of 16 frames over averages of five,
  /// and a frame lasts three steps.
  static let stepsHeard = 22
  /// A word changes by three to five bits from one to the next in speech, music and wind, and not at all
  /// in silence, a hum or a held chord, which are the same in every recording that has them.
  static let tellingChange = 1.5

  public let words: [UInt32]

  public init(words: [UInt32]) { self.words = words }

  /// How long the sound is that the words tell of.
  public var seconds: Double {
    words.isEmpty ? 0 : Double(words.count + Self.stepsHeard - 1) / Self.wordsPerSecond
  }

  /// Whether there is enough to be told from other sounds somewhere in it.
  public var isTelling: Bool {
    let window = SoundAlignment.leastWords
    guard words.count >= window else { return false }
    let changes = summedChanges
    return (0...words.count - window).contains { start in
      Self.isTelling(changes[start + window - 1] - changes[start], steps: window - 1)
    }
  }

  static func isTelling(_ change: Int, steps: Int) -> Bool {
    Double(change) >= tellingChange * Double(steps)
  }

  /// How many bits have changed from each word to the next, up to and with each word.
  var summedChanges: [Int] {
    var sum = 0
    return words.indices.map { index in
      if index > 0 { sum += (words[index] ^ words[index - 1]).nonzeroBitCount }
      return sum
    }
  }

  /// The words as FFmpeg's `chromaprint` muxer writes them with `-fp_format raw`: 32 bits each, least
  /// significant byte first; nil for a length that is no multiple of four.
  public init?(raw: [UInt8]) {
    guard raw.count.isMultiple(of: 4) else { return nil }
    words = stride(from: 0, to: raw.count, by: 4).map { start in
      (0..<4).reduce(0) { $0 | UInt32(raw[start + $1]) << UInt32(8 * $1) }
    }
  }

  /// The words as `init(raw:)` reads them.
  public var raw: [UInt8] {
    words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) } }
  }
}
