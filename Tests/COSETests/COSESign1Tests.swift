import Bytes
import CBOR
import COSE
import PKI
import Testing

@Suite struct COSESign1Tests {
  private let claim: [UInt8] = Array("a claim".utf8)
  private let leaf: [UInt8] = [0x30, 1, 2, 3]

  private func message(_ headers: CBORValue, unprotected: CBORValue = [:]) -> [UInt8] {
    CBORValue.tagged(
      tag: 18, [.bytes(headers.encodeDeterministic()), unprotected, nil, .bytes([9])]
    ).encodeDeterministic()
  }

  @Test(arguments: [
    (SignatureAlgorithm.es256, KeyKind.p256), (.es384, .p384), (.es512, .p521),
    (.ed25519, .ed25519), (.ps256, .rsa(bits: 2048)),
  ])
  func whatIsBuiltVerifies(_ algorithm: SignatureAlgorithm, _ kind: KeyKind) throws {
    let key = try PrivateKey.generate(kind)
    let builder = COSESign1Builder(algorithm: algorithm, certificateChain: [leaf])
    let signature = try key.sign(builder.toBeSigned(payload: claim), algorithm: algorithm)
    let sign1 = try COSESign1(try builder.message(signature: signature, reservedSize: 4096))
    #expect(try sign1.algorithm() == algorithm)
    #expect(try sign1.certificateChain() == [leaf])
    #expect(sign1.payload == nil)
    #expect(sign1.isValid(payload: claim, key: key.publicKey, algorithm: algorithm))
    #expect(!sign1.isValid(payload: claim + [0], key: key.publicKey, algorithm: algorithm))
  }

  @Test func everyReservedSizeIsMetExactly() throws {
    let builder = COSESign1Builder(algorithm: .es256, certificateChain: [leaf, leaf])
    let signature = [UInt8](repeating: 1, count: 64)
    let shortest = try builder.message(signature: signature).count
    for size in (shortest + 5)...(shortest + 600) {
      let bytes = try builder.message(signature: signature, reservedSize: size)
      #expect(bytes.count == size)
      #expect(try COSESign1(bytes).isPaddingZero)
    }
    #expect(throws: COSEError.reservedSizeTooSmall(needed: shortest + 5)) {
      try builder.message(signature: signature, reservedSize: shortest - 1)
    }
  }

  // RFC 9052 section 3.1.
  @Test func anUnknownCriticalHeaderIsFatal() throws {
    #expect(throws: COSEError.unknownCriticalHeader("frob")) {
      try COSESign1(message([1: -7, 2: ["frob"], "frob": 1]))
    }
    #expect(throws: COSEError.self) { try COSESign1(message([1: -7], unprotected: [2: [1]])) }
    #expect(try COSESign1(message([1: -7, 2: [1]])).algorithm() == .es256)
  }

  @Test func theIntegerLabelGoesBeforeTheString() throws {
    let sign1 = try COSESign1(
      message(
        [1: -7, 33: .bytes([1]), "x5chain": .bytes([2])]))
    #expect(try sign1.certificateChain() == [[1]])
    let string = try COSESign1(
      message([1: -7], unprotected: ["x5chain": [.bytes([3]), .bytes([4])]]))
    #expect(try string.certificateChain() == [[3], [4]])
  }

  /// What nobody signed could be exchanged for another certificate of the same key.
  @Test(
    arguments: [
      ([33: .bytes([1])], [33: .bytes([1])]), ([:], [33: .bytes([1])]),
      ([33: .bytes([1])], ["x5chain": .bytes([2])]),
      (["x5chain": .bytes([1])], ["x5chain": .bytes([1])]),
    ] as [(CBORValue, CBORValue)])
  func unprotectedCertificatesAreMalformed(protected: CBORValue, unprotected: CBORValue) throws {
    let sign1 = try COSESign1(message(protected, unprotected: unprotected))
    let error = #expect(throws: COSEError.self) { try sign1.certificateChain() }
    #expect(error?.code == "cose.malformedCertificates")
  }

  @Test(arguments: [[:] as CBORValue, [33: []], [33: .bytes([])]])
  func noCertificateIsItsOwnAnswer(_ header: CBORValue) throws {
    let sign1 = try COSESign1(message(header))
    #expect(throws: COSEError.missingCertificates) { try sign1.certificateChain() }
  }

  @Test func anAlgorithmMustBeProtectedAndKnown() throws {
    #expect(throws: COSEError.missingAlgorithm) {
      try COSESign1(message([:], unprotected: [1: -7])).algorithm()
    }
    // RS256: forbidden for claims.
    #expect(throws: COSEError.unsupportedAlgorithm("-257")) {
      try COSESign1(message([1: -257])).algorithm()
    }
  }

  @Test func textInThePaddingIsSeen() throws {
    #expect(!(try COSESign1(message([:], unprotected: ["pad": .bytes([0, 0x3C])])).isPaddingZero))
    #expect(!(try COSESign1(message([:], unprotected: ["pad2": "text"])).isPaddingZero))
  }

  @Test(arguments: [
    "", "d28440a0f640", "8440a0f640", "d28340a0f6", "d28440a0f4" + "40", "d28441ffa0f640",
  ])
  func whatIsNoSign1IsRefused(_ hex: String) throws {
    let bytes = try #require(Hex.decode(hex))
    if hex == "d28440a0f640" {
      #expect(try COSESign1(bytes).protectedBytes == [])
    } else {
      #expect(throws: COSEError.self) { try COSESign1(bytes) }
    }
  }

  @Test func theTimeStampIsOverTheSignatureWithItsHead() throws {
    let sign1 = try COSESign1(
      message([1: -7], unprotected: ["sigTst2": ["tstTokens": [["val": .bytes([5, 6])]]]]))
    let header = try #require(sign1.timeStamp)
    #expect(header.version == .signature)
    #expect(header.tokens == [[5, 6]])
    let stamped = sign1.timeStampedMessage(version: .signature, claim: claim)
    #expect(try CBORValue.decode(stamped).array?[3] == .bytes([0x41, 9]))
    let old = sign1.timeStampedMessage(version: .claim, claim: claim)
    #expect(try CBORValue.decode(old).array?[3] == .bytes(claim))
  }
}
