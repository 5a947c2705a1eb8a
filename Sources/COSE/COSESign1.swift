public import CBOR
public import PKI

/// A parsed COSE_Sign1_Tagged message (RFC 9052 section 4.2). The protected header is kept byte for
/// byte: a signature covers what was sent, not what an encoder would make of it.
public struct COSESign1: Equatable, Sendable {
  public static let tag: UInt64 = 18

  public let protectedBytes: [UInt8]
  public let protectedHeader: CBORValue
  public let unprotectedHeader: CBORValue
  /// Nil where the payload is detached, as C2PA always has it.
  public let payload: [UInt8]?
  public let signature: [UInt8]

  private enum Label {
    static let algorithm = 1
    static let critical = 2
    static let contentType = 3
    static let certificateChain = 33
    static let legacyCertificateChain = "x5chain"
    static let issuedAt = "iat"
  }

  /// Reads one message that fills `bytes`.
  public init(_ bytes: [UInt8]) throws(COSEError) {
    let value: CBORValue
    do throws(CBORError) {
      value = try CBORValue.decode(bytes)
    } catch {
      throw .malformed(reason: error.description)
    }
    guard let parts = value.untagged(Self.tag)?.array, parts.count == 4 else {
      throw .malformed(reason: "the item is not tag 18 over an array of four")
    }
    guard let protectedBytes = parts[0].bytes, parts[1].pairs != nil,
      let signature = parts[3].bytes
    else { throw .malformed(reason: "headers or signature have the wrong type") }
    switch parts[2] {
    case .null: payload = nil
    case .bytes(let attached): payload = attached
    default: throw .malformed(reason: "the payload is neither null nor a byte string")
    }
    self.protectedBytes = protectedBytes
    self.signature = signature
    unprotectedHeader = parts[1]
    if protectedBytes.isEmpty {
      protectedHeader = .map([])
    } else {
      do throws(CBORError) {
        protectedHeader = try CBORValue.decode(protectedBytes)
      } catch {
        throw .malformed(reason: "the protected header: \(error)")
      }
      guard protectedHeader.pairs != nil else {
        throw .malformed(reason: "the protected header is no map")
      }
    }
    try checkCriticalHeaders()
  }

  private func checkCriticalHeaders() throws(COSEError) {
    guard unprotectedHeader[Label.critical] == nil else {
      throw .malformed(reason: "crit stands in the unprotected header")
    }
    guard let critical = protectedHeader[Label.critical] else { return }
    guard let labels = critical.array, !labels.isEmpty else {
      throw .malformed(reason: "crit is no list of labels")
    }
    let understood: [CBORValue] = [
      .integer(Label.algorithm), .integer(Label.contentType), .integer(Label.certificateChain),
      .text(Label.legacyCertificateChain), .text(Label.issuedAt),
    ]
    for label in labels where !understood.contains(label) {
      throw .unknownCriticalHeader(label.text ?? label.integer.map(String.init) ?? "of odd type")
    }
  }

  /// The algorithm of the protected header; the unprotected one has no say.
  public func algorithm() throws(COSEError) -> SignatureAlgorithm {
    guard let value = protectedHeader[Label.algorithm] else { throw .missingAlgorithm }
    guard let number = value.integer else {
      throw .unsupportedAlgorithm(value.text ?? "of odd type")
    }
    guard let algorithm = SignatureAlgorithm(coseIdentifier: number) else {
      throw .unsupportedAlgorithm(String(number))
    }
    return algorithm
  }

  /// DER certificates, leaf first (RFC 9360; C2PA 2.5 section 13.2). Label 33 goes before the string
  /// label of older writers and counts in the protected header only: whoever may exchange the
  /// certificate may choose the name on it. The string label may stand in either, but not beside
  /// another credential in the other.
  public func certificateChain() throws(COSEError) -> [[UInt8]] {
    let modern = (
      protectedHeader[Label.certificateChain], unprotectedHeader[Label.certificateChain]
    )
    let legacy = (
      protectedHeader[Label.legacyCertificateChain], unprotectedHeader[Label.legacyCertificateChain]
    )
    guard modern.1 == nil else {
      throw .malformedCertificates(reason: "they stand in the unprotected header")
    }
    guard legacy.1 == nil || (modern.0 == nil && legacy.0 == nil) else {
      throw .malformedCertificates(reason: "they stand in both headers")
    }
    guard let value = modern.0 ?? legacy.0 ?? legacy.1 else { throw .missingCertificates }
    if let single = value.bytes {
      guard !single.isEmpty else { throw .missingCertificates }
      return [single]
    }
    guard let items = value.array else {
      throw .malformedCertificates(reason: "neither a byte string nor a list of them")
    }
    let chain = items.compactMap(\.bytes)
    guard chain.count == items.count, !chain.contains([]) else {
      throw .malformedCertificates(reason: "an entry is no certificate")
    }
    guard !chain.isEmpty else { throw .missingCertificates }
    return chain
  }

  /// When the signer says it signed, in seconds since 1970 (`iat`, C2PA 2.5 section 10.3.2.4): nil
  /// where the protected header does not say, or not as a number. Nothing proves it.
  public var issuedAt: Int64? {
    guard let number = protectedHeader[Label.issuedAt]?.number,
      number >= 0, number < 253_402_300_800
    else { return nil }
    return Int64(number)
  }

  /// Labels in the unprotected header that mean nothing in C2PA. Anybody can add them.
  public var unknownUnprotectedHeaders: [String] {
    let known: Set<String> = [
      "sigTst", "sigTst2", "rVals", "pad", "pad2", Label.legacyCertificateChain,
    ]
    return (unprotectedHeader.pairs ?? []).compactMap { pair in
      if let name = pair.key.text { return known.contains(name) ? nil : name }
      guard let number = pair.key.integer else { return "of odd type" }
      return number == Label.algorithm ? nil : String(number)
    }
  }

  /// Whether the signature is `key`'s over `payload` under this message's protected header.
  public func isValid(payload: [UInt8], key: PublicKey, algorithm: SignatureAlgorithm) -> Bool {
    key.verify(
      signature: signature,
      message: COSESign1.signatureStructure(protectedBytes: protectedBytes, payload: payload),
      algorithm: algorithm)
  }

  /// Whether the filler headers `pad` and `pad2` hold nothing but zeros. No hash and no signature
  /// covers them.
  public var isPaddingZero: Bool {
    ["pad", "pad2"].allSatisfy { name in
      guard let value = unprotectedHeader[name] else { return true }
      return value.bytes?.allSatisfy { $0 == 0 } ?? false
    }
  }

  /// RFC 9052 section 4.4: what is signed.
  public static func signatureStructure(protectedBytes: [UInt8], payload: [UInt8]) -> [UInt8] {
    structure("Signature1", protectedBytes, payload)
  }

  /// C2PA 2.5 section 10.3.2.5: what a time stamp is over. For `sigTst2` the payload is the
  /// signature as a CBOR byte string, head included; for the older `sigTst` it is the claim.
  public static func counterSignatureStructure(
    protectedBytes: [UInt8], payload: [UInt8]
  ) -> [UInt8] {
    structure("CounterSignature", protectedBytes, payload)
  }

  private static func structure(
    _ context: String, _ protectedBytes: [UInt8], _ payload: [UInt8]
  ) -> [UInt8] {
    CBORValue.array([.text(context), .bytes(protectedBytes), .bytes([]), .bytes(payload)])
      .encodeDeterministic()
  }
}
