import Foundation
import PKI
import TestKit
import Testing

/// Tokens that `openssl ts` makes, with certificates from `CertificateIssuer`.
struct TimeStampTokenTests {
  let folder: URL
  let root: CertificateIssuer
  let data = Array("what was signed".utf8)
  let now = Int64(Date().timeIntervalSince1970)

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "tsa-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    root = try CertificateIssuer.makeRoot(
      name: DistinguishedName(commonName: "TSA Root", organization: "Test"),
      key: .generate(.p256), notBefore: now - 86_400, days: 3650)
  }

  private func openssl(_ arguments: String...) throws {
    let result = try TestKit.runBlocking(
      "openssl", arguments: arguments, directory: folder.path)
    try #require(result.status == 0, "\(result.stderr)")
  }

  private func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appending(path: name)))
  }

  /// A response (`response.tsr`) and its bare token (`token.der`) over `data`.
  private func stamp(
    key: PrivateKey, certificate: Certificate, hash: String = "sha256", signing: String = "sha256"
  ) throws {
    try Data(key.pem()).write(to: folder.appending(path: "tsa.key"))
    try Data(certificate.pem).write(to: folder.appending(path: "tsa.pem"))
    try Data(root.certificate.pem).write(to: folder.appending(path: "root.pem"))
    try Data(data).write(to: folder.appending(path: "data"))
    try Data("01".utf8).write(to: folder.appending(path: "serial"))
    let configuration = """
      [tsa]
      default_tsa = main
      [main]
      serial = serial
      signer_cert = tsa.pem
      certs = root.pem
      signer_key = tsa.key
      signer_digest = \(signing)
      default_policy = 1.2.3.4
      digests = sha1, sha256, sha384, sha512
      accuracy = secs:1
      """
    try Data(configuration.utf8).write(to: folder.appending(path: "tsa.cnf"))
    try openssl("ts", "-query", "-data", "data", "-\(hash)", "-cert", "-out", "query.tsq")
    try openssl(
      "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq", "-out", "response.tsr")
    try openssl(
      "ts", "-reply", "-config", "tsa.cnf", "-in", "response.tsr", "-token_out", "-out",
      "token.der")
  }

  /// The case's name: what it says beside is for people.
  private func outcome(
    _ token: [UInt8], imprinted: [UInt8]? = nil, anchors: [Certificate]? = nil
  ) -> String {
    switch TimeStampToken.verify(
      token, imprinted: imprinted ?? data, anchors: anchors ?? [root.certificate])
    {
    case .trusted: "trusted"
    case .malformed: "malformed"
    case .mismatch: "mismatch"
    case .untrusted: "untrusted"
    case .outsideValidity: "outsideValidity"
    }
  }

  private func authority(
    _ role: CertificateIssuer.Role = .timeStampAuthority, days: Int = 30
  ) throws -> (PrivateKey, Certificate) {
    let key = try PrivateKey.generate(.rsa(bits: 2048))
    let name = DistinguishedName(commonName: "TSA", organization: "Test")
    return (
      key,
      try root.issue(
        role, name: name, publicKey: key.publicKey, notBefore: now - 3600, days: days)
    )
  }

  @Test func `an answer to our own request is taken, and one to another request is not`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let (key, certificate) = try authority()
    try stamp(key: key, certificate: certificate)
    let request = try TimeStampRequest(over: data)
    #expect(throws: PKIError.self) { try request.token(in: bytes("response.tsr")) }
    try Data(request.der).write(to: folder.appending(path: "own.tsq"))
    try openssl("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "own.tsq", "-out", "own.tsr")
    let token = try request.token(in: try bytes("own.tsr"))
    #expect(abs(token.time - now) < 600)
    #expect(throws: PKIError.self) {
      try TimeStampRequest(over: data).token(in: bytes("own.tsr"))
    }
  }

  @Test(arguments: ["sha256", "sha384", "sha512"])
  func `a response and its bare token are trusted`(hash: String) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let (key, certificate) = try authority()
    try stamp(key: key, certificate: certificate, hash: hash)
    for name in ["response.tsr", "token.der"] {
      let verdict = TimeStampToken.verify(
        try bytes(name), imprinted: data, anchors: [root.certificate])
      guard case .trusted(let time, let path) = verdict else {
        Issue.record("\(name): \(verdict)")
        continue
      }
      #expect(abs(time - now) < 600)
      #expect(path == [certificate, root.certificate])
    }
    let token = try TimeStampToken(der: try bytes("token.der"))
    #expect(token.imprintAlgorithm?.rawValue == hash)
    #expect(try TimeStampToken(der: try bytes("response.tsr")).der == token.der)
  }

  @Test func `other bytes, other anchors and changed tokens are not trusted`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let (key, certificate) = try authority()
    try stamp(key: key, certificate: certificate)
    let token = try bytes("token.der")
    #expect(outcome(token) == "trusted")
    #expect(outcome(token, imprinted: data + [0]) == "mismatch")
    let stranger = try CertificateIssuer.makeRoot(
      name: DistinguishedName(commonName: "TSA Root", organization: "Test"),
      key: .generate(.p256), notBefore: now - 86_400, days: 1)
    #expect(outcome(token, anchors: []) == "untrusted")
    #expect(outcome(token, anchors: [stranger.certificate]) == "untrusted")
    for index in stride(from: 0, to: token.count, by: 3) {
      var changed = token
      changed[index] ^= 1
      let verdict = TimeStampToken.verify(changed, imprinted: data, anchors: [root.certificate])
      // A few bits, such as those of an unused certificate's name, are outside the signature.
      if let time = verdict.time { #expect(abs(time - now) < 600) }
      if index > token.count - 200 { #expect(verdict.time == nil) }
    }
    for length in stride(from: 0, to: token.count, by: 41) {
      #expect(outcome(Array(token[..<length])) == "malformed")
    }
  }

  @Test func `SHA-1 is not allowed`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let (key, certificate) = try authority()
    try stamp(key: key, certificate: certificate, hash: "sha1")
    #expect(outcome(try bytes("token.der")) == "untrusted")
    try stamp(key: key, certificate: certificate, signing: "sha1")
    #expect(outcome(try bytes("token.der")) == "untrusted")
  }

  @Test func `an authority whose certificate was not valid is outside validity`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let key = try PrivateKey.generate(.rsa(bits: 2048))
    let expired = try root.issue(
      .timeStampAuthority, name: DistinguishedName(commonName: "TSA", organization: "Test"),
      publicKey: key.publicKey, notBefore: now - 86_400 * 3, days: 1)
    try stamp(key: key, certificate: expired)
    #expect(outcome(try bytes("token.der")) == "outsideValidity")
  }

  @Test func `what is no time stamp is malformed`() {
    defer { try? FileManager.default.removeItem(at: folder) }
    for bytes in [[], [0x30, 0x00], Array("hello".utf8), root.certificate.der] {
      #expect(outcome(bytes) == "malformed")
    }
  }
}
