extension JSONValue {
  /// RFC 8785 canonical form: members sorted by UTF-16 code units, no white space, shortest
  /// numbers. The only form that is ever hashed, signed or compared.
  public var canonical: [UInt8] { bytes(sorted: true, indent: nil) }

  /// Compact, members in their written order: what goes over the wire.
  public var compact: String { String(decoding: bytes(sorted: false, indent: nil), as: UTF8.self) }

  /// Two spaces a level, members in their written order: what people read.
  public var pretty: String { String(decoding: bytes(sorted: false, indent: 0), as: UTF8.self) }

  private func bytes(sorted: Bool, indent: Int?) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(1024)
    write(to: &out, sorted: sorted, indent: indent)
    return out
  }

  private func write(to out: inout [UInt8], sorted: Bool, indent: Int?) {
    switch self {
    case .null: out += "null".utf8
    case .bool(let value): out += (value ? "true" : "false").utf8
    case .integer(let value): out += String(value).utf8
    case .real(let value): JSONValue.write(value, to: &out)
    case .string(let value): JSONValue.quote(value, to: &out)
    case .array(let values):
      JSONValue.writeList(to: &out, "[", "]", count: values.count, indent: indent) {
        values[$1].write(to: &$0, sorted: sorted, indent: indent.map { $0 + 1 })
      }
    case .object(let members):
      let ordered = sorted ? JSONValue.sorted(members) : members
      JSONValue.writeList(to: &out, "{", "}", count: ordered.count, indent: indent) {
        JSONValue.quote(ordered[$1].name, to: &$0)
        $0.append(UInt8(ascii: ":"))
        if indent != nil { $0.append(UInt8(ascii: " ")) }
        ordered[$1].value.write(to: &$0, sorted: sorted, indent: indent.map { $0 + 1 })
      }
    }
  }

  private static func writeList(
    to out: inout [UInt8], _ open: Unicode.Scalar, _ close: Unicode.Scalar, count: Int,
    indent: Int?, item: (inout [UInt8], Int) -> Void
  ) {
    func newLine(_ level: Int) {
      out.append(UInt8(ascii: "\n"))
      out.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * level))
    }
    out.append(UInt8(ascii: open))
    for index in 0..<count {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      if let indent { newLine(indent + 1) }
      item(&out, index)
    }
    if let indent, count > 0 { newLine(indent) }
    out.append(UInt8(ascii: close))
  }

  /// ECMAScript's Number::toString, as RFC 8785 section 3.2.2.3 asks. JSON has no infinities; a
  /// value that is not finite is written as null.
  private static func write(_ value: Double, to out: inout [UInt8]) {
    guard value.isFinite else {
      out += "null".utf8
      return
    }
    let zero = UInt8(ascii: "0")
    if value == 0 {
      out.append(zero)
      return
    }
    if value < 0 { out.append(UInt8(ascii: "-")) }
    let (digits, point) = shortestDigits(value.magnitude)
    if digits.count <= point, point <= 21 {
      out += digits
      out += repeatElement(zero, count: point - digits.count)
    } else if 0 < point, point <= 21 {
      out += digits.prefix(point)
      out.append(UInt8(ascii: "."))
      out += digits.dropFirst(point)
    } else if -6 < point, point <= 0 {
      out += "0.".utf8
      out += repeatElement(zero, count: -point)
      out += digits
    } else {
      out += digits.prefix(1)
      if digits.count > 1 {
        out.append(UInt8(ascii: "."))
        out += digits.dropFirst()
      }
      let exponent = point - 1
      out += "e\(exponent < 0 ? "-" : "+")\(exponent.magnitude)".utf8
    }
  }

  /// The shortest digits that read back as `value`, and the decimal point's place among them.
  private static func shortestDigits(
    _ value: Double
  ) -> (digits: ArraySlice<UInt8>, point: Int) {
    let text = Array(value.description.utf8)
    let mantissa = text.prefix { $0 != UInt8(ascii: "e") }
    let exponent =
      mantissa.count < text.count
      ? Int(String(decoding: text.dropFirst(mantissa.count + 1), as: UTF8.self))! : 0
    let whole = mantissa.prefix { $0 != UInt8(ascii: ".") }.count
    let all = mantissa.filter { $0 != UInt8(ascii: ".") }
    let leading = all.prefix { $0 == UInt8(ascii: "0") }.count
    var digits = all[leading...]
    while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
    return (digits, whole - leading + exponent)
  }

  /// Most objects are built in order, and are then not sorted again.
  private static func sorted(_ members: [Member]) -> [Member] {
    let isSorted = zip(members, members.dropFirst()).allSatisfy {
      !precedes($1.name, $0.name)
    }
    return isSorted ? members : members.sorted { precedes($0.name, $1.name) }
  }

  /// By UTF-16 code units, as RFC 8785 section 3.2.3 asks. The order of UTF-8 bytes is the same
  /// unless one of the first two that differ begins a character above U+DFFF.
  private static func precedes(_ left: String, _ right: String) -> Bool {
    for (a, b) in zip(left.utf8, right.utf8) where a != b {
      guard a < 0xEE, b < 0xEE else {
        return left.utf16.lexicographicallyPrecedes(right.utf16)
      }
      return a < b
    }
    return left.utf8.count < right.utf8.count
  }

  private static func quote(_ value: String, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    // Nearly every string: nothing to escape, so it is copied whole.
    if value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) {
      out.append(contentsOf: value.utf8)
    } else {
      for byte in value.utf8 { escape(byte, to: &out) }
    }
    out.append(UInt8(ascii: "\""))
  }

  /// RFC 8785 section 3.2.2.2.
  private static func escape(_ byte: UInt8, to out: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "\""): out += "\\\"".utf8
    case UInt8(ascii: "\\"): out += "\\\\".utf8
    case 0x08: out += "\\b".utf8
    case 0x09: out += "\\t".utf8
    case 0x0A: out += "\\n".utf8
    case 0x0C: out += "\\f".utf8
    case 0x0D: out += "\\r".utf8
    case 0..<0x20: out += "\\u00\(byte < 0x10 ? "0" : "")\(String(byte, radix: 16))".utf8
    default: out.append(byte)
    }
  }
}
