import Bytes
import C2PA
import CBOR
import COSE
import JUMBF
import PKI

/// A one-pixel PNG with a manifest made by hand, so that a test can bend any part of it and sign
/// the result. Only what a test names differs from a file that validates.
struct SignedPNG {
  /// 2026-01-01T00:00:00Z, inside every certificate's validity.
  static let now: Int64 = 1_767_225_600

  struct Credential {
    let root: CertificateIssuer
    let rootKey: PrivateKey
    let leaf: Certificate
    let key: PrivateKey

    init(root: CertificateIssuer, rootKey: PrivateKey, leaf: Certificate, key: PrivateKey) {
      self.root = root
      self.rootKey = rootKey
      self.leaf = leaf
      self.key = key
    }

    init(_ role: CertificateIssuer.Role = .claimSigner, days: Int = 365) throws {
      let start = SignedPNG.now - 86400 * 30
      rootKey = try PrivateKey.generate(.p256)
      root = try CertificateIssuer.makeRoot(
        name: DistinguishedName(commonName: "Test Root", organization: "Tests"),
        key: rootKey, notBefore: start, days: 3650)
      key = try PrivateKey.generate(.p256)
      leaf = try root.issue(
        role, name: DistinguishedName(commonName: "Signer", organization: "Newsroom"),
        publicKey: key.publicKey, notBefore: start, days: days)
    }
  }

  static let credential = try! Credential()

  static var trust: TrustConfiguration {
    TrustConfiguration(anchorSets: [
      .init(name: "newsrooms", anchors: [credential.root.certificate])
    ])
  }

  static let created: CBORValue = [
    "actions": [
      [
        "action": "c2pa.created",
        "digitalSourceType":
          "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
      ]
    ], "allActionsIncluded": true,
  ]

  var label = "urn:c2pa:0a3ba41d-cc77-4ae0-89b7-e873bb7e4bf1"
  var type = JUMBFType.standardManifest
  var version = Claim.Version.v2
  var assertions: [(label: String, value: CBORValue)] = [("c2pa.actions.v2", created)]
  /// Whether the data hash of the pixels is among the assertions.
  var isBound = true
  /// Whole manifest boxes that go before this one.
  var earlier: [[UInt8]] = []
  /// A box behind the signature's.
  var further: [UInt8] = []
  /// Assertion boxes that the claim does not list.
  var undeclared: [[UInt8]] = []
  var credential = SignedPNG.credential
  var certificates: [[UInt8]]?
  /// Last word on the assertion boxes before the claim lists them.
  var editBoxes: (inout [[UInt8]]) -> Void = { _ in }
  /// Last word on the claim before it is signed.
  var editClaim: (inout [String: CBORValue]) -> Void = { _ in }
  /// Last word on the manifest's bytes after it was signed.
  var editManifest: (inout [UInt8]) -> Void = { _ in }
  /// Last word on the COSE message.
  var editSignature: (CBORValue) -> CBORValue = { $0 }

  static func assertionBox(_ label: String, _ value: CBORValue) -> [UInt8] {
    JUMBFBuilder.superbox(
      .cbor, label: label, contents: JUMBFBuilder.box(.cbor, value.encodeDeterministic()))
  }

  /// The text behind the description's header, type and toggles.
  private static func label(of box: [UInt8]) -> String {
    String(decoding: box.dropFirst(8 + 8 + 16 + 1).prefix { $0 != 0 }, as: UTF8.self)
  }

  static func reference(_ label: String, _ box: [UInt8]) -> CBORValue {
    HashedURI(
      url: JUMBFURI.relativeAssertion(label),
      hash: HashAlgorithm.sha256.digest(Array(JUMBFBuilder.hashedPart(box)))
    ).cbor
  }

  /// The manifest superbox alone.
  func manifest(exclusionLength: Int = 0) throws -> [UInt8] {
    var listed = assertions.map { Self.assertionBox($0.label, $0.value) }
    editBoxes(&listed)
    var boxes = listed.map { (Self.label(of: $0), $0) }
    if isBound {
      let binding: CBORValue = [
        "exclusions": [["start": .integer(Self.head.count), "length": .integer(exclusionLength)]],
        "hash": .bytes(HashAlgorithm.sha256.digest(Self.head + Self.tail)),
        "alg": "sha256", "pad": .bytes([]),
      ]
      boxes.append(("c2pa.hash.data", Self.assertionBox("c2pa.hash.data", binding)))
    }
    var claim: [String: CBORValue] = [
      "instanceID": "xmp:iid:1", "claim_generator_info": ["name": "Test Camera", "version": "2"],
      "signature": .text(JUMBFURI.signature(in: label)), "alg": "sha256",
      "created_assertions": .array(boxes.map(Self.reference)),
    ]
    if version == .v1 {
      claim["assertions"] = claim.removeValue(forKey: "created_assertions")
      claim["claim_generator"] = "Test_Camera/2"
      claim["claim_generator_info"] = nil
      claim["dc:format"] = "image/png"
    }
    editClaim(&claim)
    let claimBytes = CBORValue.map(claim.map { .init(.text($0.key), $0.value) })
      .encodeDeterministic()
    let builder = COSESign1Builder(
      algorithm: .es256, certificateChain: certificates ?? [credential.leaf.der])
    let signature = try credential.key.sign(
      builder.toBeSigned(payload: claimBytes), algorithm: .es256)
    let message = editSignature(
      try CBORValue.decode(try builder.message(signature: signature, reservedSize: 2048))
    ).encodeDeterministic()
    let store = JUMBFBuilder.superbox(
      .assertionStore, label: ManifestLabel.assertionStore,
      contents: Array(boxes.map(\.1).joined()) + Array(undeclared.joined()))
    let claimBox = JUMBFBuilder.superbox(
      .claim, label: version == .v1 ? ManifestLabel.legacyClaim : ManifestLabel.claim,
      contents: JUMBFBuilder.box(.cbor, claimBytes))
    let signatureBox = JUMBFBuilder.superbox(
      .claimSignature, label: ManifestLabel.signature, contents: JUMBFBuilder.box(.cbor, message))
    var bytes = JUMBFBuilder.superbox(
      type, label: label, contents: store + claimBox + signatureBox + further)
    editManifest(&bytes)
    return bytes
  }

  func store(exclusionLength: Int = 0) throws -> [UInt8] {
    JUMBFBuilder.superbox(
      .manifestStore, label: ManifestLabel.store,
      contents: Array(earlier.joined()) + (try manifest(exclusionLength: exclusionLength)))
  }

  func bytes() throws -> [UInt8] {
    // The length of the exclusion stands in the store it excludes: take the one that holds still.
    var length = 0
    for _ in 0..<5 {
      let store = try store(exclusionLength: length)
      if store.count + 12 == length { return Self.head + Self.chunk("caBX", store) + Self.tail }
      length = store.count + 12
    }
    preconditionFailure("the store's length does not settle")
  }

  func report(trust: TrustConfiguration = SignedPNG.trust, at now: Int64 = SignedPNG.now) throws
    -> VerificationReport
  {
    Verifier(trust: trust, at: now).verify(try bytes(), name: "test.png")
  }

  static let head: [UInt8] =
    [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    + chunk("IHDR", [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])
  static let tail: [UInt8] =
    chunk("IDAT", [0x78, 0x9C, 0x63, 0x60, 0, 0, 0, 2, 0, 1]) + chunk("IEND", [])

  static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.appendBigEndian(UInt32(data.count))
    let body = Array(type.utf8) + data
    out += body
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in body {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0xEDB8_8320 }
    }
    out.appendBigEndian(~crc)
    return out
  }
}
