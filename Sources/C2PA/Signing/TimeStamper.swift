import PKI

/// A time stamping authority (RFC 3161), however it is reached.
public protocol TimeStamper: Sendable {
  /// Bytes kept in the manifest for a token before there is one.
  var tokenByteLimit: Int { get }
  /// Sends a DER TimeStampReq and answers the DER TimeStampResp. Blocks.
  func response(to request: [UInt8]) throws -> [UInt8]
}

extension TimeStamper {
  /// Tokens of authorities on the C2PA list, with their chains, have 3 to 7 kB.
  public var tokenByteLimit: Int { 10_000 }

  /// A token over `message`, checked as far as it can be without trusting anybody.
  func token(over message: [UInt8]) throws(SigningError) -> TimeStampToken {
    let token: TimeStampToken
    do {
      let request = try TimeStampRequest(over: message)
      token = try request.token(in: response(to: request.der))
    } catch { throw .timeStamp("\(error)") }
    guard token.der.count <= tokenByteLimit else {
      throw .timeStamp(
        "the token has \(token.der.count) bytes, and \(tokenByteLimit) were kept for it")
    }
    return token
  }
}
