import Bytes

/// What one decoding may cost.
public struct CBORLimits: Sendable {
  /// Arrays, maps, tags and chunked strings inside each other. Real manifests stay below ten.
  public var depth = 32
  /// Data items in all; a tree costs about a hundred bytes of memory an item.
  public var items = 1 << 20

  public init() {}
  public init(depth: Int, items: Int) {
    self.depth = depth
    self.items = items
  }
}

extension CBORValue {
  /// Decodes exactly one well-formed item that fills `bytes`.
  ///
  /// Not-shortest integers, unsorted maps and indefinite lengths are read (writers in the field
  /// produce them); duplicate map keys, invalid UTF-8 and bytes behind the item are refused.
  public static func decode(
    _ bytes: [UInt8], limits: CBORLimits = CBORLimits()
  ) throws(CBORError) -> CBORValue {
    try decode(bytes.span, limits: limits)
  }

  /// The same, out of a budget that several decodings share: `limits.items` is lessened by what
  /// was read, also where the decoding fails.
  public static func decode(
    _ bytes: [UInt8], spending limits: inout CBORLimits
  ) throws(CBORError) -> CBORValue {
    var decoder = CBORDecoder(cursor: ByteCursor(0..<bytes.count), itemsLeft: limits.items)
    defer { limits.items = decoder.itemsLeft }
    let value = try decoder.item(bytes.span, depthLeft: limits.depth)
    guard decoder.cursor.isAtEnd else { throw .trailingBytes(offset: decoder.cursor.position) }
    return value
  }

  public static func decode(
    _ bytes: Span<UInt8>, limits: CBORLimits = CBORLimits()
  ) throws(CBORError) -> CBORValue {
    let (value, range) = try decodePrefix(bytes, in: 0..<bytes.count, limits: limits)
    guard range.upperBound == bytes.count else { throw .trailingBytes(offset: range.upperBound) }
    return value
  }

  /// Decodes the first item in `range` and tells which bytes it occupies: formats that pad a CBOR
  /// item with zeros need the end.
  public static func decodePrefix(
    _ bytes: Span<UInt8>, in range: Range<Int>, limits: CBORLimits = CBORLimits()
  ) throws(CBORError) -> (value: CBORValue, range: Range<Int>) {
    var decoder = CBORDecoder(cursor: ByteCursor(range), itemsLeft: limits.items)
    let value = try decoder.item(bytes, depthLeft: limits.depth)
    return (value, range.lowerBound..<decoder.cursor.position)
  }
}

struct CBORDecoder {
  var cursor: ByteCursor
  var itemsLeft: Int

  private struct Head {
    var major: UInt8
    var info: UInt8
    var argument: UInt64
    var isIndefinite: Bool
  }

  private mutating func head(_ bytes: Span<UInt8>) throws(CBORError) -> Head {
    let start = cursor.position
    do throws(BytesError) {
      let initial = try cursor.readUInt8(bytes)
      let info = initial & 31
      var head = Head(
        major: initial >> 5, info: info, argument: UInt64(info), isIndefinite: false)
      switch info {
      case 0..<24: break
      case 24: head.argument = UInt64(try cursor.readUInt8(bytes))
      case 25: head.argument = UInt64(try cursor.readUInt16(bytes))
      case 26: head.argument = UInt64(try cursor.readUInt32(bytes))
      case 27: head.argument = try cursor.readUInt64(bytes)
      case 31: head.isIndefinite = true
      default: throw .overflow(offset: start)
      }
      return head
    } catch .overflow(let offset) {
      throw .notWellFormed(offset: offset)
    } catch {
      throw CBORError(error)
    }
  }

  mutating func item(_ bytes: Span<UInt8>, depthLeft: Int) throws(CBORError) -> CBORValue {
    let start = cursor.position
    guard itemsLeft > 0 else { throw .tooManyItems(offset: start) }
    itemsLeft -= 1
    let head = try head(bytes)
    if head.major >= 2, head.major <= 6, depthLeft <= 0 { throw .tooDeep(offset: start) }
    switch head.major {
    case 0:
      guard !head.isIndefinite else { throw .notWellFormed(offset: start) }
      return .unsigned(head.argument)
    case 1:
      guard !head.isIndefinite else { throw .notWellFormed(offset: start) }
      return .negative(argument: head.argument)
    case 2: return .bytes(try string(bytes, head, start: start))
    case 3:
      let utf8 = try string(bytes, head, start: start)
      guard let text = String(validating: utf8, as: UTF8.self) else {
        throw .invalidUTF8(offset: start)
      }
      return .text(text)
    case 4: return try array(bytes, head, start: start, depthLeft: depthLeft - 1)
    case 5: return try map(bytes, head, start: start, depthLeft: depthLeft - 1)
    case 6:
      guard !head.isIndefinite else { throw .notWellFormed(offset: start) }
      return .tagged(tag: head.argument, try item(bytes, depthLeft: depthLeft - 1))
    default: return try simple(head, start: start)
    }
  }

  /// The content of a byte or text string, chunks joined.
  private mutating func string(
    _ bytes: Span<UInt8>, _ head: Head, start: Int
  ) throws(CBORError) -> [UInt8] {
    guard head.isIndefinite else { return try chunk(bytes, head.argument, start: start) }
    var joined: [UInt8] = []
    while true {
      let position = cursor.position
      if try takeBreak(bytes) { return joined }
      let part = try self.head(bytes)
      guard part.major == head.major, !part.isIndefinite else {
        throw .notWellFormed(offset: position)
      }
      let content = try chunk(bytes, part.argument, start: position)
      // RFC 8949 section 3.2.3: a text chunk may not end inside a character.
      if head.major == 3, String(validating: content, as: UTF8.self) == nil {
        throw .invalidUTF8(offset: position)
      }
      joined += content
    }
  }

  private mutating func chunk(
    _ bytes: Span<UInt8>, _ count: UInt64, start: Int
  ) throws(CBORError) -> [UInt8] {
    guard let count = Int(exactly: count), count <= cursor.remaining else {
      throw .truncated(offset: start)
    }
    do throws(BytesError) {
      return bytes.array(try cursor.readRange(count))
    } catch { throw CBORError(error) }
  }

  private mutating func takeBreak(_ bytes: Span<UInt8>) throws(CBORError) -> Bool {
    guard !cursor.isAtEnd else { throw .truncated(offset: cursor.position) }
    guard bytes[cursor.position] == 0xFF else { return false }
    do throws(BytesError) { try cursor.skip(1) } catch { throw CBORError(error) }
    return true
  }

  private func checked(
    _ count: UInt64, bytesEach: Int, start: Int
  ) throws(CBORError) -> Int {
    // Every item takes at least one byte: a count beyond what is left is a lie, and nothing is
    // allocated for it.
    guard let count = Int(exactly: count), count <= cursor.remaining / bytesEach else {
      throw .truncated(offset: start)
    }
    return count
  }

  private mutating func array(
    _ bytes: Span<UInt8>, _ head: Head, start: Int, depthLeft: Int
  ) throws(CBORError) -> CBORValue {
    var elements: [CBORValue] = []
    if head.isIndefinite {
      while try !takeBreak(bytes) { elements.append(try item(bytes, depthLeft: depthLeft)) }
    } else {
      for _ in 0..<(try checked(head.argument, bytesEach: 1, start: start)) {
        elements.append(try item(bytes, depthLeft: depthLeft))
      }
    }
    return .array(elements)
  }

  private mutating func map(
    _ bytes: Span<UInt8>, _ head: Head, start: Int, depthLeft: Int
  ) throws(CBORError) -> CBORValue {
    var pairs: [CBORValue.Pair] = []
    var seen: Set<[UInt8]> = []
    var left = 0
    if !head.isIndefinite { left = try checked(head.argument, bytesEach: 2, start: start) }
    while true {
      if head.isIndefinite {
        if try takeBreak(bytes) { break }
      } else {
        if left == 0 { break }
        left -= 1
      }
      let keyStart = cursor.position
      let key = try item(bytes, depthLeft: depthLeft)
      guard seen.insert(key.encodeDeterministic()).inserted else {
        throw .duplicateKey(offset: keyStart)
      }
      pairs.append(CBORValue.Pair(key, try item(bytes, depthLeft: depthLeft)))
    }
    return .map(pairs)
  }

  private func simple(_ head: Head, start: Int) throws(CBORError) -> CBORValue {
    switch head.info {
    case 20: return .bool(false)
    case 21: return .bool(true)
    case 22: return .null
    case 23: return .undefined
    case 0..<20: return .simple(head.info)
    case 24:
      guard head.argument >= 32 else { throw .notWellFormed(offset: start) }
      return .simple(UInt8(head.argument))
    case 25: return .float(HalfPrecision.value(UInt16(head.argument)))
    case 26: return .float(Double(Float(bitPattern: UInt32(head.argument))))
    case 27: return .float(Double(bitPattern: head.argument))
    default: throw .notWellFormed(offset: start)
    }
  }
}
