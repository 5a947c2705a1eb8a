import Bytes

/// The hash function BLAKE3 (O'Connor, Aumasson, Neves, Wilcox-O'Hearn, 2020), unkeyed, with 256 bits:
/// ISCC's Instance-Code is made of it, and OpenSSL does not have it.
public struct BLAKE3: Sendable {
  private static let initial = SIMD8<UInt32>(
    0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB,
    0x5BE0_CD19)
  private static let permutation = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8]
  private static let blockLength = 64
  private static let blocksInChunk = 16

  private enum Flag {
    static let chunkStart: UInt32 = 1
    static let chunkEnd: UInt32 = 2
    static let parent: UInt32 = 4
    static let root: UInt32 = 8
  }

  /// A compression that is still to be done: the last of a tree has the flag `root`.
  private struct Node {
    var value: SIMD8<UInt32>
    var words: [UInt32]
    var counter: UInt64
    var length: UInt32
    var flags: UInt32

    func compressed(_ more: UInt32 = 0) -> SIMD8<UInt32> {
      BLAKE3.compress(value, words, counter, length, flags | more)
    }
  }

  /// Values of finished subtrees, the largest first.
  private var stack: [SIMD8<UInt32>] = []
  private var chunks: UInt64 = 0
  private var chunkValue = BLAKE3.initial
  private var blocks = 0
  private var block: [UInt8] = []

  public init() { block.reserveCapacity(Self.blockLength) }

  public static func digest(_ bytes: [UInt8]) -> [UInt8] {
    var hash = BLAKE3()
    hash.update(bytes)
    return hash.finalized()
  }

  public mutating func update(_ bytes: [UInt8]) {
    var position = 0
    while position < bytes.count {
      // A block is finished only when more follows: the last of all is treated otherwise.
      if block.count == Self.blockLength { finishBlock() }
      let taken = min(Self.blockLength - block.count, bytes.count - position)
      block += bytes[position..<position + taken]
      position += taken
    }
  }

  public func finalized() -> [UInt8] {
    var node = chunkNode()
    for left in stack.reversed() { node = Self.parent(left, node.compressed()) }
    let value = node.compressed(Flag.root)
    var bytes: [UInt8] = []
    for word in value.indices { bytes.appendBigEndian(value[word].byteSwapped) }
    return bytes
  }

  private mutating func finishBlock() {
    if blocks == Self.blocksInChunk - 1 {
      finishChunk()
    } else {
      chunkValue = chunkNode(isLast: false).compressed()
      blocks += 1
    }
    block.removeAll(keepingCapacity: true)
  }

  private mutating func finishChunk() {
    var value = chunkNode().compressed()
    chunks += 1
    // Each zero at the end of the number of chunks is a subtree that is now complete.
    var finished = chunks
    while finished & 1 == 0, let left = stack.popLast() {
      value = Self.parent(left, value).compressed()
      finished >>= 1
    }
    stack.append(value)
    (chunkValue, blocks) = (Self.initial, 0)
  }

  private func chunkNode(isLast: Bool = true) -> Node {
    var flags: UInt32 = blocks == 0 ? Flag.chunkStart : 0
    if isLast { flags |= Flag.chunkEnd }
    let padded = block + [UInt8](repeating: 0, count: Self.blockLength - block.count)
    let words = (0..<16).map { (word: Int) -> UInt32 in
      var value: UInt32 = 0
      for byte in padded[4 * word..<4 * word + 4].reversed() { value = value << 8 | UInt32(byte) }
      return value
    }
    return Node(
      value: chunkValue, words: words, counter: chunks, length: UInt32(block.count), flags: flags)
  }

  private static func parent(_ left: SIMD8<UInt32>, _ right: SIMD8<UInt32>) -> Node {
    Node(
      value: initial, words: (0..<8).map { left[$0] } + (0..<8).map { right[$0] }, counter: 0,
      length: UInt32(blockLength), flags: Flag.parent)
  }

  private static func compress(
    _ value: SIMD8<UInt32>, _ words: [UInt32], _ counter: UInt64, _ length: UInt32, _ flags: UInt32
  ) -> SIMD8<UInt32> {
    typealias Row = SIMD4<UInt32>
    var a = value.lowHalf
    var b = value.highHalf
    var c = initial.lowHalf
    var d = Row(
      UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32), length, flags)
    func rotated(_ row: Row, _ bits: UInt32) -> Row { row &>> bits | row &<< (32 - bits) }
    func mix(_ first: Row, _ second: Row) {
      a = a &+ b &+ first
      d = rotated(d ^ a, 16)
      c = c &+ d
      b = rotated(b ^ c, 12)
      a = a &+ b &+ second
      d = rotated(d ^ a, 8)
      c = c &+ d
      b = rotated(b ^ c, 7)
    }
    var m = words
    for round in 0..<7 {
      mix(Row(m[0], m[2], m[4], m[6]), Row(m[1], m[3], m[5], m[7]))
      // Columns become diagonals, and back.
      b = Row(b[1], b[2], b[3], b[0])
      c = Row(c[2], c[3], c[0], c[1])
      d = Row(d[3], d[0], d[1], d[2])
      mix(Row(m[8], m[10], m[12], m[14]), Row(m[9], m[11], m[13], m[15]))
      b = Row(b[3], b[0], b[1], b[2])
      c = Row(c[2], c[3], c[0], c[1])
      d = Row(d[1], d[2], d[3], d[0])
      if round < 6 { m = permutation.map { m[$0] } }
    }
    return SIMD8(lowHalf: a ^ c, highHalf: b ^ d)
  }
}
