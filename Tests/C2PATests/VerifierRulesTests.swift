import Bytes
import C2PA
import CBOR
import COSE
import Containers
import Foundation
import JUMBF
import PKI
import TestKit
import Testing

/// What other validators were once talked into, and certificates that only a tool of its own makes.
/// Each file is made here, wrong in one way, and refused by the code for that.
@Suite struct VerifierRulesTests {
  /// Certificates of the command line begin when they are made, on a busy machine long after this.
  private static let now = Int64(Date().timeIntervalSince1970) + 86400

  // MARK: Certificates

  /// A leaf under the test root with these lines of an OpenSSL extension file.
  private func credential(_ extensions: [String]) async throws -> SignedPNG.Credential {
    let top = SignedPNG.credential
    let folder = try TemporaryDirectory()
    try folder.write("root.key", top.rootKey.pem())
    try folder.write("root.pem", top.root.certificate.pem)
    let common = ["basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature"]
    let identifiers = ["subjectKeyIdentifier=hash", "authorityKeyIdentifier=keyid"]
    let lines = common + identifiers + extensions
    try folder.write("leaf.ext", Array((lines.joined(separator: "\n") + "\n").utf8))
    for arguments in [
      ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "leaf.key"],
      ["req", "-new", "-key", "leaf.key", "-subj", "/O=Tests/CN=Odd", "-out", "leaf.csr"],
      [
        "x509", "-req", "-in", "leaf.csr", "-CA", "root.pem", "-CAkey", "root.key",
        "-set_serial", "77", "-days", "30", "-extfile", "leaf.ext", "-out", "leaf.pem",
      ],
    ] {
      let result = try await TestKit.run(
        "openssl", arguments: arguments, directory: folder.path("."))
      try #require(result.status == 0, "\(result.stderr)")
    }
    func read(_ name: String) throws -> [UInt8] {
      [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.path(name))))
    }
    return .init(
      root: top.root, rootKey: top.rootKey,
      leaf: try #require(try Certificate.parsePEM(read("leaf.pem")).first),
      key: try PrivateKey(pem: read("leaf.key"), passphrase: nil))
  }

  @Test(arguments: [
    (["extendedKeyUsage=emailProtection"], []),
    (["extendedKeyUsage=OCSPSigning"], ["signingCredential.invalid"]),
    (["extendedKeyUsage=critical,timeStamping"], ["signingCredential.invalid"]),
    (["extendedKeyUsage=emailProtection,timeStamping"], ["signingCredential.invalid"]),
    (["extendedKeyUsage=anyExtendedKeyUsage"], ["signingCredential.invalid"]),
    (["extendedKeyUsage=serverAuth"], ["signingCredential.invalid"]),
    ([], ["signingCredential.invalid"]),
    (
      ["extendedKeyUsage=emailProtection", "1.2.3.4=critical,ASN1:UTF8String:more"],
      ["signingCredential.invalid"]
    ),
    (["extendedKeyUsage=emailProtection", "1.2.3.4=ASN1:UTF8String:more"], []),
  ])
  func whatACertificateIsFor(_ extensions: [String], _ expected: [String]) async throws {
    var file = SignedPNG()
    file.credential = try await credential(extensions)
    let report = try file.report(at: Self.now)
    let codes = report.codes(.failure)
    #expect(report.state == (expected.isEmpty ? .trusted : .invalid), "\(report.reason)")
    #expect(expected.allSatisfy(codes.contains) && codes.isEmpty == expected.isEmpty, "\(codes)")
  }

  @Test func certificatesGoFromTheLeafToTheRoot() throws {
    let top = SignedPNG.credential
    let start = SignedPNG.now - 86400 * 30
    let between = try top.root.makeIntermediate(
      name: DistinguishedName(commonName: "Between", organization: "Tests"),
      key: PrivateKey.generate(.p256), notBefore: start, days: 3650)
    let key = try PrivateKey.generate(.p256)
    let leaf = try between.issue(
      .claimSigner, name: DistinguishedName(commonName: "Signer", organization: "Newsroom"),
      publicKey: key.publicKey, notBefore: start, days: 365)
    let (middle, root) = (between.certificate.der, top.root.certificate.der)
    let orders: [(chain: [[UInt8]], state: ValidationState)] = [
      ([leaf.der, middle], .trusted), ([leaf.der, middle, root], .trusted),
      ([leaf.der, root, middle], .valid), ([leaf.der, top.leaf.der, middle], .valid),
      ([leaf.der], .valid), ([middle, leaf.der], .invalid),
    ]
    for order in orders {
      var file = SignedPNG()
      file.credential = .init(root: top.root, rootKey: top.rootKey, leaf: leaf, key: key)
      file.certificates = order.chain
      let report = try file.report()
      #expect(report.state == order.state, "\(report.reason)")
      if order.state == .valid {
        #expect(report.codes(.failure) == ["signingCredential.untrusted"])
      }
    }
  }

  // MARK: Carriers

  private static func box(_ type: String, _ payload: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendBigEndian(UInt32(payload.count + 8))
    return bytes + Array(type.utf8) + payload
  }

  @Test func aManifestBoxThatHoldsNothingIsNotCalledNone() {
    let head = Self.box("ftyp", Array("isom".utf8) + [0, 0, 0, 1])
    let media = Self.box("mdat", [1, 2, 3, 4])
    let store = Self.box("jumb", [])
    for payload in [[], [0, 0, 0, 0], store, [UInt8](repeating: 0, count: 64)] as [[UInt8]] {
      let clip = head + BMFFStore.frame(payload) + media
      let report = Verifier(trust: SignedPNG.trust, at: SignedPNG.now).verify(clip)
      #expect(report.state == .invalid, "\(payload.count) bytes: \(report.reason)")
      #expect(report.codes(.failure) == ["manifest.inaccessible.malformed"])
    }
    let picture = SignedPNG.head + SignedPNG.chunk("caBX", []) + SignedPNG.tail
    let report = Verifier(trust: SignedPNG.trust, at: SignedPNG.now).verify(picture)
    #expect(report.state == .invalid)
    #expect(report.codes(.failure) == ["manifest.inaccessible.malformed"])
  }

  @Test func foreignSegmentsBetweenThePiecesOfAStoreAreAMismatch() throws {
    let store = JUMBFBuilder.superbox(
      .manifestStore, label: ManifestLabel.store,
      contents: JUMBFBuilder.box(.cbor, [UInt8](repeating: 1, count: 150_000)))
    let plan = try StoreInsertion.plan(
      ManifestSignerTests.jpeg, format: .jpeg, storeLength: store.count)
    var file = try plan.asset.read(0..<plan.asset.count)
    file.replaceSubrange(plan.range, with: try plan.framed(store))
    let packets = try #require(try EmbeddedStore.locate(in: file, format: .jpeg)).ranges
    let comment: [UInt8] = [0xFF, 0xFE, 0, 10] + Array("<script>".utf8)
    file.insert(contentsOf: comment, at: packets[1].lowerBound)
    let hash = HashAlgorithm.sha256.digest(
      Array(file[..<plan.range.lowerBound] + file[(plan.range.upperBound + comment.count)...]))
    let assertion: CBORValue = [
      "exclusions": [
        [
          "start": .integer(plan.range.lowerBound),
          "length": .integer(plan.range.count + comment.count),
        ]
      ], "alg": "sha256", "hash": .bytes(hash), "pad": .bytes([]),
    ]
    let findings = HardBinding.validate(
      assertionLabel: "c2pa.hash.data", assertion: assertion, asset: file, format: .jpeg,
      store: try EmbeddedStore.locate(in: file, format: .jpeg))
    #expect(findings.map(\.code) == [.assertionDataHashMismatch])
  }

  @Test func chunksInsideChunksAndLengthsBeyondTheFileCostNothing() {
    func little(_ value: Int) -> [UInt8] {
      (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let depth = 50_000
    var nested: [UInt8] = []
    for level in 0..<depth {
      nested += Array("LIST".utf8) + little((depth - level - 1) * 12 + 4) + Array("INFO".utf8)
    }
    let sound = Array("RIFF".utf8) + little(nested.count + 4) + Array("WAVE".utf8) + nested
    #expect(Verifier(trust: .none).verify(sound).state == .noManifest)
    for length: [UInt8] in [[0x7F, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF]] {
      let picture = SignedPNG.head + length + Array("caBX".utf8) + [1, 2, 3]
      #expect(Verifier(trust: .none).verify(picture).state == .invalid)
    }
  }

  // MARK: Ingredients

  private static func ingredient(_ label: String, _ manifest: [UInt8]) -> CBORValue {
    let hash = HashAlgorithm.sha256.digest(Array(JUMBFBuilder.hashedPart(manifest)))
    return [
      "relationship": "componentOf", "dc:title": "x",
      "activeManifest": HashedURI(url: JUMBFURI.manifest(label), hash: hash).cbor,
      "validationResults": [
        "activeManifest": ["success": [], "informational": [], "failure": []]
      ],
    ]
  }

  /// Each takes the one before in twice: 2 to the 24th ways lead down, and each is gone once.
  @Test func diamondsAreWalkedOnce() throws {
    let depth = 24
    var boxes: [[UInt8]] = []
    var file = SignedPNG()
    for level in 0...depth {
      file = SignedPNG()
      let number = String(level + 100)
      file.label = "urn:c2pa:11111111-1111-4111-8111-111111111\(number)"
      if let below = boxes.last {
        let label = "urn:c2pa:11111111-1111-4111-8111-111111111\(level + 99)"
        for name in ["c2pa.ingredient.v3", "c2pa.ingredient.v3__1"] {
          file.assertions.append((name, Self.ingredient(label, below)))
        }
      }
      if level < depth { boxes.append(try file.manifest()) }
    }
    file.earlier = boxes
    let report = try file.report()
    #expect(report.manifests.count == depth + 1)
    // Only the active manifest is bound to these pixels; nothing else is wrong.
    #expect(report.state == .trusted, "\(report.codes(.failure))")
  }

  /// A manifest whose signer has expired since is held up by the trusted stamp of whoever took it in
  /// before that.
  @Test func theStampOfATakerProvesWhenAnIngredientWasSigned() throws {
    let start = SignedPNG.now - 86400 * 30
    let top = SignedPNG.credential
    let folder = try TemporaryDirectory()
    let stampKey = try PrivateKey.generate(.rsa(bits: 2048))
    let authority = try top.root.issue(
      .timeStampAuthority, name: DistinguishedName(commonName: "TSA", organization: "Tests"),
      publicKey: stampKey.publicKey, notBefore: start, days: 3000)
    try folder.write("tsa.key", stampKey.pem())
    try folder.write("tsa.pem", authority.pem)
    try folder.write("root.pem", top.root.certificate.pem)
    try folder.write("serial", Array("01".utf8))
    try folder.write(
      "tsa.cnf",
      Array(
        """
        [tsa]
        default_tsa = main
        [main]
        serial = serial
        signer_cert = tsa.pem
        certs = root.pem
        signer_key = tsa.key
        signer_digest = sha256
        default_policy = 1.2.3.4
        digests = sha256

        """.utf8))
    func stamp(_ message: [UInt8]) throws -> [UInt8] {
      try folder.write("data", message)
      for arguments in [
        ["ts", "-query", "-data", "data", "-sha256", "-no_nonce", "-cert", "-out", "query.tsq"],
        [
          "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq", "-token_out", "-out",
          "token.der",
        ],
      ] {
        let result = try TestKit.runBlocking(
          "openssl", arguments: arguments, directory: folder.path("."))
        try #require(result.status == 0, "\(result.stderr)")
      }
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.path("token.der"))))
    }
    let soon = Int((Self.now - start) / 86400) + 10
    var old = SignedPNG()
    old.label = "urn:c2pa:11111111-1111-4111-8111-111111111111"
    old.credential = .init(
      root: top.root, rootKey: top.rootKey,
      leaf: try top.root.issue(
        .claimSigner, name: DistinguishedName(commonName: "Old", organization: "Newsroom"),
        publicKey: top.key.publicKey, notBefore: start, days: soon), key: top.key)
    let box = try old.manifest()
    var taker = SignedPNG()
    taker.credential = .init(
      root: top.root, rootKey: top.rootKey,
      leaf: try top.root.issue(
        .claimSigner, name: DistinguishedName(commonName: "Taker", organization: "Newsroom"),
        publicKey: top.key.publicKey, notBefore: start, days: 3000), key: top.key)
    taker.earlier = [box]
    taker.assertions.append(("c2pa.ingredient.v3", Self.ingredient(old.label, box)))
    var trust = SignedPNG.trust
    trust.timeStampAnchors = [top.root.certificate]
    let later = Self.now + 86400 * 60
    let bare = try taker.report(trust: trust, at: later)
    #expect(bare.state == .invalid)
    #expect(bare.codes(.failure).contains("ingredient/claimSignature.outsideValidity"))

    taker.editSignature = { message in
      guard case .tagged(let tag, .array(var parts)) = message,
        let sign1 = try? COSESign1(message.encodeDeterministic()),
        let token = try? stamp(sign1.timeStampedMessage(version: .signature, claim: []))
      else { return message }
      parts[1] = ["sigTst2": ["tstTokens": [["val": .bytes(token)]]]]
      return .tagged(tag: tag, .array(parts))
    }
    let stamped = try taker.report(trust: trust, at: later)
    #expect(stamped.codes(.success).contains("timeStamp.trusted"))
    // Whether anybody still vouches for a certificate that has run out is another question.
    #expect(stamped.state != .invalid, "\(stamped.codes(.failure))")
    #expect(!stamped.codes(.failure).contains("ingredient/claimSignature.outsideValidity"))
    // Not where nobody trusts whose stamp it is.
    #expect(try taker.report(at: later).state == .invalid)
  }
}
