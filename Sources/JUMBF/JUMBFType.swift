/// The UUID that says what a superbox holds (ISO/IEC 19566-5, description box).
public struct JUMBFType: Hashable, Sendable {
  /// 16 bytes, in the order they stand in the file.
  public let bytes: [UInt8]

  /// Nil unless there are exactly 16 bytes.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    self.bytes = bytes
  }

  /// A type of the ISO family: a four-character code before `0011-0010-8000-00AA00389B71`.
  public init(_ code: StaticString) {
    var bytes: [UInt8] = Array(code.description.utf8.prefix(4))
    while bytes.count < 4 { bytes.append(0x20) }
    bytes += [0x00, 0x11, 0x00, 0x10, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71]
    self.bytes = bytes
  }

  private init(exactly bytes: [UInt8]) { self.bytes = bytes }

  public static let cbor = JUMBFType("cbor")
  public static let json = JUMBFType("json")
  public static let uuid = JUMBFType("uuid")
  public static let embeddedFile = JUMBFType(exactly: [
    0x40, 0xCB, 0x0C, 0x32, 0xBB, 0x8A, 0x48, 0x9D, 0xA7, 0x0B, 0x2A, 0xD6, 0xF4, 0x7F, 0x43, 0x69,
  ])
  public static let codestream = JUMBFType(exactly: [
    0x65, 0x79, 0xD6, 0xFB, 0xDB, 0xA2, 0x44, 0x6B, 0xB2, 0xAC, 0x1B, 0x82, 0xFE, 0xEB, 0x89, 0xD1,
  ])
}

/// The four-character code of a box.
public struct BoxCode: Hashable, Sendable, CustomStringConvertible {
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }
  public init(_ code: StaticString) {
    rawValue = code.description.utf8.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }

  public static let superbox = BoxCode("jumb")
  public static let description = BoxCode("jumd")
  public static let cbor = BoxCode("cbor")
  public static let json = BoxCode("json")
  public static let uuid = BoxCode("uuid")
  public static let fileDescription = BoxCode("bfdb")
  public static let fileData = BoxCode("bidb")
  public static let salt = BoxCode("c2sh")
  public static let brotli = BoxCode("brob")
  public static let free = BoxCode("free")

  /// Printable ASCII; anything else shows as a dot.
  public var description: String {
    String(
      decoding: (0..<4).map { index -> UInt8 in
        let byte = UInt8(truncatingIfNeeded: rawValue >> UInt32(24 - 8 * index))
        return (0x20...0x7E).contains(byte) ? byte : 0x2E
      }, as: UTF8.self)
  }
}
