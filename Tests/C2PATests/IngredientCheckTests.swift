import C2PA
import CBOR
import JUMBF
import PKI
import Testing

@Suite struct IngredientCheckTests {
  private static let childLabel = "urn:c2pa:11111111-1111-4111-8111-111111111111"

  private static func ingredient(
    manifest: String, hash: [UInt8], recorded: [CBORValue] = [],
    signature: [UInt8]? = nil
  ) -> CBORValue {
    var pairs: [CBORValue.Pair] = [
      .init("relationship", "parentOf"), .init("dc:title", "first.png"),
      .init("activeManifest", HashedURI(url: JUMBFURI.manifest(manifest), hash: hash).cbor),
      .init(
        "validationResults",
        ["activeManifest": ["success": [], "informational": [], "failure": .array(recorded)]]),
    ]
    if let signature {
      pairs.append(
        .init(
          "claimSignature",
          HashedURI(url: JUMBFURI.signature(in: manifest), hash: signature).cbor))
    }
    return .map(pairs)
  }

  private static func hash(_ box: [UInt8]) -> [UInt8] {
    HashAlgorithm.sha256.digest(Array(JUMBFBuilder.hashedPart(box)))
  }

  /// A file that was opened from another with credentials.
  private func edited(
    child: [UInt8], recorded: [CBORValue] = [], signature: [UInt8]? = nil
  ) -> SignedPNG {
    var file = SignedPNG()
    let value = Self.ingredient(
      manifest: Self.childLabel, hash: Self.hash(child), recorded: recorded, signature: signature)
    let box = SignedPNG.assertionBox("c2pa.ingredient.v3", value)
    let opened: CBORValue = [
      "action": "c2pa.opened",
      "parameters": ["ingredients": [SignedPNG.reference("c2pa.ingredient.v3", box)]],
    ]
    file.assertions = [
      ("c2pa.ingredient.v3", value), ("c2pa.actions.v2", ["actions": [opened]]),
    ]
    file.earlier = [child]
    return file
  }

  private static func signatureHash(of manifest: [UInt8]) throws -> [UInt8] {
    let signature = try #require(
      try JUMBFSuperbox.parse(manifest).child(labelled: ManifestLabel.signature))
    return HashAlgorithm.sha256.digest(Array(manifest[signature.hashedRange]))
  }

  private func child() -> SignedPNG {
    var file = SignedPNG()
    file.label = Self.childLabel
    return file
  }

  @Test func theHistoryOfAnEditedFileIsReported() throws {
    let report = try edited(child: try child().manifest()).report()
    #expect(report.state == .trusted, "\(report.codes(.failure))")
    #expect(report.manifests.map(\.label).count == 2)
    #expect(report.active?.ingredients.first?.title == "first.png")
    #expect(report.codes(.success).contains("ingredient/claimSignature.validated"))
  }

  @Test func aChangedIngredientManifestIsFound() throws {
    let good = try child().manifest()
    var file = edited(child: good)
    var bad = good
    bad[bad.count - 1] ^= 1
    file.earlier = [bad]
    let codes = try file.report().codes(.failure)
    #expect(codes.contains("ingredient.manifest.mismatch"))
    #expect(try file.report().state == .invalid)
  }

  @Test func anIngredientWhoseManifestIsGoneIsFound() throws {
    var file = edited(child: try child().manifest())
    file.earlier = []
    #expect(try file.report().codes(.failure) == ["ingredient.manifest.missing"])
  }

  @Test func aFaultThatTheSignerRecordedIsNoNews() throws {
    var faulty = child()
    faulty.undeclared = [SignedPNG.assertionBox("org.example.note", "unsigned")]
    let box = try faulty.manifest()
    #expect(try edited(child: box).report().codes(.failure) == ["ingredient/assertion.undeclared"])
    let url = JUMBFURI.assertion("org.example.note", in: Self.childLabel)
    let recorded: CBORValue = ["code": "assertion.undeclared", "url": .text(url)]
    let report = try edited(child: box, recorded: [recorded]).report()
    #expect(report.state == .trusted)
    #expect(report.active?.ingredients.first?.recorded.map(\.code) == ["assertion.undeclared"])
  }

  /// Without a time stamp nothing proves that the ingredient was signed while its certificate held.
  @Test func anIngredientWhoseSignerHasExpiredIsFoundUnlessItWasKnown() throws {
    var old = child()
    old.credential = try SignedPNG.Credential(days: 20)
    let box = try old.manifest()
    let report = try edited(child: box).report()
    #expect(report.state == .invalid)
    #expect(report.codes(.failure).contains("ingredient/claimSignature.outsideValidity"))
    let url = JUMBFURI.signature(in: Self.childLabel)
    let recorded: CBORValue = ["code": "signingCredential.expired", "url": .text(url)]
    let known = try edited(child: box, recorded: [recorded]).report()
    #expect(known.state == .valid)
    #expect(known.codes(.failure) == ["ingredient/signingCredential.untrusted"])
  }

  @Test func aRedactedIngredientIsHeldByItsSignature() throws {
    var full = child()
    full.assertions.append(("org.example.name", "Jane Doe"))
    let whole = try full.manifest()
    let signatureHash = try Self.signatureHash(of: whole)
    let target = try #require(
      try JUMBFSuperbox.parse(whole).child(labelled: ManifestLabel.assertionStore)?
        .child(labelled: "org.example.name"))
    // Cut the assertion out and mend the lengths of the two boxes around it.
    var cut = whole
    cut.removeSubrange(target.range)
    let store = try #require(
      try JUMBFSuperbox.parse(whole).child(labelled: ManifestLabel.assertionStore))
    for offset in [0, store.range.lowerBound] {
      let length = cut[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } - target.range.count
      for index in 0..<4 { cut[offset + index] = UInt8(length >> (24 - 8 * index) & 255) }
    }
    var file = edited(child: whole, signature: signatureHash)
    file.earlier = [cut]
    #expect(try file.report().state == .invalid)

    let uri = JUMBFURI.assertion("org.example.name", in: Self.childLabel)
    file.editClaim = { $0["redacted_assertions"] = [.text(uri)] }
    let redacted = try file.report()
    #expect(redacted.state == .trusted, "\(redacted.codes(.failure))")
    #expect(redacted.codes(.success).contains("ingredient.claimSignature.validated"))

    // Declared redacted, and still there.
    file.earlier = [whole]
    #expect(try file.report().codes(.failure) == ["ingredient/assertion.notRedacted"])
  }

  /// Ingredients that lead back to the manifest, or meet again below it, cost one validation each.
  @Test func cyclesEnd() throws {
    var file = SignedPNG()
    let value = Self.ingredient(manifest: file.label, hash: [1, 2, 3])
    file.assertions.append(("c2pa.ingredient.v3", value))
    for index in 1..<50 { file.assertions.append(("c2pa.ingredient.v3__\(index)", value)) }
    let report = try file.report()
    #expect(report.state == .invalid)
    #expect(report.manifests.count == 1)
    #expect(report.codes(.failure).contains("ingredient.manifest.mismatch"))
  }

  @Test func anIngredientMustSayHowItWasUsed() throws {
    var file = SignedPNG()
    file.assertions.append(("c2pa.ingredient.v3", ["dc:title": "x"]))
    #expect(try file.report().codes(.failure) == ["assertion.ingredient.malformed"])
  }

  @Test func anUpdateIsBoundThroughTheManifestItUpdates() throws {
    // The standard manifest binds the content; the update adds to it and binds nothing itself.
    var length = 0
    var bytes: [UInt8] = []
    for _ in 0..<6 {
      let child = try child().manifest(exclusionLength: length)
      var update = edited(child: child, signature: try Self.signatureHash(of: child))
      update.type = .updateManifest
      update.isBound = false
      let store = try update.store()
      if store.count + 12 == length { bytes = try update.bytes() }
      length = store.count + 12
    }
    try #require(!bytes.isEmpty)
    let verifier = Verifier(trust: SignedPNG.trust, at: SignedPNG.now)
    let report = verifier.verify(bytes)
    #expect(report.state == .trusted, "\(report.codes(.failure)) \(report.reason)")
    #expect(report.active?.isUpdate == true)
    bytes[bytes.count - 20] ^= 1
    #expect(verifier.verify(bytes).state == .invalid)
  }

  @Test func anUpdateWithoutItsOriginalIsRefused() throws {
    var file = SignedPNG()
    file.type = .updateManifest
    file.isBound = false
    file.assertions = [("c2pa.actions.v2", ["actions": [["action": "c2pa.edited"]]])]
    let codes = try file.report().codes(.failure)
    #expect(codes.contains("manifest.update.wrongParents"))
    #expect(codes.contains("manifest.update.invalid"))
    #expect(codes.contains("claim.hardBindings.missing"))
  }
}
