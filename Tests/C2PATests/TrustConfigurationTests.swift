import Bytes
import C2PA
import PKI
import Testing

@Suite struct TrustConfigurationTests {
  @Test func theVerdictNamesTheSourceThatMatched() throws {
    let other = try SignedPNG.Credential()
    let trust = TrustConfiguration(anchorSets: [
      .init(name: "strangers", anchors: [other.root.certificate]),
      .init(name: "newsrooms", anchors: [SignedPNG.credential.root.certificate]),
    ])
    #expect(try SignedPNG().report(trust: trust).trustSource == "newsrooms")
  }

  @Test func anchorsCountOnlyForTheirPurposes() throws {
    let trust = TrustConfiguration(anchorSets: [
      .init(
        name: "documents", anchors: [SignedPNG.credential.root.certificate],
        extendedKeyUsages: [ExtendedKeyUsage.documentSigning])
    ])
    let report = try SignedPNG().report(trust: trust)
    #expect(report.state == .valid)
    #expect(report.codes(.failure) == ["signingCredential.untrusted"])
  }

  @Test func timeStampAnchorsVouchForNoSigner() throws {
    let trust = TrustConfiguration(timeStampAnchors: [SignedPNG.credential.root.certificate])
    #expect(try SignedPNG().report(trust: trust).state == .valid)
  }

  @Test func signersAreAcceptedByTheHashOfTheirCertificate() throws {
    let leaf = SignedPNG.credential.leaf
    for line in [Hex.encode(leaf.sha256), Base64.encode(leaf.sha256)] {
      let text = "// a camera\n\(line)\n"
      let list = try #require(
        TrustConfiguration.AllowedList(name: "cameras", list: Array(text.utf8)))
      let report = try SignedPNG().report(trust: TrustConfiguration(allowedLists: [list]))
      #expect(report.state == .trusted)
      #expect(report.trustSource == "cameras")
    }
    let both = leaf.pem + Array((Hex.encode([UInt8](repeating: 1, count: 32)) + "\n").utf8)
    let list = try #require(TrustConfiguration.AllowedList(name: "both", list: both))
    #expect(
      try SignedPNG().report(trust: TrustConfiguration(allowedLists: [list])).state == .trusted)
    for wrong in ["", "# nothing", "01ab", "not a hash at all", "-----BEGIN CERTIFICATE-----"] {
      #expect(TrustConfiguration.AllowedList(name: "x", list: Array(wrong.utf8)) == nil)
    }
  }

  @Test func listsOfPurposesAreReadStrictly() {
    #expect(
      ExtendedKeyUsage.parseList("//mail\n1.3.6.1.5.5.7.3.4\n\n# c2pa\n1.3.6.1.4.1.62558.2.1 x\n")
        == [ExtendedKeyUsage.emailProtection, ExtendedKeyUsage.claimSigning])
    #expect(ExtendedKeyUsage.parseList("emailProtection") == nil)
    #expect(ExtendedKeyUsage.parseList("// nothing") == nil)
  }
}
