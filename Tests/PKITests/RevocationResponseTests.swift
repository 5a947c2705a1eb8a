import Foundation
import PKI
import TestKit
import Testing

/// Responses that `openssl ocsp` makes, with certificates from `CertificateIssuer`.
struct RevocationResponseTests {
  let folder: URL
  let root: CertificateIssuer
  let leaf: Certificate
  let now = Int64(Date().timeIntervalSince1970)

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "ocsp-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let key = try PrivateKey.generate(.p256)
    root = try CertificateIssuer.makeRoot(
      name: DistinguishedName(commonName: "Root", organization: "Test"), key: key,
      notBefore: now - 86_400, days: 3650)
    leaf = try root.issue(
      .claimSigner, name: DistinguishedName(commonName: "Signer", organization: "Test"),
      publicKey: try PrivateKey.generate(.p256).publicKey, notBefore: now - 86_400, days: 30)
    try Data(key.pem()).write(to: folder.appending(path: "root.key"))
    try Data(root.certificate.pem).write(to: folder.appending(path: "root.pem"))
    try Data(leaf.pem).write(to: folder.appending(path: "leaf.pem"))
  }

  private func openssl(_ arguments: String...) throws {
    let result = try TestKit.runBlocking(
      "openssl", arguments: arguments, directory: folder.path)
    try #require(result.status == 0, "\(result.stderr)")
  }

  /// The authority's answer about the leaf; `line` is its row in the authority's own index.
  private func answer(_ line: String) throws -> [UInt8] {
    try Data((line + "\n").utf8).write(to: folder.appending(path: "index.txt"))
    try openssl(
      "ocsp", "-issuer", "root.pem", "-cert", "leaf.pem", "-no_nonce", "-reqout", "request.der")
    try openssl(
      "ocsp", "-index", "index.txt", "-rsigner", "root.pem", "-rkey", "root.key", "-CA",
      "root.pem", "-reqin", "request.der", "-respout", "response.der", "-ndays", "1")
    return [UInt8](try Data(contentsOf: folder.appending(path: "response.der")))
  }

  private var serial: String { leaf.serialNumber.uppercased() }

  @Test func aGoodAnswerSaysFromWhenToWhenItHolds() throws {
    let der = try answer("V\t400101000000Z\t\t\(serial)\tunknown\t/CN=Signer")
    guard
      case .good(_, let from, let until) = RevocationResponse.check(
        der, certificate: leaf, issuer: root.certificate)
    else {
      Issue.record("not good")
      return
    }
    #expect(abs(from - now) < 600)
    #expect(until == from + 86_400)
  }

  @Test func aRevocationSaysWhen() throws {
    let der = try answer("R\t400101000000Z\t260101000000Z\t\(serial)\tunknown\t/CN=Signer")
    #expect(
      RevocationResponse.check(der, certificate: leaf, issuer: root.certificate)
        == .revoked(at: 1_767_225_600))
  }

  @Test func aStrangersAnswerSaysNothing() throws {
    let der = try answer("V\t400101000000Z\t\t\(serial)\tunknown\t/CN=Signer")
    let other = try CertificateIssuer.makeRoot(
      name: DistinguishedName(commonName: "Root", organization: "Test"),
      key: try PrivateKey.generate(.p256), notBefore: now - 86_400, days: 30)
    let otherLeaf = try root.issue(
      .claimSigner, name: DistinguishedName(commonName: "Other", organization: "Test"),
      publicKey: try PrivateKey.generate(.p256).publicKey, notBefore: now - 86_400, days: 30)
    for verdict in [
      RevocationResponse.check(der, certificate: leaf, issuer: other.certificate),
      RevocationResponse.check(der, certificate: otherLeaf, issuer: root.certificate),
      RevocationResponse.check(Array(der.dropLast()), certificate: leaf, issuer: root.certificate),
      RevocationResponse.check([1, 2, 3], certificate: leaf, issuer: root.certificate),
    ] {
      guard case .unusable = verdict else {
        Issue.record("\(verdict)")
        continue
      }
    }
    var bent = der
    bent[80] ^= 1
    guard
      case .unusable = RevocationResponse.check(bent, certificate: leaf, issuer: root.certificate)
    else {
      Issue.record("a bent signature was accepted")
      return
    }
  }
}
