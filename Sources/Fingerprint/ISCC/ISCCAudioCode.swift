import Bytes

extension ISCCUnit {
  /// The Audio-Code of a sound: majorities over the words of its chromaprint (ISO 24138 section 8.5):
  /// of all, of each quarter in time, and of each third by value.
  public static func audio(chromaprint: [UInt32], bits: Int = 64) -> ISCCUnit {
    guard !chromaprint.isEmpty else {
      return ISCCUnit(.audio, body: [UInt8](repeating: 0, count: bits / 8))
    }
    let ordered = chromaprint.sorted { Int32(bitPattern: $0) < Int32(bitPattern: $1) }
    let parts =
      [majority(chromaprint[...])] + divided(chromaprint, into: 4) + divided(ordered, into: 3)
    var body: [UInt8] = []
    for part in parts.prefix(bits / 32) { body.appendBigEndian(part) }
    return ISCCUnit(.audio, body: body)
  }

  /// Majorities of `count` consecutive parts, of which the first are one longer where it does not
  /// come out even.
  private static func divided(_ words: [UInt32], into count: Int) -> [UInt32] {
    let (length, longer) = words.count.quotientAndRemainder(dividingBy: count)
    var start = 0
    return (0..<count).map { index in
      let end = start + length + (index < longer ? 1 : 0)
      defer { start = end }
      return majority(words[start..<end])
    }
  }

  /// Each bit that at least half of the words have.
  private static func majority(_ words: ArraySlice<UInt32>) -> UInt32 {
    guard !words.isEmpty else { return 0 }
    return (0..<32).reduce(0) { result, bit in
      let count = words.count { $0 >> UInt32(bit) & 1 == 1 }
      return count * 2 >= words.count ? result | 1 << UInt32(bit) : result
    }
  }
}
