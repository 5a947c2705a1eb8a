/// The acoustic fingerprint of a sound (Lukáš Lalinský's chromaprint): a word of 32 bits for about
/// every eighth of a second, of which recordings of the same sound share most bits.
public struct Chromaprint: Equatable, Sendable {
  /// Words a second: 11,025 samples a second, frames of 4,096 samples, two thirds of each shared.
  public static let wordsPerSecond = 11_025.0 / (4_096 - 4_096 * 2 / 3)
  /// At most this share of differing bits is the same sound: unrelated ones differ in a half.
  public static let matchError = 0.15
  /// Shorter agreements happen by chance.
  public static let minimumSeconds = 3.0

  public let words: [UInt32]

  public init(words: [UInt32]) { self.words = words }

  /// Where two sounds agree best.
  public struct Match: Equatable, Sendable {
    /// Seconds by which the other begins later in this sound; negative where it begins earlier.
    public let offset: Double
    /// Seconds that were compared.
    public let length: Double
    /// The share of bits that differ.
    public let error: Double

    public var isMatch: Bool { error < Chromaprint.matchError }
  }

  /// The best of all offsets at which at least three seconds of both overlap; nil when there is none.
  public func compared(to other: Chromaprint) -> Match? {
    let needed = Int((Self.minimumSeconds * Self.wordsPerSecond).rounded(.up))
    guard words.count >= needed, other.words.count >= needed else { return nil }
    var best: Match?
    for offset in (needed - other.words.count)...(words.count - needed) {
      let start = max(0, offset)
      let end = min(words.count, offset + other.words.count)
      var differing = 0
      for index in start..<end {
        differing += (words[index] ^ other.words[index - offset]).nonzeroBitCount
      }
      let error = Double(differing) / Double(32 * (end - start))
      if error < best?.error ?? 1 {
        best = Match(
          offset: Double(offset) / Self.wordsPerSecond,
          length: Double(end - start) / Self.wordsPerSecond, error: error)
      }
    }
    return best
  }

  /// The words as FFmpeg's `chromaprint` muxer writes them with `-fp_format raw`: 32 bits each, least
  /// significant byte first; nil for a length that is no multiple of four.
  public init?(raw: [UInt8]) {
    guard raw.count.isMultiple(of: 4) else { return nil }
    words = stride(from: 0, to: raw.count, by: 4).map { start in
      (0..<4).reduce(0) { $0 | UInt32(raw[start + $1]) << UInt32(8 * $1) }
    }
  }
}
