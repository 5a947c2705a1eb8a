import C2PA
import PKI
import Testing

@Suite struct CertificateProfileTests {
  @Test func ourOwnSignersKeepEveryRule() {
    #expect(CertificateProfile.violations(of: SignedPNG.credential.leaf) == [])
  }

  @Test func anAuthorityBreaksTheRulesForLeaves() {
    let rules = CertificateProfile.violations(of: SignedPNG.credential.root.certificate).map(\.rule)
    #expect(rules.contains(.basicConstraints))
    #expect(rules.contains(.keyUsage))
    #expect(rules.contains(.extendedKeyUsage))
  }

  @Test func aTimeStampingLeafIsNamedAsSuch() throws {
    let credential = try SignedPNG.Credential(.timeStampAuthority)
    let violations = CertificateProfile.violations(of: credential.leaf)
    #expect(violations.map(\.rule) == [.extendedKeyUsageExclusivity])
    #expect(violations.first?.explanation.contains("time stamps") == true)
    // Not even a list that names the purpose makes it a signer.
    #expect(
      CertificateProfile.violations(
        of: credential.leaf, purposes: [ExtendedKeyUsage.timeStamping]) == violations)
  }

  @Test func aPurposeThatNobodyAcceptsIsARule() {
    let violations = CertificateProfile.violations(
      of: SignedPNG.credential.leaf, purposes: ["1.2.3.4"])
    #expect(violations.map(\.rule) == [.extendedKeyUsage])
  }
}
