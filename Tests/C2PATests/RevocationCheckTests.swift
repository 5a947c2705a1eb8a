import C2PA
import CBOR
import Foundation
import PKI
import TestKit
import Testing

/// Staples that `openssl ocsp` makes in the name of the test root.
@Suite struct RevocationCheckTests {
  /// What the root says of `certificate`, or else of the leaf.
  private func staple(
    _ line: String, _ credential: SignedPNG.Credential, of certificate: Certificate? = nil
  ) async throws -> [UInt8] {
    let folder = try TemporaryDirectory()
    try folder.write("root.key", credential.rootKey.pem())
    try folder.write("root.pem", credential.root.certificate.pem)
    try folder.write("leaf.pem", (certificate ?? credential.leaf).pem)
    try folder.write("index.txt", Array((line + "\n").utf8))
    for arguments in [
      ["ocsp", "-issuer", "root.pem", "-cert", "leaf.pem", "-no_nonce", "-reqout", "request.der"],
      [
        "ocsp", "-index", "index.txt", "-rsigner", "root.pem", "-rkey", "root.key", "-CA",
        "root.pem", "-reqin", "request.der", "-respout", "response.der", "-ndays", "1",
      ],
    ] {
      let result = try await TestKit.run(
        "openssl", arguments: arguments, directory: folder.path("."))
      try #require(result.status == 0, "\(result.stderr)")
    }
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.path("response.der"))))
  }

  private func file(stapling responses: [[UInt8]]) -> SignedPNG {
    var file = SignedPNG()
    file.editSignature = { message in
      guard case .tagged(let tag, .array(var parts)) = message else { return message }
      parts[1] = ["rVals": ["ocspVals": .array(responses.map { .bytes($0) })]]
      return .tagged(tag: tag, .array(parts))
    }
    return file
  }

  @Test func aRevokedSignerIsInvalidAlsoBesideGarbageAndWithoutItsIssuerInTheChain() async throws {
    let credential = SignedPNG.credential
    let serial = credential.leaf.serialNumber.uppercased()
    let revoked = try await staple(
      "R\t400101000000Z\t251215000000Z\t\(serial)\tunknown\t/CN=Signer", credential)
    let report = try file(stapling: [[1, 2, 3], revoked]).report()
    #expect(report.state == .invalid)
    #expect(report.codes(.failure) == ["signingCredential.ocsp.revoked"])
    #expect(report.reason.contains("2025-12-15"))
    // The same in a later manifest's assertion instead of the signature.
    var status = SignedPNG()
    status.assertions.append(("c2pa.certificate-status", ["ocspVals": [.bytes(revoked)]]))
    #expect(try status.report().codes(.failure) == ["signingCredential.ocsp.revoked"])
  }

  @Test func aRevokedAuthorityVouchesForNobody() async throws {
    let top = SignedPNG.credential
    let start = SignedPNG.now - 86400 * 30
    let between = try top.root.makeIntermediate(
      name: DistinguishedName(commonName: "Between", organization: "Tests"),
      key: PrivateKey.generate(.p256), notBefore: start, days: 3650)
    let key = try PrivateKey.generate(.p256)
    let leaf = try between.issue(
      .claimSigner, name: DistinguishedName(commonName: "Signer", organization: "Newsroom"),
      publicKey: key.publicKey, notBefore: start, days: 365)
    func report(stapling responses: [[UInt8]]) throws -> VerificationReport {
      var file = file(stapling: responses)
      file.credential = .init(root: top.root, rootKey: top.rootKey, leaf: leaf, key: key)
      file.certificates = [leaf.der, between.certificate.der]
      return try file.report()
    }
    #expect(try report(stapling: []).state == .trusted)
    let serial = between.certificate.serialNumber.uppercased()
    for (date, state) in [("251215000000Z", ValidationState.valid), ("270101000000Z", .trusted)] {
      let response = try await staple(
        "R\t400101000000Z\t\(date)\t\(serial)\tunknown\t/CN=Between", top,
        of: between.certificate)
      let report = try report(stapling: [response])
      #expect(report.state == state, "\(report.reason)")
      #expect(
        report.codes(.failure) == (state == .valid ? ["signingCredential.untrusted"] : []))
      #expect(report.trustSource == (state == .valid ? nil : "newsrooms"))
    }
  }

  @Test func anAnswerThatProvesNothingIsNotTakenForGood() async throws {
    let other = try SignedPNG.Credential()
    let serial = other.leaf.serialNumber.uppercased()
    let stranger = try await staple(
      "R\t400101000000Z\t251215000000Z\t\(serial)\tunknown\t/CN=Signer", other)
    for response in [stranger, [0x30, 0]] {
      let report = try file(stapling: [response]).report()
      #expect(report.state == .trusted)
      #expect(report.codes(.informational) == ["signingCredential.ocsp.skipped"])
      #expect(!report.codes(.success).contains("signingCredential.ocsp.notRevoked"))
    }
  }
}
