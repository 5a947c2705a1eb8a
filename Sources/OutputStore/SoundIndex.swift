import Fingerprint

/// The sounds of all delivered files in memory.
///
/// Every window of what is asked is laid over every passage of what is known, so none is missed: ten
/// seconds against 10,000 clips of ten seconds are 35 million words of 32 bits, a tenth of a second. An
/// index by equal words would be faster and miss what an encoder has touched everywhere.
struct SoundIndex: Sendable {
  private var sounds: [(output: Int64, sound: Chromaprint)] = []

  mutating func add(_ sound: Chromaprint, of output: Int64) { sounds.append((output, sound)) }

  mutating func remove(_ outputs: [Int64]) {
    let gone = Set(outputs)
    sounds.removeAll { gone.contains($0.output) }
  }

  /// Outputs in which a passage of the sound is heard, the most alike first.
  func matches(
    for sound: Chromaprint, limit: Int
  ) -> [(output: Int64, alignment: SoundAlignment)] {
    let matches = sounds.compactMap { known in
      SoundAlignment.best(of: sound, in: known.sound).map { (known.output, $0) }
    }
    return Array(matches.sorted { ($0.1.error, $0.0) < ($1.1.error, $1.0) }.prefix(limit))
  }
}
