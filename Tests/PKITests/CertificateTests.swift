import PKI
import Testing

struct CertificateTests {
  static func root(_ name: String) throws -> Certificate {
    try CertificateIssuer.makeRoot(
      name: DistinguishedName(commonName: name, organization: "Test"),
      key: .generate(.ed25519), notBefore: 0, days: 1
    ).certificate
  }

  @Test func `a PEM text gives all its certificates`() throws {
    let first = try Self.root("First")
    let second = try Self.root("Second")
    let key = try PrivateKey.generate(.ed25519).pem()
    let text = Array("# a list\n".utf8) + first.pem + key + Array("\nand\n".utf8) + second.pem
    #expect(try Certificate.parsePEM(text) == [first, second])
    #expect(try Certificate(der: first.der).sha256 == HashAlgorithm.sha256.digest(first.der))
  }

  @Test func `a text without certificates is an error`() {
    for text in ["", "hello"] {
      let error = #expect(throws: PKIError.self) { try Certificate.parsePEM(Array(text.utf8)) }
      #expect(error?.code == .noCertificate)
    }
  }

  @Test func `a damaged certificate is named by its place`() throws {
    let good = try Self.root("Good").pem
    var bad = String(decoding: good, as: UTF8.self)
    bad = bad.replacing("MII", with: "AII", maxReplacements: 1)
    bad = bad.replacing("\nMIB", with: "\nAIB", maxReplacements: 1)
    let text = good + Array(bad.utf8)
    let error = #expect(throws: PKIError.self) { try Certificate.parsePEM(text) }
    #expect(error?.code == .malformedCertificate)
    #expect(error?.detail.hasPrefix("certificate 2 ") == true)
  }

  @Test func `bytes behind the certificate, or too few, are refused`() throws {
    let der = try Self.root("Root").der
    #expect(throws: PKIError.self) { try Certificate(der: der + [0]) }
    for length in stride(from: 0, to: der.count, by: 7) {
      #expect(throws: PKIError.self) { try Certificate(der: Array(der[..<length])) }
    }
  }

  @Test func `a certificate signed with RSASSA-PSS tells its parameters`() throws {
    let root = try CertificateIssuer.makeRoot(
      name: DistinguishedName(commonName: "PSS", organization: "Test"),
      key: .generate(.rsaPSS(bits: 2048)), notBefore: 0, days: 1
    ).certificate
    #expect(root.signatureAlgorithmOID == "1.2.840.113549.1.1.10")
    #expect(root.pssParameters?.hash == .sha256)
    #expect(root.pssParameters?.maskHash == .sha256)
    #expect(root.publicKey.kind == .rsaPSS(bits: 2048))
    #expect(root.isSelfSigned)
    #expect(try Self.root("Ed25519").pssParameters == nil)
  }
}
