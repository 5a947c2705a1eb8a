/// One step from a JSON value to a value inside it.
public enum JSONStep: Equatable, Hashable, Sendable {
  case member(String)
  case element(Int)
}

/// Finds where in a text a value stands, so that a mistake of meaning (a wrong word, a number out of
/// range) is reported with line and column like a mistake of syntax.
///
/// The text has been accepted by `JSONValue.parse` before; on any other text the answers are
/// meaningless, but still inside it.
public struct JSONLocator: Sendable {
  private let text: [UInt8]

  public init(_ text: [UInt8]) { self.text = text }

  /// The line and column, both from 1 and in Unicode scalars as jansson counts them, of the value at
  /// the end of `path`. With `ofName`, of the member's name instead. Where `path` leads nowhere, the
  /// place of the last value that was found on its way.
  public func position(
    of path: [JSONStep], ofName: Bool = false
  ) -> (line: Int, column: Int) {
    var scanner = Scanner(text: text)
    scanner.skipSpace()
    var found = scanner.offset
    for (depth, step) in path.enumerated() {
      guard let place = scanner.descend(step) else { break }
      found = ofName && depth == path.count - 1 ? place.name : place.value
      scanner.offset = place.value
    }
    return lineAndColumn(found)
  }

  private func lineAndColumn(_ offset: Int) -> (line: Int, column: Int) {
    var line = 1
    var column = 1
    for byte in text.prefix(offset) {
      if byte == 0x0A {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    return (line, column)
  }
}

/// A walk over text that is known to be JSON. Iterative, so that depth costs no stack.
private struct Scanner {
  let text: [UInt8]
  var offset = 0

  init(text: [UInt8]) { self.text = text }

  private var current: UInt8? { offset < text.count ? text[offset] : nil }

  mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
      offset += 1
    }
  }

  /// From the start of an object or array to the child that `step` names. An element's name is the
  /// element itself.
  mutating func descend(_ step: JSONStep) -> (name: Int, value: Int)? {
    guard let open = current, open == UInt8(ascii: "{") || open == UInt8(ascii: "[") else {
      return nil
    }
    let isObject = open == UInt8(ascii: "{")
    offset += 1
    var index = 0
    while true {
      skipSpace()
      guard let byte = current, byte != UInt8(ascii: "}"), byte != UInt8(ascii: "]") else {
        return nil
      }
      let start = offset
      var isWanted = step == .element(index) && !isObject
      if isObject {
        skipString()
        if case .member(let name) = step {
          isWanted =
            (try? JSONValue.parse(Array(text[start..<min(offset, text.count)])))?.string == name
        }
        skipSpace()
        offset += 1  // The colon.
        skipSpace()
      }
      if isWanted { return (start, offset) }
      skipValue()
      skipSpace()
      guard current == UInt8(ascii: ",") else { return nil }
      offset += 1
      index += 1
    }
  }

  private mutating func skipString() {
    offset += 1
    while let byte = current, byte != UInt8(ascii: "\"") {
      offset += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    offset += 1
  }

  private mutating func skipValue() {
    var depth = 0
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""): skipString()
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        offset += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return }
        depth -= 1
        offset += 1
      case UInt8(ascii: ","):
        if depth == 0 { return }
        offset += 1
      default: offset += 1
      }
      if depth == 0, let next = current, isEnd(next) { return }
    }
  }

  private func isEnd(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
  }
}
