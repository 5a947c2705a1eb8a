/// One CBOR data item (RFC 8949) as a value. Maps keep the order in which they were written, so
/// that what was received can be looked at as it is; a hash or a signature is always taken over
/// the received bytes, never over a value that was encoded again.
public indirect enum CBORValue: Equatable, Sendable {
  /// Major type 0.
  case unsigned(UInt64)
  /// Major type 1; the number meant is `-1 - argument`.
  case negative(argument: UInt64)
  case bytes([UInt8])
  case text(String)
  case array([CBORValue])
  case map([Pair])
  case tagged(tag: UInt64, CBORValue)
  case bool(Bool)
  case null
  case undefined
  /// Any width on the wire; written in the shortest that keeps the value.
  case float(Double)
  /// A simple value without a meaning of its own here.
  case simple(UInt8)

  public struct Pair: Equatable, Sendable {
    public let key: CBORValue
    public let value: CBORValue

    public init(_ key: CBORValue, _ value: CBORValue) {
      self.key = key
      self.value = value
    }
  }

  /// An integer of either sign.
  public static func integer(_ value: Int) -> CBORValue {
    value >= 0 ? .unsigned(UInt64(value)) : .negative(argument: UInt64(-1 - value))
  }
}

extension CBORValue {
  /// The value under the text key `name`; nil when this is no map or has no such key.
  public subscript(name: String) -> CBORValue? { self[.text(name)] }

  /// The value under an integer key, as COSE headers use them.
  public subscript(label: Int) -> CBORValue? { self[.integer(label)] }

  private subscript(key: CBORValue) -> CBORValue? {
    guard case .map(let pairs) = self else { return nil }
    return pairs.first { $0.key == key }?.value
  }

  public var text: String? { if case .text(let value) = self { value } else { nil } }
  public var bytes: [UInt8]? { if case .bytes(let value) = self { value } else { nil } }
  public var array: [CBORValue]? { if case .array(let value) = self { value } else { nil } }
  public var pairs: [Pair]? { if case .map(let value) = self { value } else { nil } }
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  public var isNull: Bool { self == .null }

  /// An integer that fits `Int`, of either sign.
  public var integer: Int? {
    switch self {
    case .unsigned(let value): Int(exactly: value)
    case .negative(let argument): Int(exactly: argument).map { -1 - $0 }
    default: nil
    }
  }

  /// Any number, integers included.
  public var number: Double? {
    switch self {
    case .unsigned(let value): Double(value)
    case .negative(let argument): -1 - Double(argument)
    case .float(let value): value
    default: nil
    }
  }

  /// The item inside a tag, or nil if this is not tagged with `tag`.
  public func untagged(_ tag: UInt64) -> CBORValue? {
    guard case .tagged(tag, let value) = self else { return nil }
    return value
  }

  /// A date-time text, with tag 0 as the standard asks or, tolerated, without.
  public var dateTime: String? { untagged(0)?.text ?? text }
}

extension CBORValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
  ExpressibleByNilLiteral
{
  public init(stringLiteral value: String) { self = .text(value) }
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: CBORValue...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (CBORValue, CBORValue)...) {
    self = .map(elements.map { Pair($0.0, $0.1) })
  }
  public init(nilLiteral: ()) { self = .null }
}
