import Bytes

/// One byte at a time out of a source, read 64 KiB at a time: for formats that have to be
/// searched rather than followed.
struct ByteWindow {
  private static let length = 1 << 16
  private let source: any ByteSource
  private var bytes: [UInt8] = []
  private var start = 0

  init(_ source: any ByteSource) { self.source = source }

  var count: Int { source.count }

  /// Nil past the end.
  mutating func byte(at offset: Int) throws(ContainerError) -> UInt8? {
    guard offset >= 0, offset < source.count else { return nil }
    if offset < start || offset >= start + bytes.count {
      bytes = try source.upTo(ByteWindow.length, at: offset)
      start = offset
      guard !bytes.isEmpty else { return nil }
    }
    return bytes[offset - start]
  }

  /// The first offset at or after `offset` that holds `value`; nil when there is none.
  mutating func firstOffset(
    of value: UInt8, from offset: Int
  ) throws(ContainerError) -> Int? {
    var position = offset
    while try byte(at: position) != nil {
      let span = bytes.span
      for index in (position - start)..<span.count where span[index] == value {
        return start + index
      }
      position = start + bytes.count
    }
    return nil
  }
}
