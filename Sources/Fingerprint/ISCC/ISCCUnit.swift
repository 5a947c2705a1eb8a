/// One unit of an International Standard Content Code (ISO 24138:2024): a header of four numbers and
/// a body, written in base 32.
public struct ISCCUnit: Equatable, Sendable, CustomStringConvertible {
  /// What the body describes: the main type, and for content the medium.
  public enum Kind: CaseIterable, Sendable {
    case image
    case audio
    case video
    case instance

    fileprivate var header: [UInt8] {
      switch self {
      case .image: [2, 1]
      case .audio: [2, 2]
      case .video: [2, 3]
      case .instance: [4, 0]
      }
    }

    /// Nil for kinds that are not made here.
    init?(main: Int, sub: Int) {
      let found = Self.allCases.first { $0.header.map(Int.init) == [main, sub] }
      guard let found else { return nil }
      self = found
    }
  }

  /// The identifier under which C2PA's list of soft binding algorithms has this code.
  public static let algorithm = "io.iscc.v0"

  public let kind: Kind
  public let body: [UInt8]

  /// - Precondition: `body` has 4 to 32 bytes, a multiple of 4: its length in words fits a nibble.
  public init(_ kind: Kind, body: [UInt8]) {
    precondition((4...32).contains(body.count) && body.count.isMultiple(of: 4))
    self.kind = kind
    self.body = body
  }

  /// Header and body: main type, subtype, version 0, and length in steps of 32 bits from 0, each in
  /// a nibble.
  public var bytes: [UInt8] {
    let nibbles = kind.header + [0, UInt8(body.count / 4 - 1)]
    return [nibbles[0] << 4 | nibbles[1], nibbles[2] << 4 | nibbles[3]] + body
  }

  /// `ISCC:` and the code.
  public var description: String { "ISCC:" + Self.base32(bytes) }

  /// RFC 4648 section 6, without padding.
  private static func base32(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    var text = ""
    var (buffer, bits) = (0, 0)
    for byte in bytes {
      buffer = (buffer << 8 | Int(byte)) & 0xFFFF
      bits += 8
      while bits >= 5 {
        bits -= 5
        text.append(alphabet[buffer >> bits & 31])
      }
    }
    if bits > 0 { text.append(alphabet[buffer << (5 - bits) & 31]) }
    return text
  }

  /// How many bits differ; nil between codes of different kinds or lengths.
  public func distance(to other: ISCCUnit) -> Int? {
    guard kind == other.kind, body.count == other.body.count else { return nil }
    return zip(body, other.body).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
  }

  /// The Instance-Code: the first bits of the file's BLAKE3.
  public static func instance(digest: [UInt8], bits: Int = 64) -> ISCCUnit {
    ISCCUnit(.instance, body: Array(digest.prefix(bits / 8)))
  }
}
