import Bytes

extension CBORValue {
  /// RFC 8949 section 4.2.1, core deterministic encoding: shortest heads, definite lengths, map
  /// keys sorted bytewise by their encoded form.
  public func encodeDeterministic() -> [UInt8] {
    var out: [UInt8] = []
    encode(into: &out)
    return out
  }

  /// The head of a byte string of `count` bytes, as one stands before each `bstr`.
  public static func byteStringHead(count: Int) -> [UInt8] {
    var out: [UInt8] = []
    appendHead(major: 2, argument: UInt64(count), to: &out)
    return out
  }

  private func encode(into out: inout [UInt8]) {
    switch self {
    case .unsigned(let value): Self.appendHead(major: 0, argument: value, to: &out)
    case .negative(let argument): Self.appendHead(major: 1, argument: argument, to: &out)
    case .bytes(let value):
      Self.appendHead(major: 2, argument: UInt64(value.count), to: &out)
      out += value
    case .text(let value):
      Self.appendHead(major: 3, argument: UInt64(value.utf8.count), to: &out)
      out += value.utf8
    case .array(let values):
      Self.appendHead(major: 4, argument: UInt64(values.count), to: &out)
      for value in values { value.encode(into: &out) }
    case .map(let pairs):
      Self.appendHead(major: 5, argument: UInt64(pairs.count), to: &out)
      let encoded = pairs.map { ($0.key.encodeDeterministic(), $0.value) }
        .sorted { $0.0.lexicographicallyPrecedes($1.0) }
      for (key, value) in encoded {
        out += key
        value.encode(into: &out)
      }
    case .tagged(let tag, let value):
      Self.appendHead(major: 6, argument: tag, to: &out)
      value.encode(into: &out)
    case .bool(let value): out.append(value ? 0xF5 : 0xF4)
    case .null: out.append(0xF6)
    case .undefined: out.append(0xF7)
    case .simple(let value): Self.appendHead(major: 7, argument: UInt64(value), to: &out)
    case .float(let value): Self.appendFloat(value, to: &out)
    }
  }

  private static func appendFloat(_ value: Double, to out: inout [UInt8]) {
    if let half = HalfPrecision.bits(value) {
      out.append(0xF9)
      out.appendBigEndian(half)
    } else if Double(Float(value)) == value {
      out.append(0xFA)
      out.appendBigEndian(Float(value).bitPattern)
    } else {
      out.append(0xFB)
      out.appendBigEndian(value.bitPattern)
    }
  }

  private static func appendHead(major: UInt8, argument: UInt64, to out: inout [UInt8]) {
    let type = major << 5
    switch argument {
    case 0..<24: out.append(type | UInt8(argument))
    case 24...0xFF:
      out.append(type | 24)
      out.append(UInt8(argument))
    case 0x100...0xFFFF:
      out.append(type | 25)
      out.appendBigEndian(UInt16(argument))
    case 0x1_0000...0xFFFF_FFFF:
      out.append(type | 26)
      out.appendBigEndian(UInt32(argument))
    default:
      out.append(type | 27)
      out.appendBigEndian(argument)
    }
  }
}
