import CBOR
public import PKI

/// Makes a COSE_Sign1_Tagged with a detached payload, filled up to a size that was kept for it.
///
/// Sign `toBeSigned(payload:)`, then `message(…)`. Only the unprotected header differs between two
/// messages of the same builder, so a time stamp can be fetched between the two steps.
public struct COSESign1Builder: Sendable {
  /// The protected header as it will be stored: algorithm and certificates.
  public let protectedBytes: [UInt8]

  /// - Parameter certificateChain: DER, leaf first, without the root. Not empty.
  public init(algorithm: SignatureAlgorithm, certificateChain: [[UInt8]]) {
    // RFC 9360: one certificate stands alone, several in an array.
    let chain: CBORValue =
      certificateChain.count == 1
      ? .bytes(certificateChain[0]) : .array(certificateChain.map { .bytes($0) })
    let header: CBORValue = [1: .integer(algorithm.coseIdentifier), 33: chain]
    protectedBytes = header.encodeDeterministic()
  }

  /// The bytes to sign for `payload`.
  public func toBeSigned(payload: [UInt8]) -> [UInt8] {
    COSESign1.signatureStructure(protectedBytes: protectedBytes, payload: payload)
  }

  /// The bytes to have time-stamped for `sigTst2`.
  public func toBeTimeStamped(signature: [UInt8]) -> [UInt8] {
    COSESign1.counterSignatureStructure(
      protectedBytes: protectedBytes, payload: CBORValue.bytes(signature).encodeDeterministic())
  }

  /// The whole message.
  ///
  /// - Parameters:
  ///   - timeStampToken: DER TimeStampToken over `toBeTimeStamped(signature:)`.
  ///   - revocationResponses: DER OCSP responses to staple.
  ///   - reservedSize: the exact length wanted; nil for the shortest.
  public func message(
    signature: [UInt8], timeStampToken: [UInt8]? = nil, revocationResponses: [[UInt8]] = [],
    reservedSize: Int? = nil
  ) throws(COSEError) -> [UInt8] {
    var unprotected: [CBORValue.Pair] = []
    if let timeStampToken {
      let tokens: CBORValue = ["tstTokens": [["val": .bytes(timeStampToken)]]]
      unprotected.append(CBORValue.Pair("sigTst2", tokens))
    }
    if !revocationResponses.isEmpty {
      let responses = CBORValue.array(revocationResponses.map { .bytes($0) })
      unprotected.append(CBORValue.Pair("rVals", ["ocspVals": responses]))
    }
    let shortest = encode(unprotected, signature)
    guard let reservedSize, reservedSize != shortest.count else { return shortest }
    guard let padding = Self.padding(filling: reservedSize - shortest.count) else {
      throw .reservedSizeTooSmall(needed: shortest.count + Self.smallestPadding)
    }
    return encode(unprotected + padding, signature)
  }

  private func encode(_ unprotected: [CBORValue.Pair], _ signature: [UInt8]) -> [UInt8] {
    CBORValue.tagged(
      tag: COSESign1.tag,
      .array([.bytes(protectedBytes), .map(unprotected), .null, .bytes(signature)])
    ).encodeDeterministic()
  }

  /// `"pad": h''` costs five bytes.
  private static let smallestPadding = 5

  /// Header entries that take exactly `size` bytes. The length of a byte string's head jumps at 24
  /// and 256 bytes, so that some sizes need a second, empty entry.
  static func padding(filling size: Int) -> [CBORValue.Pair]? {
    if let count = zeros(filling: size - 4) {
      return [CBORValue.Pair("pad", .bytes([UInt8](repeating: 0, count: count)))]
    }
    if let count = zeros(filling: size - 6 - 4) {
      return [
        CBORValue.Pair("pad", .bytes([UInt8](repeating: 0, count: count))),
        CBORValue.Pair("pad2", .bytes([])),
      ]
    }
    return nil
  }

  /// The count whose byte string, head included, takes `size` bytes.
  private static func zeros(filling size: Int) -> Int? {
    for head in [1, 2, 3, 5] where size >= head {
      let count = size - head
      if CBORValue.byteStringHead(count: count).count == head { return count }
    }
    return nil
  }
}
