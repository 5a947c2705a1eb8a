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

  @Test func listsOfPurposesAreReadStrictly() {
    #expect(
      ExtendedKeyUsage.parseList("//mail\n1.3.6.1.5.5.7.3.4\n\n# c2pa\n1.3.6.1.4.1.62558.2.1 x\n")
        == [ExtendedKeyUsage.emailProtection, ExtendedKeyUsage.claimSigning])
    #expect(ExtendedKeyUsage.parseList("emailProtection") == nil)
    #expect(ExtendedKeyUsage.parseList("// nothing") == nil)
  }
}
