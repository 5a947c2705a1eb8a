import Bytes

/// Why a text is not acceptable XML, with the place in it.
public struct XMLError: Error, Equatable, Sendable, CustomStringConvertible {
  public let offset: Int
  public let reason: String

  public init(offset: Int, reason: String) {
    self.offset = offset
    self.reason = reason
  }

  public var description: String { "byte \(offset): \(reason)" }
}

/// The tags and texts of an XML document one after the other, with their places in its bytes: for
/// metadata and lists of which the surrounding text must stay as it is, or be refused with its place.
///
/// Namespaces are resolved. Document types, and so entities of one's own and external ones, are
/// refused.
public struct XMLScanner: Sendable {
  public struct Name: Hashable, Sendable {
    /// Empty for a name in none.
    public let namespace: String
    public let local: String

    public init(namespace: String, local: String) {
      self.namespace = namespace
      self.local = local
    }
  }

  public struct Attribute: Sendable {
    public let name: Name
    public let value: String
    /// With the white space before it.
    public let range: Range<Int>
  }

  public enum Token: Sendable {
    case start(Name, prefix: String, [Attribute], isEmpty: Bool)
    case end(Name)
    case text(String)
  }

  /// XMP nests some ten deep.
  private static let depthLimit = 64
  private static let attributeLimit = 1000

  private let bytes: [UInt8]
  private var position = 0
  /// Open elements: their names as written and the namespaces that each declares.
  private var open: [(written: String, name: Name, declared: [String: String])] = []
  /// Where the last token lies.
  public private(set) var range = 0..<0

  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// How many elements are open.
  public var depth: Int { open.count }

  /// The next token; nil at the end.
  public mutating func next() throws(XMLError) -> Token? {
    while position < bytes.count {
      let start = position
      guard bytes[position] == UInt8(ascii: "<") else {
        let end = bytes[position...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
        position = end
        range = start..<end
        return .text(try unescaped(start..<end))
      }
      if starts(with: "<?") {
        position = try end(of: "?>", from: position + 2)
      } else if starts(with: "<!--") {
        position = try end(of: "-->", from: position + 4)
      } else if starts(with: "<![CDATA[") {
        position = try end(of: "]]>", from: position + 9)
        range = start..<position
        return .text(text(start + 9..<position - 3))
      } else if starts(with: "<!") {
        throw XMLError(offset: position, reason: "a document type is not allowed")
      } else if starts(with: "</") {
        return try closing()
      } else {
        return try opening()
      }
    }
    guard open.isEmpty else {
      throw XMLError(offset: position, reason: "<\(open[open.count - 1].written)> is not closed")
    }
    return nil
  }

  private mutating func closing() throws(XMLError) -> Token {
    let start = position
    position += 2
    let written = try name()
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: ">"),
      let last = open.popLast(), last.written == written
    else { throw XMLError(offset: start, reason: "</\(written)> closes nothing") }
    position += 1
    range = start..<position
    return .end(last.name)
  }

  private mutating func opening() throws(XMLError) -> Token {
    let start = position
    position += 1
    let written = try name()
    var pairs: [(written: String, value: String, range: Range<Int>)] = []
    while true {
      let before = position
      skipSpace()
      guard position < bytes.count else {
        throw XMLError(offset: start, reason: "<\(written)> is cut off")
      }
      if bytes[position] == UInt8(ascii: ">") || starts(with: "/>") { break }
      guard before < position, pairs.count < Self.attributeLimit else {
        throw XMLError(offset: position, reason: "an attribute is not set apart by white space")
      }
      let attribute = try name()
      skipSpace()
      guard position < bytes.count, bytes[position] == UInt8(ascii: "=") else {
        throw XMLError(offset: position, reason: "an attribute has no value")
      }
      position += 1
      skipSpace()
      guard position < bytes.count, bytes[position] == 0x22 || bytes[position] == 0x27,
        let quote = bytes[(position + 1)...].firstIndex(of: bytes[position])
      else { throw XMLError(offset: position, reason: "an attribute is not in quotes") }
      let value = try unescaped(position + 1..<quote)
      position = quote + 1
      pairs.append((attribute, value, before..<position))
    }
    let isEmpty = bytes[position] != UInt8(ascii: ">")
    position += isEmpty ? 2 : 1
    range = start..<position
    var declared: [String: String] = [:]
    for pair in pairs {
      if pair.written == "xmlns" { declared[""] = pair.value }
      if pair.written.hasPrefix("xmlns:") {
        declared[String(pair.written.dropFirst(6))] = pair.value
      }
    }
    guard open.count < Self.depthLimit else {
      throw XMLError(offset: start, reason: "elements nest more than \(Self.depthLimit) deep")
    }
    open.append((written, Name(namespace: "", local: ""), declared))
    let element = resolved(written, isAttribute: false)
    open[open.count - 1].name = element
    let attributes = pairs.filter { !$0.written.hasPrefix("xmlns") }.map { pair in
      Attribute(
        name: resolved(pair.written, isAttribute: true), value: pair.value, range: pair.range)
    }
    if isEmpty { open.removeLast() }
    let prefix = written.split(separator: ":").count > 1 ? written.split(separator: ":")[0] : ""
    return .start(element, prefix: String(prefix), attributes, isEmpty: isEmpty)
  }

  private func resolved(_ written: String, isAttribute: Bool) -> Name {
    let parts = written.split(separator: ":", maxSplits: 1).map(String.init)
    let prefix = parts.count > 1 ? parts[0] : ""
    // An attribute without a prefix is in no namespace.
    if prefix.isEmpty, isAttribute { return Name(namespace: "", local: written) }
    let namespace = open.reversed().lazy.compactMap { $0.declared[prefix] }.first
    // A prefix that nobody declared names nothing that is looked for.
    return Name(namespace: namespace ?? "undeclared:\(prefix)", local: parts.last ?? "")
  }

  private mutating func name() throws(XMLError) -> String {
    let start = position
    while position < bytes.count, !" \t\r\n/>=<\"'".utf8.contains(bytes[position]) {
      position += 1
    }
    guard position > start else {
      throw XMLError(offset: start, reason: "a name is missing")
    }
    return text(start..<position)
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
      position += 1
    }
  }

  private func starts(with text: String) -> Bool {
    bytes.span.matches(Array(text.utf8), at: position)
  }

  private func end(of mark: String, from start: Int) throws(XMLError) -> Int {
    let mark = Array(mark.utf8)
    var place = start
    while let next = bytes[min(place, bytes.count)...].firstIndex(of: mark[0]) {
      if bytes.span.matches(mark, at: next) { return next + mark.count }
      place = next + 1
    }
    throw XMLError(offset: start, reason: "\(String(decoding: mark, as: UTF8.self)) is missing")
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// The text with the five entities of XML and numbered characters resolved.
  private func unescaped(_ range: Range<Int>) throws(XMLError) -> String {
    guard bytes[range].contains(UInt8(ascii: "&")) else { return text(range) }
    var result: [UInt8] = []
    var place = range.lowerBound
    while place < range.upperBound {
      guard bytes[place] == UInt8(ascii: "&") else {
        result.append(bytes[place])
        place += 1
        continue
      }
      // The longest is &#x10FFFF;
      let tail = bytes[place..<min(place + 12, range.upperBound)]
      guard let end = tail.firstIndex(of: UInt8(ascii: ";")),
        let character = Self.character(text(place + 1..<end))
      else { throw XMLError(offset: place, reason: "an entity is not one of XML's own") }
      result += Array(String(character).utf8)
      place = end + 1
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func character(_ entity: String) -> Character? {
    switch entity {
    case "lt": return "<"
    case "gt": return ">"
    case "amp": return "&"
    case "quot": return "\""
    case "apos": return "'"
    default:
      guard entity.hasPrefix("#") else { return nil }
      let digits = entity.dropFirst()
      let value =
        digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
      return value.flatMap { Unicode.Scalar($0) }.map { Character($0) }
    }
  }
}
