import C2PA
import CBOR
import JUMBF
import Testing

/// The credential store of claims of version 1 (C2PA 1.4 section 9.4).
struct CredentialStoreCheckTests {
  private static func signed(_ boxes: [UInt8], version: Claim.Version = .v1) -> SignedPNG {
    var signed = SignedPNG()
    signed.version = version
    signed.further = JUMBFBuilder.superbox(
      JUMBFType("c2vc"), label: "c2pa.credentials", contents: boxes)
    return signed
  }

  private static func credential(_ json: String) -> [UInt8] {
    JUMBFBuilder.superbox(
      .json, label: "did:nppa:eb1bb9934d9896a374c384521410c7f14",
      contents: JUMBFBuilder.box(.json, Array(json.utf8)))
  }

  @Test func `A store that can be read is nobody's concern`() throws {
    let good = Self.credential(#"{"credentialSubject": {"id": "did:nppa:eb1b", "name": "J."}}"#)
    let report = try Self.signed(good).report()
    #expect(report.codes(.failure) == [])
    #expect(report.state == .trusted)
  }

  @Test(arguments: [
    credential("{"), credential(#"{"credentialSubject": {"name": "J."}}"#), credential("[]"),
    SignedPNG.assertionBox("did:nppa:eb1b", ["credentialSubject": ["id": "did:nppa:eb1b"]]),
    JUMBFBuilder.box(.json, Array("{}".utf8)),
  ])
  func `A store that cannot be read was damaged`(_ boxes: [UInt8]) throws {
    let report = try Self.signed(boxes).report()
    #expect(report.codes(.failure) == ["general.error"])
    #expect(report.state == .invalid)
    #expect(report.findings.contains { $0.uri.hasSuffix("/c2pa.credentials") })
  }

  @Test func `Claims of version 2 have no such store`() throws {
    let good = Self.credential(#"{"credentialSubject": {"id": "did:nppa:eb1b"}}"#)
    #expect(
      try Self.signed(good, version: .v2).report().codes(.failure) == [
        "assay.manifest.uncoveredBox"
      ])
  }
}
