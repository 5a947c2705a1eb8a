import Bytes

/// What one parsing may cost.
public struct JUMBFLimits: Sendable {
  /// Superboxes inside each other; a manifest store needs four.
  public var depth = 32
  /// Boxes in all; the richest store seen holds some thousands.
  public var boxes = 1 << 16

  public init() {}
  public init(depth: Int, boxes: Int) {
    self.depth = depth
    self.boxes = boxes
  }
}

extension JUMBFSuperbox {
  /// Parses the superbox that starts at `range.lowerBound`. What follows it inside `range` is left
  /// alone: `range` of the answer tells where it ends.
  public static func parse(
    _ bytes: [UInt8], in range: Range<Int>? = nil, limits: JUMBFLimits = JUMBFLimits()
  ) throws(JUMBFError) -> JUMBFSuperbox {
    try parse(bytes.span, in: range ?? 0..<bytes.count, limits: limits)
  }

  public static func parse(
    _ bytes: Span<UInt8>, in range: Range<Int>, limits: JUMBFLimits = JUMBFLimits()
  ) throws(JUMBFError) -> JUMBFSuperbox {
    var parser = JUMBFParser(boxesLeft: limits.boxes)
    let header = try parser.header(bytes, in: range)
    guard header.code == .superbox else { throw .notASuperbox(offset: range.lowerBound) }
    return try parser.superbox(bytes, header, depthLeft: limits.depth)
  }
}

struct JUMBFParser {
  var boxesLeft: Int

  /// LBox, TBox and XLBox (ISO/IEC 19566-5 annex; ISO/IEC 15444-1 annex I.4).
  mutating func header(
    _ bytes: Span<UInt8>, in range: Range<Int>
  ) throws(JUMBFError) -> JUMBFContentBox {
    let start = range.lowerBound
    guard boxesLeft > 0 else { throw .tooManyBoxes(offset: start) }
    boxesLeft -= 1
    var cursor = ByteCursor(range)
    do throws(BytesError) {
      let short = try cursor.readUInt32(bytes)
      let code = BoxCode(rawValue: try cursor.readUInt32(bytes))
      let length: Int
      switch short {
      // "To the end" (0) is left to the last box of a file, and a store is never that.
      case 0: throw .overflow(offset: start)
      case 1:
        guard let long = Int(exactly: try cursor.readUInt64(bytes)) else {
          throw .overflow(offset: start)
        }
        length = long
      default: length = Int(short)
      }
      guard length >= cursor.position - start, length <= range.count else {
        throw .overflow(offset: start)
      }
      return JUMBFContentBox(
        code: code, range: start..<start + length, payload: cursor.position..<start + length)
    } catch .overflow {
      throw .invalidBoxLength(offset: start)
    } catch {
      throw .truncated(offset: start)
    }
  }

  mutating func superbox(
    _ bytes: Span<UInt8>, _ outer: JUMBFContentBox, depthLeft: Int
  ) throws(JUMBFError) -> JUMBFSuperbox {
    guard depthLeft > 0 else { throw .tooDeep(offset: outer.range.lowerBound) }
    guard !outer.payload.isEmpty else {
      throw .missingDescription(offset: outer.range.lowerBound)
    }
    let first = try header(bytes, in: outer.payload)
    guard first.code == .description else {
      throw .missingDescription(offset: outer.range.lowerBound)
    }
    let described = try description(bytes, first)
    var children: [JUMBFChild] = []
    var position = first.range.upperBound
    while position < outer.payload.upperBound {
      let box = try header(bytes, in: position..<outer.payload.upperBound)
      children.append(
        box.code == .superbox
          ? .superbox(try superbox(bytes, box, depthLeft: depthLeft - 1)) : .content(box))
      position = box.range.upperBound
    }
    return JUMBFSuperbox(
      type: described.type, label: described.label, salt: described.salt, range: outer.range,
      hashedRange: outer.payload, children: children)
  }

  private struct Description {
    var type: JUMBFType
    var label = ""
    var salt: [UInt8]?
  }

  /// Bit 0 requestable, bit 1 labelled, bit 4 a private box behind the label.
  private enum Toggles {
    static let plain: UInt8 = 0x03
    static let salted: UInt8 = 0x13
  }

  /// A shorter salt hides nothing; writers take 16 or 32 bytes.
  private static let saltFloor = 16

  /// `UUID 16, toggles 1, label NUL, [private box]`: C2PA 2.5 section 11.5.3.2 wants every box
  /// labelled and requestable, and knows neither an ID nor a hash, only the salt.
  private mutating func description(
    _ bytes: Span<UInt8>, _ box: JUMBFContentBox
  ) throws(JUMBFError) -> Description {
    let start = box.range.lowerBound
    var cursor = ByteCursor(box.payload)
    do throws(BytesError) {
      guard let type = JUMBFType(bytes: bytes.array(try cursor.readRange(16))) else {
        throw .overflow(offset: start)
      }
      var result = Description(type: type)
      let toggles = try cursor.readUInt8(bytes)
      guard toggles == Toggles.plain || toggles == Toggles.salted else {
        throw .overflow(offset: start)
      }
      var utf8: [UInt8] = []
      while true {
        let byte = try cursor.readUInt8(bytes)
        if byte == 0 { break }
        utf8.append(byte)
      }
      guard let label = String(validating: utf8, as: UTF8.self), !label.isEmpty,
        label.unicodeScalars.allSatisfy(JUMBFLabel.isAllowed)
      else { throw .overflow(offset: start) }
      result.label = label
      if toggles == Toggles.salted {
        let box = try privateBox(bytes, cursor.position..<cursor.end)
        guard box.code == .salt, box.payload.count >= Self.saltFloor else {
          throw .overflow(offset: start)
        }
        result.salt = bytes.array(box.payload)
        try cursor.skip(box.range.count)
      }
      guard cursor.position == cursor.end else { throw .overflow(offset: start) }
      return result
    } catch {
      throw .invalidDescription(offset: start)
    }
  }

  private mutating func privateBox(
    _ bytes: Span<UInt8>, _ range: Range<Int>
  ) throws(BytesError) -> JUMBFContentBox {
    do throws(JUMBFError) {
      return try header(bytes, in: range)
    } catch { throw .overflow(offset: range.lowerBound) }
  }
}

/// The characters a label may hold (C2PA 2.5 section 11.5.3.3, after ISO/IEC 19566-5).
public enum JUMBFLabel {
  public static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0...0x1F, 0x7F...0x9F, 0xFEFF, 0xFFFF: false
    case 0x2F, 0x3B, 0x3F, 0x23: false
    default: true
    }
  }
}
