/// Where a new file goes: written from front to back, then patched in place.
public protocol ByteSink: AnyObject {
  /// Bytes written front to back so far.
  var count: Int { get }
  /// Appends `bytes`.
  func write(_ bytes: [UInt8]) throws(FileError)
  /// Overwrites bytes that were written before.
  func write(_ bytes: [UInt8], at offset: Int) throws(FileError)
  /// Bytes that were written before, as they can be read back now; `buffer`'s memory is used again.
  func read(_ range: Range<Int>, into buffer: inout [UInt8]) throws(FileError)
  /// What was written so far, to be read back.
  func written() throws(FileError) -> any ByteSource
}

/// A new file in memory: for small ones that never need a name.
public final class MemoryByteSink: ByteSink {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public var count: Int { bytes.count }

  public func write(_ bytes: [UInt8]) { self.bytes += bytes }

  public func write(_ bytes: [UInt8], at offset: Int) {
    self.bytes.replaceSubrange(offset..<min(offset + bytes.count, self.bytes.count), with: bytes)
  }

  public func read(_ range: Range<Int>, into buffer: inout [UInt8]) {
    buffer = Array(bytes[range])
  }

  public func written() -> any ByteSource { bytes }
}
