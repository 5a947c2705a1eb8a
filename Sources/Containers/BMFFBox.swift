public import Bytes

/// A four-character code as stored; not always printable.
public struct FourCC: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  public let value: UInt32

  public init(value: UInt32) { self.value = value }

  /// The first four of `bytes`, missing ones as zero.
  public init(_ bytes: [UInt8]) {
    var value: UInt32 = 0
    for index in 0..<4 { value = value << 8 | UInt32(index < bytes.count ? bytes[index] : 0) }
    self.value = value
  }

  public init(stringLiteral text: String) { self.init(Array(text.utf8)) }

  public var bytes: [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
  }

  /// Each byte as the Latin-1 character of that number (`©xyz` is a real box type).
  public var text: String {
    var text = ""
    for byte in bytes { text.unicodeScalars.append(Unicode.Scalar(byte)) }
    return text
  }

  public var description: String { text }
}

/// One box of an ISO base media file (ISO/IEC 14496-12 section 4.2), by its place in the file.
public struct BMFFBox: Equatable, Sendable {
  public let type: FourCC
  /// The whole box in the file, header included.
  public let range: Range<Int>
  /// Bytes of size and type: 8, or 16 with a 64-bit size. A `uuid` box's user type comes after.
  public let headerLength: Int
  /// The 16 bytes that name a `uuid` box's content.
  public let userType: [UInt8]?
  /// Whether the size field says 0, "to the end of the file".
  public let isOpenEnded: Bool
  /// Boxes inside; empty for every type that is no plain container.
  public internal(set) var children: [BMFFBox]

  /// What follows the size and type (and user type).
  public var payload: Range<Int> {
    (range.lowerBound + headerLength + (userType == nil ? 0 : 16))..<range.upperBound
  }
}

/// The boxes of a file, walked without reading what is in them.
public struct BMFFBoxTree: Equatable, Sendable {
  /// What walking one file may cost.
  public struct Limits: Sendable {
    /// Real files nest 8 deep (`moov/trak/mdia/minf/stbl/stsd/…`).
    public var depth = 16
    /// Two hours in half-second fragments are some 130 000 boxes.
    public var boxes = 250_000

    public init() {}
  }

  public let roots: [BMFFBox]
  /// Length of the file that was walked.
  public let fileLength: Int

  /// Containers whose payload is boxes and nothing else (ISO/IEC 14496-12 section 6.2.3).
  static let containers: Set<FourCC> = [
    "moov", "trak", "mdia", "minf", "stbl", "dinf", "edts", "mvex", "moof", "traf", "mfra",
    "udta", "tref", "strk", "sinf", "rinf", "schi", "iprp", "ipco", "gmhd", "tapt",
  ]

  /// Walks `source`. With `descend` false only the boxes of the top level are read.
  public init(
    _ source: any ByteSource, descend: Bool = true, limits: Limits = Limits()
  ) throws(ContainerError) {
    var budget = limits.boxes
    roots = try BMFFBoxTree.boxes(
      in: 0..<source.count, of: source, depth: 0, descend: descend, limits: limits,
      budget: &budget)
    fileLength = source.count
  }

  static func boxes(
    in range: Range<Int>, of source: any ByteSource, depth: Int, descend: Bool, limits: Limits,
    budget: inout Int
  ) throws(ContainerError) -> [BMFFBox] {
    guard depth < limits.depth else {
      throw .overBudget(
        offset: range.lowerBound, reason: "boxes are nested more than \(limits.depth) deep")
    }
    var boxes: [BMFFBox] = []
    var position = range.lowerBound
    while position < range.upperBound {
      budget -= 1
      guard budget >= 0 else {
        throw .overBudget(
          offset: position, reason: "the file has more than \(limits.boxes) boxes")
      }
      // QuickTime ends a `udta` list with four zero bytes.
      if depth > 0, range.upperBound - position == 4 {
        if try source.exactly(position..<position + 4) == [0, 0, 0, 0] { break }
      }
      var box = try header(at: position, within: range.upperBound, depth: depth, of: source)
      if descend, containers.contains(box.type) {
        box.children = try self.boxes(
          in: box.payload, of: source, depth: depth + 1, descend: true, limits: limits,
          budget: &budget)
      }
      position = box.range.upperBound
      boxes.append(box)
    }
    return boxes
  }

  /// The header of the box at `position`, which must end by `end`.
  static func header(
    at position: Int, within end: Int, depth: Int, of source: any ByteSource
  ) throws(ContainerError) -> BMFFBox {
    let head = try source.upTo(min(32, end - position), at: position)
    let bytes = head.span
    var cursor = ByteCursor(0..<head.count)
    do {
      let size32 = try cursor.readUInt32(bytes)
      let type = FourCC(value: try cursor.readUInt32(bytes))
      var length = Int(size32)
      if size32 == 1 {
        guard let large = Int(exactly: try cursor.readUInt64(bytes)) else {
          throw BytesError.overflow(offset: position)
        }
        length = large
      } else if size32 == 0 {
        // Only the last box of a file may run to its end.
        guard depth == 0 else {
          throw BytesError.overflow(offset: position)
        }
        length = end - position
      }
      let headerLength = cursor.position
      var userType: [UInt8]?
      if type == "uuid" { userType = bytes.array(try cursor.readRange(16)) }
      guard length >= cursor.position, length <= end - position else {
        throw BytesError.truncated(offset: position, needed: length)
      }
      return BMFFBox(
        type: type, range: position..<position + length, headerLength: headerLength,
        userType: userType, isOpenEnded: size32 == 0, children: [])
    } catch {
      throw .malformed(
        offset: position, reason: "a box is shorter than its header or runs past its parent")
    }
  }
}
