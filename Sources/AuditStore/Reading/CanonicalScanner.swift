/// Walks canonical JSON (RFC 8785) without building a tree: over a million leaves a tree costs ten
/// times the scan. For bytes that stand under a leaf hash; whatever is not canonical is refused.
struct CanonicalScanner {
  struct Malformed: Error {}

  /// Deeper nesting is refused: no leaf or payload of ours has more than six levels.
  private static let depthLimit = 32

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  /// The byte at which the next value begins; it tells the value's type.
  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// Reads an object. `member` must read or skip the value that belongs to the name it gets.
  mutating func object(
    _ member: (inout CanonicalScanner, String) throws(Malformed) -> Void
  ) throws(Malformed) {
    try take(UInt8(ascii: "{"))
    if taken(UInt8(ascii: "}")) { return }
    repeat {
      let name = try string()
      try take(UInt8(ascii: ":"))
      try member(&self, name)
    } while taken(UInt8(ascii: ","))
    try take(UInt8(ascii: "}"))
  }

  /// Reads an array. `item` must read or skip one value.
  mutating func array(
    _ item: (inout CanonicalScanner) throws(Malformed) -> Void
  ) throws(Malformed) {
    try take(UInt8(ascii: "["))
    if taken(UInt8(ascii: "]")) { return }
    repeat { try item(&self) } while taken(UInt8(ascii: ","))
    try take(UInt8(ascii: "]"))
  }

  mutating func string() throws(Malformed) -> String {
    try take(UInt8(ascii: "\""))
    let start = position
    while let byte = next, byte != UInt8(ascii: "\"") {
      if byte == UInt8(ascii: "\\") {
        position = start
        return try escapedString()
      }
      guard byte >= 0x20 else { throw Malformed() }
      position += 1
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    try take(UInt8(ascii: "\""))
    return text
  }

  /// A string, or nil for `null`.
  mutating func optionalString() throws(Malformed) -> String? {
    if next == UInt8(ascii: "n") {
      try skip()
      return nil
    }
    return try string()
  }

  mutating func integer() throws(Malformed) -> Int {
    let text = numberText()
    guard let value = Int(text) else { throw Malformed() }
    return value
  }

  mutating func number() throws(Malformed) -> Double {
    guard let value = Double(numberText()) else { throw Malformed() }
    return value
  }

  mutating func bool() throws(Malformed) -> Bool {
    if next == UInt8(ascii: "t") {
      try word("true")
      return true
    }
    try word("false")
    return false
  }

  /// Passes over one value of any type.
  mutating func skip() throws(Malformed) { try skip(depth: 0) }

  /// The bytes of one value of any type.
  mutating func raw() throws(Malformed) -> [UInt8] {
    let start = position
    try skip()
    return Array(bytes[start..<position])
  }

  private mutating func skip(depth: Int) throws(Malformed) {
    guard depth < CanonicalScanner.depthLimit, let first = next else { throw Malformed() }
    switch first {
    case UInt8(ascii: "{"): try skipMembers(depth: depth + 1)
    case UInt8(ascii: "["):
      try array { (scanner) throws(Malformed) in try scanner.skip(depth: depth + 1) }
    case UInt8(ascii: "\""): try skipString()
    case UInt8(ascii: "t"): try word("true")
    case UInt8(ascii: "f"): try word("false")
    case UInt8(ascii: "n"): try word("null")
    default: try skipNumber()
    }
  }

  private mutating func skipMembers(depth: Int) throws(Malformed) {
    try take(UInt8(ascii: "{"))
    if taken(UInt8(ascii: "}")) { return }
    repeat {
      try skipString()
      try take(UInt8(ascii: ":"))
      try skip(depth: depth)
    } while taken(UInt8(ascii: ","))
    try take(UInt8(ascii: "}"))
  }

  /// Most numbers are whole, and need no reading to be known for good.
  private mutating func skipNumber() throws(Malformed) {
    let start = position
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    switch next {
    case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "-"), UInt8(ascii: "+"): break
    default: if position > start { return }
    }
    position = start
    _ = try number()
  }

  private mutating func skipString() throws(Malformed) {
    try take(UInt8(ascii: "\""))
    while let byte = next, byte != UInt8(ascii: "\"") {
      position += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    try take(UInt8(ascii: "\""))
  }

  private mutating func numberText() -> String {
    let start = position
    while let byte = next {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
        UInt8(ascii: "."), UInt8(ascii: "e"):
        position += 1
      default: return String(decoding: bytes[start..<position], as: UTF8.self)
      }
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func escapedString() throws(Malformed) -> String {
    var text: [UInt8] = []
    while let byte = next, byte != UInt8(ascii: "\"") {
      position += 1
      guard byte == UInt8(ascii: "\\") else {
        text.append(byte)
        continue
      }
      guard let escape = next else { throw Malformed() }
      position += 1
      switch escape {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): text.append(escape)
      case UInt8(ascii: "b"): text.append(0x08)
      case UInt8(ascii: "t"): text.append(0x09)
      case UInt8(ascii: "n"): text.append(0x0A)
      case UInt8(ascii: "f"): text.append(0x0C)
      case UInt8(ascii: "r"): text.append(0x0D)
      case UInt8(ascii: "u"):
        // RFC 8785 section 3.2.2.2: only control characters are written this way.
        guard position + 4 <= bytes.count,
          let value = UInt8(
            String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16),
          value < 0x20
        else { throw Malformed() }
        text.append(value)
        position += 4
      default: throw Malformed()
      }
    }
    try take(UInt8(ascii: "\""))
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func take(_ byte: UInt8) throws(Malformed) {
    guard taken(byte) else { throw Malformed() }
  }

  private mutating func taken(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func word(_ word: StaticString) throws(Malformed) {
    let end = position + word.utf8CodeUnitCount
    guard end <= bytes.count else { throw Malformed() }
    for offset in 0..<word.utf8CodeUnitCount
    where bytes[position + offset] != word.utf8Start[offset] {
      throw Malformed()
    }
    position = end
  }
}
