/// What can go wrong while reading a fixed layout out of untrusted bytes.
public enum BytesError: Error, Equatable, Sendable {
  /// Fewer bytes are left before the cursor's end than the field needs.
  case truncated(offset: Int, needed: Int)
  /// A length or offset does not fit the arithmetic; `offset` is where it was read.
  case overflow(offset: Int)
}

/// A position in bytes that somebody else owns.
///
/// A parser keeps one cursor and hands the same `Span` to every read, so nothing is copied and no
/// pointer is held: `try cursor.readUInt32(bytes)`. All reads are bounded by `end`, which may lie
/// before the end of the span (the end of an enclosing box).
public struct ByteCursor: Sendable {
  /// Absolute offset of the next byte to read.
  public private(set) var position: Int
  /// Absolute offset one past the last byte that may be read.
  public let end: Int

  /// A cursor over `range` of the bytes that will be passed to each read.
  public init(_ range: Range<Int>) {
    position = range.lowerBound
    end = range.upperBound
  }

  /// Bytes left before `end`.
  public var remaining: Int { end - position }
  public var isAtEnd: Bool { position >= end }

  /// Moves past `count` bytes and returns the range they occupy.
  public mutating func readRange(_ count: Int) throws(BytesError) -> Range<Int> {
    guard count >= 0, count <= remaining else {
      throw .truncated(offset: position, needed: count)
    }
    let start = position
    position += count
    return start..<position
  }

  public mutating func skip(_ count: Int) throws(BytesError) { _ = try readRange(count) }

  public mutating func readUInt8(_ bytes: Span<UInt8>) throws(BytesError) -> UInt8 {
    bytes[try readRange(1).lowerBound]
  }

  /// Big-endian.
  public mutating func readUInt16(_ bytes: Span<UInt8>) throws(BytesError) -> UInt16 {
    UInt16(try readBigEndian(bytes, count: 2))
  }

  /// Big-endian.
  public mutating func readUInt32(_ bytes: Span<UInt8>) throws(BytesError) -> UInt32 {
    UInt32(try readBigEndian(bytes, count: 4))
  }

  /// Big-endian.
  public mutating func readUInt64(_ bytes: Span<UInt8>) throws(BytesError) -> UInt64 {
    try readBigEndian(bytes, count: 8)
  }

  /// Little-endian, as RIFF and GIF write.
  public mutating func readLittleEndianUInt32(_ bytes: Span<UInt8>) throws(BytesError) -> UInt32 {
    UInt32(try readBigEndian(bytes, count: 4)).byteSwapped
  }

  private mutating func readBigEndian(
    _ bytes: Span<UInt8>, count: Int
  ) throws(BytesError) -> UInt64 {
    let range = try readRange(count)
    var value: UInt64 = 0
    for index in range { value = value << 8 | UInt64(bytes[index]) }
    return value
  }
}

extension Span where Element == UInt8 {
  /// A copy of `range`. The caller has checked that the range lies inside.
  public func array(_ range: Range<Int>) -> [UInt8] {
    var copy: [UInt8] = []
    copy.reserveCapacity(range.count)
    for index in range { copy.append(self[index]) }
    return copy
  }

  /// Whether the bytes at `offset` are exactly `expected`. False when they do not all lie inside.
  public func matches(_ expected: [UInt8], at offset: Int) -> Bool {
    guard offset >= 0, expected.count <= count, offset <= count - expected.count else {
      return false
    }
    for index in expected.indices where self[offset + index] != expected[index] { return false }
    return true
  }
}

extension [UInt8] {
  /// Appends an integer's big-endian bytes, as every box format here stores them.
  public mutating func appendBigEndian<T: FixedWidthInteger>(_ value: T) {
    for shift in stride(from: T.bitWidth - 8, through: 0, by: -8) {
      append(UInt8(truncatingIfNeeded: value >> T(shift)))
    }
  }
}
