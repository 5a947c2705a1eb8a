import Foundation
import PKI
import TestKit
import Testing

/// A hierarchy as `CertificateIssuer` makes it, judged by our own chain and by `openssl verify`.
struct CertificateChainTests {
  static let start: Int64 = 1_760_000_000
  static let day: Int64 = 86_400

  let root: CertificateIssuer
  let intermediate: CertificateIssuer
  let leaf: Certificate
  let leafKey: PrivateKey

  init() throws {
    root = try CertificateIssuer.makeRoot(
      name: DistinguishedName(commonName: "Test Root", organization: "Test"),
      key: .generate(.p256), notBefore: Self.start - 5 * Self.day, days: 3650)
    intermediate = try root.makeIntermediate(
      name: DistinguishedName(commonName: "Test Intermediate", organization: "Test"),
      key: .generate(.p384), notBefore: Self.start - 5 * Self.day, days: 1825)
    leafKey = try .generate(.p256)
    leaf = try intermediate.issue(
      .claimSigner, name: DistinguishedName(commonName: "Signer Ä", organization: "Test"),
      publicKey: leafKey.publicKey, notBefore: Self.start, days: 90)
  }

  private func verdict(
    intermediates: [Certificate]? = nil, anchors: [Certificate]? = nil, at day: Int64 = 1
  ) -> ChainVerdict {
    CertificateChain.verify(
      leaf: leaf, intermediates: intermediates ?? [intermediate.certificate],
      anchors: anchors ?? [root.certificate], at: Self.start + day * Self.day)
  }

  @Test func `a leaf leads to its root`() {
    #expect(
      verdict() == .trusted(path: [leaf, intermediate.certificate, root.certificate]))
    #expect(verdict().anchor == root.certificate)
  }

  @Test func `an intermediate authority is an anchor when it is given as one`() {
    let verdict = verdict(intermediates: [], anchors: [intermediate.certificate])
    #expect(verdict.anchor == intermediate.certificate)
  }

  @Test func `validity is judged at the given time`() {
    #expect(verdict(at: 91) == .expired(leaf))
    #expect(verdict(at: -1) == .notYetValid(leaf))
  }

  @Test func `no path means untrusted`() throws {
    #expect(!verdict(intermediates: []).isTrusted)
    #expect(verdict(anchors: []) == .untrusted(reason: "no trust anchors are configured"))
    let stranger = try CertificateIssuer.makeRoot(
      name: DistinguishedName(commonName: "Test Root", organization: "Test"),
      key: .generate(.p256), notBefore: Self.start, days: 10)
    guard case .untrusted = verdict(anchors: [stranger.certificate]) else {
      Issue.record("a root of the same name was trusted")
      return
    }
  }

  @Test func `a leaf cannot issue`() throws {
    let rogue = CertificateIssuer(certificate: leaf, key: leafKey)
    let forged = try rogue.issue(
      .claimSigner, name: DistinguishedName(commonName: "Forged", organization: "Test"),
      publicKey: leafKey.publicKey, notBefore: Self.start, days: 30)
    let verdict = CertificateChain.verify(
      leaf: forged, intermediates: [leaf, intermediate.certificate],
      anchors: [root.certificate], at: Self.start + Self.day)
    #expect(!verdict.isTrusted)
  }

  @Test func `the leaf follows the claim signer's profile`() throws {
    #expect(leaf.version == 3)
    #expect(!leaf.hasUniqueIdentifiers)
    #expect(leaf.subject.commonName == "Signer Ä")
    #expect(leaf.subject.text == "CN=Signer Ä,O=Test")
    #expect(leaf.issuer == intermediate.certificate.subject)
    #expect(leaf.signatureAlgorithmOID == "1.2.840.10045.4.3.3")
    #expect(leaf.publicKey.kind == .p256)
    #expect(leaf.extendedKeyUsages == ["1.3.6.1.4.1.62558.2.1", "1.3.6.1.5.5.7.3.4"])
    #expect(leaf.keyUsage == .digitalSignature)
    #expect(leaf.extensions.critical == ["2.5.29.19", "2.5.29.15"])
    #expect(leaf.extensions.basicConstraints?.isCertificateAuthority == false)
    #expect(leaf.hasAuthorityKeyIdentifier && leaf.hasSubjectKeyIdentifier)
    #expect(!leaf.isCertificateAuthority && !leaf.isSelfSigned && !leaf.extensions.isMalformed)
    #expect(leaf.notBefore == Self.start && leaf.notAfter == Self.start + 90 * Self.day)
    #expect(root.certificate.isSelfSigned && root.certificate.isCertificateAuthority)
    #expect(root.certificate.keyUsage == [.keyCertSign, .cRLSign])
    #expect(intermediate.certificate.extensions.basicConstraints?.pathLength == 0)
  }

  /// RFC 5280 section 6.1.4 (k): keyCertSign is not enough.
  @Test func `an authority must say so in basicConstraints`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let rootKey = try PrivateKey.generate(.p256)
    let now = Int64(Date().timeIntervalSince1970)
    let root = try CertificateIssuer.makeRoot(
      name: DistinguishedName(commonName: "Root", organization: "Test"), key: rootKey,
      notBefore: now - 60, days: 30)
    let key = try PrivateKey.generate(.p256)
    for (name, bytes) in [
      ("root.pem", root.certificate.pem), ("root.key", rootKey.pem()), ("sub.key", key.pem()),
      ("extensions", Array("keyUsage=critical,keyCertSign,digitalSignature\n".utf8)),
    ] {
      try Data(bytes).write(to: folder.appending(path: name))
    }
    for command in [
      "req -new -key sub.key -subj /CN=Sub -out sub.csr",
      "x509 -req -in sub.csr -CA root.pem -CAkey root.key -set_serial 7 -days 20 "
        + "-extfile extensions -out sub.pem",
    ] {
      #expect(try Self.openssl(command.split(separator: " ").map(String.init), in: folder) == 0)
    }
    let pem = [UInt8](try Data(contentsOf: folder.appending(path: "sub.pem")))
    let authority = CertificateIssuer(certificate: try Certificate.parsePEM(pem)[0], key: key)
    let leaf = try authority.issue(
      .claimSigner, name: DistinguishedName(commonName: "Leaf", organization: "Test"),
      publicKey: leafKey.publicKey, notBefore: now - 60, days: 10)
    #expect(
      CertificateChain.verify(
        leaf: leaf, intermediates: [authority.certificate], anchors: [root.certificate], at: nil)
        == .untrusted(reason: "invalid CA certificate: CN=Sub"))
  }

  @Test func `openssl verify accepts it, strictly`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, certificate) in [
      ("root", root.certificate), ("intermediate", intermediate.certificate), ("leaf", leaf),
    ] {
      try Data(certificate.pem).write(to: folder.appending(path: "\(name).pem"))
    }
    let arguments = [
      "verify", "-x509_strict", "-purpose", "smimesign", "-attime",
      String(Self.start + Self.day), "-CAfile", "root.pem", "-untrusted", "intermediate.pem",
      "leaf.pem",
    ]
    #expect(try Self.openssl(arguments, in: folder) == 0)
  }

  private static func openssl(_ arguments: [String], in folder: URL) throws -> Int32 {
    try TestKit.runBlocking("openssl", arguments: arguments, directory: folder.path).status
  }
}
