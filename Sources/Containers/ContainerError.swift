public import Bytes

/// Why an asset's container cannot be read or rewritten.
public enum ContainerError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The bytes could not be read at all.
  case io(FileError)
  /// The structure contradicts its own format at `offset`.
  case malformed(offset: Int, reason: String)
  /// Following the structure would cost more than a named budget allows.
  case overBudget(offset: Int, reason: String)
  /// More than one C2PA manifest store of the same kind (C2PA treats the file as having none).
  case multipleStores(offsets: [Int])
  /// The format is known by name, and nothing here reads or writes it yet.
  case unsupported(format: String)

  /// Stable, for logs and for tests.
  public var code: String {
    switch self {
    case .io: "container.io"
    case .malformed: "container.malformed"
    case .overBudget: "container.over_budget"
    case .multipleStores: "container.multiple_stores"
    case .unsupported: "container.unsupported"
    }
  }

  public var description: String {
    switch self {
    case .io(let error): error.description
    case .malformed(let offset, let reason): "\(reason) (at byte \(offset))"
    case .overBudget(let offset, let reason): "\(reason) (at byte \(offset))"
    case .multipleStores(let offsets):
      "the file holds \(offsets.count) manifest stores where one is allowed (at bytes "
        + offsets.map { String($0) }.joined(separator: ", ") + ")"
    case .unsupported(let format):
      "\(format) is not supported yet"
    }
  }
}

extension ByteSource {
  /// Exactly the bytes of `range`; a source that ends before it does is malformed.
  func exactly(_ range: Range<Int>) throws(ContainerError) -> [UInt8] {
    let bytes: [UInt8]
    do { bytes = try read(range) } catch { throw .io(error) }
    guard bytes.count == range.count else {
      throw .malformed(offset: range.lowerBound, reason: "the file ends inside a structure")
    }
    return bytes
  }

  /// Up to `length` bytes at `offset`, fewer at the end of the source.
  func upTo(_ length: Int, at offset: Int) throws(ContainerError) -> [UInt8] {
    do {
      return try read(offset..<Swift.max(offset, Swift.min(count, offset + length)))
    } catch { throw .io(error) }
  }
}
