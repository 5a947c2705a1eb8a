import Bytes
public import StrictJSON

/// One message through the wall: a JSON header and one block of raw bytes.
///
/// On the wire: header length (4 bytes, big-endian), body length (8 bytes, big-endian), header, body.
public struct MediaMessage: Equatable, Sendable {
  static let prefixLength = 12
  /// A prompt of 32,000 characters escaped six times over still fits.
  public static let headerLimit = 1 << 20
  /// One RGB picture at the largest `MediaBudget.maximumPixels`.
  public static let bodyLimit = 128 << 20

  public let header: JSONValue
  public let body: [UInt8]

  public init(header: JSONValue, body: [UInt8] = []) {
    self.header = header
    self.body = body
  }

  public var encoded: [UInt8] {
    let text = header.canonical
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.prefixLength + text.count + body.count)
    bytes.appendBigEndian(UInt32(text.count))
    bytes.appendBigEndian(UInt64(body.count))
    bytes += text
    bytes += body
    return bytes
  }
}

/// What the other side sent is no message of this protocol.
public struct MediaWireError: Error, Equatable, Sendable, CustomStringConvertible {
  public let reason: String
  public init(_ reason: String) { self.reason = reason }
  public var description: String { reason }
}

/// Messages out of bytes that arrive in pieces. Nothing is allocated for a length that is only
/// claimed.
public struct MediaMessageDecoder: Sendable {
  private var pending: [UInt8] = []

  public init() {}

  /// Whether bytes of an unfinished message are waiting.
  public var isMidMessage: Bool { !pending.isEmpty }

  public mutating func append(_ bytes: some Sequence<UInt8>) { pending.append(contentsOf: bytes) }

  /// The next whole message, or nil until more bytes arrive.
  public mutating func next() throws(MediaWireError) -> MediaMessage? {
    guard pending.count >= MediaMessage.prefixLength else { return nil }
    var headerLength = 0
    for byte in pending[0..<4] { headerLength = headerLength << 8 | Int(byte) }
    var claimed: UInt64 = 0
    for byte in pending[4..<12] { claimed = claimed << 8 | UInt64(byte) }
    guard headerLength <= MediaMessage.headerLimit else {
      throw MediaWireError("a header of \(headerLength) bytes; at most \(MediaMessage.headerLimit)")
    }
    guard claimed <= UInt64(MediaMessage.bodyLimit) else {
      throw MediaWireError("a body of \(claimed) bytes; at most \(MediaMessage.bodyLimit)")
    }
    let bodyStart = MediaMessage.prefixLength + headerLength
    let end = bodyStart + Int(claimed)
    guard pending.count >= end else { return nil }
    let header: JSONValue
    do {
      header = try JSONValue.parse(Array(pending[MediaMessage.prefixLength..<bodyStart]))
    } catch {
      throw MediaWireError("the header is not JSON: \(error)")
    }
    let message = MediaMessage(header: header, body: Array(pending[bodyStart..<end]))
    pending.removeSubrange(0..<end)
    return message
  }
}
