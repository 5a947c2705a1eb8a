import Bytes
import C2PA
import CBOR
import JUMBF
import PKI
import Testing

@Suite struct VerifierTests {
  private func failures(_ file: SignedPNG) throws -> [String] { try file.report().codes(.failure) }

  @Test func aGoodFileOfATrustedSignerIsTrustedAndSaysByWhom() throws {
    let report = try SignedPNG().report()
    #expect(report.state == .trusted, "\(report.codes(.failure)) \(report.reason)")
    #expect(report.trustSource == "newsrooms")
    #expect(report.active?.signer?.name == "Newsroom")
    #expect(report.active?.generators.first?.text == "Test Camera 2")
    #expect(report.codes(.success).contains("assertion.dataHash.match"))
  }

  @Test func withoutATrustSourceItIsOnlyValid() throws {
    let report = try SignedPNG().report(trust: .none)
    #expect(report.state == .valid)
    #expect(report.codes(.failure) == ["signingCredential.untrusted"])
    #expect(report.trustSource == nil)
  }

  @Test func aListOfSingleSignersNamesItselfAsTheSource() throws {
    let trust = TrustConfiguration(allowedLists: [
      .init(name: "friends", certificates: [SignedPNG.credential.leaf])
    ])
    let report = try SignedPNG().report(trust: trust)
    #expect(report.state == .trusted)
    #expect(report.trustSource == "friends")
  }

  /// No byte outside the signature's padding can change without the file ceasing to be trusted.
  @Test func everyFlippedByteIsNoticed() throws {
    let good = try SignedPNG().bytes()
    let verifier = Verifier(trust: SignedPNG.trust, at: SignedPNG.now)
    for index in stride(from: 0, to: good.count, by: 7) {
      var bad = good
      bad[index] ^= 0x01
      let report = verifier.verify(bad)
      let isChecksum = report.codes(.informational).contains("assay.carrier.irregular")
      #expect(
        report.state == .invalid || report.state == .noManifest || isChecksum,
        "byte \(index) changed and the state is \(report.state)")
    }
  }

  @Test func everyCutGetsAnAnswer() throws {
    let good = try SignedPNG().bytes()
    let verifier = Verifier(trust: SignedPNG.trust, at: SignedPNG.now)
    for count in stride(from: 0, to: good.count, by: 11) {
      let report = verifier.verify(Array(good.prefix(count)))
      #expect(report.state == .invalid || report.state == .noManifest)
      #expect(!report.reason.isEmpty)
    }
  }

  @Test func changedPixelsAreCalledAltered() throws {
    var bytes = try SignedPNG().bytes()
    bytes[bytes.count - 20] ^= 0xFF
    let report = Verifier(trust: SignedPNG.trust, at: SignedPNG.now).verify(bytes)
    #expect(report.state == .invalid)
    #expect(report.codes(.failure) == ["assertion.dataHash.mismatch"])
  }

  @Test func anExpiredAndAnEarlyCertificateAreToldApart() throws {
    let late = try SignedPNG().report(at: SignedPNG.now + 86400 * 400)
    #expect(late.state == .invalid)
    #expect(late.reason.contains("has expired"))
    let early = try SignedPNG().report(at: SignedPNG.now - 86400 * 60)
    #expect(early.state == .invalid)
    #expect(early.reason.contains("not valid yet"))
    for report in [late, early] {
      #expect(report.codes(.failure).contains("claimSignature.outsideValidity"))
    }
  }

  @Test func aTimeStampingCertificateMayNotSignClaims() throws {
    var file = SignedPNG()
    file.credential = try SignedPNG.Credential(.timeStampAuthority)
    #expect(try failures(file).contains("signingCredential.invalid"))
  }

  @Test func noCertificateIsNotCalledTampering() throws {
    var file = SignedPNG()
    file.certificates = []
    let report = try file.report()
    #expect(report.state == .invalid)
    #expect(report.codes(.failure).contains("signingCredential.invalid"))
    #expect(report.reason.contains("no certificate"))
  }

  @Test func textInThePaddingOfTheSignatureIsAFailure() throws {
    var file = SignedPNG()
    file.editSignature = { message in
      guard case .tagged(let tag, .array(var parts)) = message, let pad = parts[1]["pad"]?.bytes
      else { return message }
      parts[1] = ["pad": .bytes(Array("<script>".utf8) + pad.dropFirst(8))]
      return .tagged(tag: tag, .array(parts))
    }
    #expect(try failures(file) == ["assay.claimSignature.paddingNotZero"])
  }

  @Test func dataBesideTheClaimOrTheSignatureIsAFailure() throws {
    for (label, code) in [
      (ManifestLabel.claim, "claim.malformed"),
      (ManifestLabel.signature, "assay.claimSignature.paddingNotZero"),
    ] {
      // Only a signature box may be padded: its size is kept before the signature is known.
      for (filling, isGood) in [
        ([UInt8](repeating: 0, count: 9), label == ManifestLabel.signature),
        (Array("<script>".utf8), false),
      ] {
        var file = SignedPNG()
        file.editManifest = { bytes in
          guard let box = try? JUMBFSuperbox.parse(bytes).child(labelled: label) else { return }
          let extra = JUMBFBuilder.box(.free, filling)
          bytes.insert(contentsOf: extra, at: box.range.upperBound)
          for offset in [0, box.range.lowerBound] {
            let length = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } + extra.count
            for index in 0..<4 { bytes[offset + index] = UInt8(length >> (24 - 8 * index) & 255) }
          }
        }
        let codes = try failures(file)
        #expect(isGood ? codes == [] : codes.contains(code), "\(label) \(codes)")
      }
    }
  }

  @Test func aBrokenTimeStampIsAsGoodAsNone() throws {
    var file = SignedPNG()
    file.editSignature = { message in
      guard case .tagged(let tag, .array(var parts)) = message else { return message }
      parts[1] = ["sigTst2": ["tstTokens": [["val": .bytes([0x30, 0])]]]]
      return .tagged(tag: tag, .array(parts))
    }
    let report = try file.report()
    #expect(report.state == .trusted)
    #expect(report.codes(.informational).contains("timeStamp.malformed"))
    #expect(report.active?.signer?.timeStamp == nil)
    // It moves no clock: the same file is invalid once the certificate has run out.
    #expect(try file.report(at: SignedPNG.now + 86400 * 400).state == .invalid)
  }

  @Test func anAttachedPayloadOtherThanTheClaimIsAMismatch() throws {
    var file = SignedPNG()
    file.editSignature = { message in
      guard case .tagged(let tag, .array(var parts)) = message else { return message }
      parts[2] = .bytes([0xA0])
      return .tagged(tag: tag, .array(parts))
    }
    #expect(try failures(file) == ["claimSignature.mismatch"])
  }

  @Test func aClaimMustListWhatIsThereAndNothingElse() throws {
    var extra = SignedPNG()
    extra.undeclared = [SignedPNG.assertionBox("org.example.note", "unsigned")]
    #expect(try failures(extra) == ["assertion.undeclared"])

    var missing = SignedPNG()
    missing.editClaim = { claim in
      claim["gathered_assertions"] = [
        HashedURI(url: JUMBFURI.relativeAssertion("org.example.gone"), hash: [1]).cbor
      ]
    }
    #expect(try failures(missing) == ["assertion.missing"])

    var outside = SignedPNG()
    outside.editClaim = { claim in
      claim["gathered_assertions"] = [
        HashedURI(url: JUMBFURI.assertion("x", in: "urn:c2pa:other"), hash: [1]).cbor
      ]
    }
    #expect(try failures(outside) == ["assertion.outsideManifest"])
  }

  @Test func anUnknownHashAlgorithmIsNamed() throws {
    var file = SignedPNG()
    file.editClaim = { $0["alg"] = "md5" }
    #expect(try failures(file).contains("algorithm.unsupported"))
  }

  @Test func aClaimWithoutItsPartsIsMalformed() throws {
    for key in ["instanceID", "claim_generator_info", "created_assertions", "signature"] {
      var file = SignedPNG()
      file.editClaim = { $0[key] = nil }
      #expect(try failures(file).contains("claim.malformed"), "\(key)")
    }
  }

  @Test func contentThatNothingBindsIsNeverValid() throws {
    var file = SignedPNG()
    file.isBound = false
    let report = try file.report()
    #expect(report.state == .invalid)
    #expect(report.codes(.failure) == ["claim.hardBindings.missing"])
  }

  @Test func theStoryMustBeginWithCreatedOrOpened() throws {
    var none = SignedPNG()
    none.assertions = []
    #expect(try failures(none) == ["claim.actions.missing"])

    var second = SignedPNG()
    second.assertions = [
      ("c2pa.actions.v2", ["actions": [["action": "c2pa.edited"], ["action": "c2pa.created"]]])
    ]
    #expect(try failures(second) == ["assertion.action.malformed"])

    var orphan = SignedPNG()
    orphan.assertions = [("c2pa.actions.v2", ["actions": [["action": "c2pa.opened"]]])]
    #expect(try failures(orphan) == ["assertion.action.ingredientMismatch"])

    var watermark = SignedPNG()
    watermark.assertions = [
      (
        "c2pa.actions.v2",
        [
          "actions": [
            ["action": "c2pa.created", "digitalSourceType": "https://example.org/camera"],
            ["action": "c2pa.watermarked.bound"],
          ]
        ]
      )
    ]
    #expect(try failures(watermark) == ["assertion.action.softBindingMissing"])
  }

  @Test func aManifestThatRedactsItselfIsRefused() throws {
    var file = SignedPNG()
    let target = JUMBFURI.assertion("c2pa.actions.v2", in: file.label)
    file.editClaim = { $0["redacted_assertions"] = [.text(target)] }
    #expect(try failures(file) == ["assertion.selfRedacted"])
  }

  @Test func aFileWithoutCredentialsSaysSo() {
    let report = Verifier(trust: .none).verify(SignedPNG.head + SignedPNG.tail)
    #expect(report.state == .noManifest)
    #expect(report.reason == "The file carries no Content Credentials.")
  }

  @Test func anUnsupportedContainerIsNeverValid() {
    let report = Verifier(trust: .none).verify([0x1A, 0x45, 0xDF, 0xA3, 0, 0, 0])
    #expect(report.state == .noManifest)
    #expect(report.codes(.failure) == ["assay.notSupported"])
  }

  @Test func aSidecarIsJudgedAgainstTheFileItLiesBeside() throws {
    var file = SignedPNG()
    file.isBound = false
    let bare = SignedPNG.head + SignedPNG.tail
    file.assertions.append(
      (
        "c2pa.hash.data",
        ["hash": .bytes(HashAlgorithm.sha256.digest(bare)), "alg": "sha256", "pad": .bytes([])]
      ))
    let store = try file.store()
    let verifier = Verifier(trust: SignedPNG.trust, at: SignedPNG.now)
    #expect(verifier.verify(bare, sidecar: store).state == .trusted)
    #expect(verifier.verify(bare + [0], sidecar: store).state == .invalid)
  }
}
