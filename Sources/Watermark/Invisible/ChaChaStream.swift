/// The ChaCha20 key stream (RFC 8439 §2.3) of a 32-byte seed, nonce zero, block counter from zero,
/// read as little-endian 64-bit words: eight words a block.
///
/// Everything keyed in the invisible mark is drawn from such a stream, one stream a purpose.
struct ChaChaStream {
  private let key: [UInt32]
  private var counter: UInt32 = 0
  private var block: [UInt32] = []
  private var position = 16

  /// Nil unless the seed has exactly 32 bytes.
  init?(seed: [UInt8]) {
    guard seed.count == 32 else { return nil }
    key = (0..<8).map { word in
      (0..<4).reduce(0) { $0 | UInt32(seed[word * 4 + $1]) << UInt32(8 * $1) }
    }
  }

  mutating func next() -> UInt64 {
    if position == 16 {
      block = Self.block(key: key, counter: counter, nonce: [0, 0, 0])
      counter &+= 1
      position = 0
    }
    defer { position += 2 }
    return UInt64(block[position]) | UInt64(block[position + 1]) << 32
  }

  /// Uniform in 0..<1: the word's upper 53 bits times 2^-53.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Uniform in 0..<bound by the multiply-shift rule: the high half of `word * bound`.
  mutating func choice(of bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// Fisher and Yates' shuffle: from the last place down, each place `i` is exchanged with
  /// `choice(of: i + 1)`.
  mutating func shuffle<Element>(_ list: inout [Element]) {
    for index in stride(from: list.count - 1, to: 0, by: -1) {
      list.swapAt(index, choice(of: index + 1))
    }
  }

  /// RFC 8439 §2.3: sixteen words of key stream.
  static func block(key: [UInt32], counter: UInt32, nonce: [UInt32]) -> [UInt32] {
    let start = [0x6170_7865, 0x3320_646E, 0x7962_2D32, 0x6B20_6574] + key + [counter] + nonce
    var state = start
    func quarter(_ a: Int, _ b: Int, _ c: Int, _ d: Int) {
      func turn(_ value: UInt32, _ by: UInt32) -> UInt32 { value << by | value >> (32 - by) }
      state[a] &+= state[b]
      state[d] = turn(state[d] ^ state[a], 16)
      state[c] &+= state[d]
      state[b] = turn(state[b] ^ state[c], 12)
      state[a] &+= state[b]
      state[d] = turn(state[d] ^ state[a], 8)
      state[c] &+= state[d]
      state[b] = turn(state[b] ^ state[c], 7)
    }
    for _ in 0..<10 {
      quarter(0, 4, 8, 12)
      quarter(1, 5, 9, 13)
      quarter(2, 6, 10, 14)
      quarter(3, 7, 11, 15)
      quarter(0, 5, 10, 15)
      quarter(1, 6, 11, 12)
      quarter(2, 7, 8, 13)
      quarter(3, 4, 9, 14)
    }
    return zip(state, start).map { $0 &+ $1 }
  }
}
