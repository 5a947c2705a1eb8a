import Bytes

/// A PDQ fingerprint: 256 bits of which pictures that look alike share almost all.
///
/// Two hashes of pictures chosen at random differ in 128 bits; ThreatExchange takes 31 or fewer as
/// the same picture.
public struct PDQHash: Hashable, Sendable, CustomStringConvertible {
  public static let byteCount = 32
  /// At most this many differing bits are a match (ThreatExchange's confident threshold).
  public static let matchDistance = 31

  /// Bit `16 i + j` of the hash is bit `(16 i + j) % 64` of word `(16 i + j) / 64`.
  public let words: SIMD4<UInt64>

  public init(words: SIMD4<UInt64>) { self.words = words }

  /// The hash with bit `k` set where `bits[k]` is.
  init(bits: [Bool]) {
    var words = SIMD4<UInt64>()
    for (index, bit) in bits.enumerated() where bit { words[index >> 6] |= 1 << (index & 63) }
    self.words = words
  }

  /// 64 hexadecimal digits, the highest bit first, as ThreatExchange prints them; nil otherwise.
  public init?(hex: String) {
    guard let bytes = Hex.decode(hex) else { return nil }
    self.init(bytes: bytes)
  }

  /// 32 bytes, the highest bit first; nil for another number of them.
  public init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    var words = SIMD4<UInt64>()
    for (index, byte) in bytes.reversed().enumerated() {
      words[index >> 3] |= UInt64(byte) << (8 * (index & 7))
    }
    self.words = words
  }

  public var bytes: [UInt8] {
    (0..<Self.byteCount).reversed().map { index in
      UInt8(truncatingIfNeeded: words[index >> 3] >> UInt64(8 * (index & 7)))
    }
  }

  public var description: String { Hex.encode(bytes) }

  /// How many of the 256 bits differ.
  public func distance(to other: PDQHash) -> Int {
    let difference = words ^ other.words
    return difference[0].nonzeroBitCount + difference[1].nonzeroBitCount
      + difference[2].nonzeroBitCount + difference[3].nonzeroBitCount
  }
}
