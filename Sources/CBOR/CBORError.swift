import Bytes

/// Why bytes are not one well-formed CBOR item within the budgets. Offsets count from the start of
/// the bytes that were handed in.
public enum CBORError: Error, Equatable, Sendable, CustomStringConvertible {
  case truncated(offset: Int)
  case trailingBytes(offset: Int)
  /// A reserved additional-information value, a stray break or a bad chunk (RFC 8949 section 3).
  case notWellFormed(offset: Int)
  case invalidUTF8(offset: Int)
  case duplicateKey(offset: Int)
  case tooDeep(offset: Int)
  case tooManyItems(offset: Int)

  public var code: String {
    switch self {
    case .truncated: "cbor.truncated"
    case .trailingBytes: "cbor.trailingBytes"
    case .notWellFormed: "cbor.notWellFormed"
    case .invalidUTF8: "cbor.invalidUTF8"
    case .duplicateKey: "cbor.duplicateKey"
    case .tooDeep: "cbor.tooDeep"
    case .tooManyItems: "cbor.tooManyItems"
    }
  }

  public var description: String {
    switch self {
    case .truncated(let offset): "the CBOR item is cut off at byte \(offset)"
    case .trailingBytes(let offset): "bytes follow the CBOR item at byte \(offset)"
    case .notWellFormed(let offset): "no well-formed CBOR at byte \(offset)"
    case .invalidUTF8(let offset): "the CBOR text at byte \(offset) is not UTF-8"
    case .duplicateKey(let offset): "the CBOR map key at byte \(offset) occurs twice"
    case .tooDeep(let offset): "CBOR nested deeper than the limit at byte \(offset)"
    case .tooManyItems(let offset): "more CBOR items than the limit at byte \(offset)"
    }
  }

  init(_ error: BytesError) {
    switch error {
    case .truncated(let offset, _), .overflow(let offset): self = .truncated(offset: offset)
    }
  }
}
