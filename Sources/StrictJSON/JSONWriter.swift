extension JSONValue {
  /// RFC 8785 canonical form: members sorted by UTF-16 code units, no white space, shortest
  /// numbers. The only form that is ever hashed, signed or compared.
  public var canonical: [UInt8] { Array(text(sorted: true, indent: nil).utf8) }

  /// Compact, members in their written order: what goes over the wire.
  public var compact: String { text(sorted: false, indent: nil) }

  /// Two spaces a level, members in their written order: what people read.
  public var pretty: String { text(sorted: false, indent: 0) }

  private func text(sorted: Bool, indent: Int?) -> String {
    var out = ""
    write(to: &out, sorted: sorted, indent: indent)
    return out
  }

  private func write(to out: inout String, sorted: Bool, indent: Int?) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .integer(let value): out += String(value)
    case .real(let value): out += JSONValue.number(value)
    case .string(let value): JSONValue.quote(value, to: &out)
    case .array(let values):
      JSONValue.writeList(to: &out, open: "[", close: "]", count: values.count, indent: indent) {
        values[$1].write(to: &$0, sorted: sorted, indent: indent.map { $0 + 1 })
      }
    case .object(let members):
      let ordered =
        sorted
        ? members.sorted { JSONValue.precedes($0.name, $1.name) } : members
      JSONValue.writeList(to: &out, open: "{", close: "}", count: ordered.count, indent: indent) {
        JSONValue.quote(ordered[$1].name, to: &$0)
        $0 += indent == nil ? ":" : ": "
        ordered[$1].value.write(to: &$0, sorted: sorted, indent: indent.map { $0 + 1 })
      }
    }
  }

  private static func writeList(
    to out: inout String, open: String, close: String, count: Int, indent: Int?,
    item: (inout String, Int) -> Void
  ) {
    out += open
    for index in 0..<count {
      if index > 0 { out += "," }
      if let indent { out += "\n" + String(repeating: "  ", count: indent + 1) }
      item(&out, index)
    }
    if let indent, count > 0 { out += "\n" + String(repeating: "  ", count: indent) }
    out += close
  }

  /// ECMAScript's Number::toString, as RFC 8785 section 3.2.2.3 asks. JSON has no infinities; a
  /// value that is not finite is written as null.
  private static func number(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    if value == 0 { return "0" }
    let (digits, point) = shortestDigits(value.magnitude)
    let sign = value < 0 ? "-" : ""
    let count = digits.count
    if count <= point, point <= 21 {
      return sign + digits + String(repeating: "0", count: point - count)
    }
    if 0 < point, point <= 21 {
      return sign + digits.prefix(point) + "." + digits.dropFirst(point)
    }
    if -6 < point, point <= 0 {
      return sign + "0." + String(repeating: "0", count: -point) + digits
    }
    let exponent = point - 1
    let mantissa = count == 1 ? digits : "\(digits.prefix(1)).\(digits.dropFirst())"
    return "\(sign)\(mantissa)e\(exponent < 0 ? "-" : "+")\(exponent.magnitude)"
  }

  /// The shortest digits that read back as `value`, and the decimal point's place among them.
  private static func shortestDigits(_ value: Double) -> (digits: String, point: Int) {
    let parts = value.description.split(separator: "e")
    let exponent = parts.count > 1 ? Int(parts[1])! : 0
    let halves = parts[0].split(separator: ".")
    let whole = String(halves[0])
    let fraction = halves.count > 1 ? String(halves[1]) : ""
    let all = whole + fraction
    let leading = all.prefix { $0 == "0" }.count
    var digits = String(all.dropFirst(leading))
    while digits.count > 1, digits.last == "0" { digits.removeLast() }
    return (digits, whole.count - leading + exponent)
  }

  /// By UTF-16 code units, as RFC 8785 section 3.2.3 asks; for ASCII that is the order of bytes.
  private static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.allSatisfy { $0 < 0x80 } && right.utf8.allSatisfy { $0 < 0x80 }
      ? left.utf8.lexicographicallyPrecedes(right.utf8)
      : left.utf16.lexicographicallyPrecedes(right.utf16)
  }

  private static func quote(_ value: String, to out: inout String) {
    out += "\""
    // Nearly every string: nothing to escape, so it is copied whole.
    if value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) {
      out += value
      out += "\""
      return
    }
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\u{8}": out += "\\b"
      case "\u{9}": out += "\\t"
      case "\u{A}": out += "\\n"
      case "\u{C}": out += "\\f"
      case "\u{D}": out += "\\r"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}
