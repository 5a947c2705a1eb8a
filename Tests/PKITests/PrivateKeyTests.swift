import Bytes
import PKI
import Testing

struct PrivateKeyTests {
  static let pairs: [(KeyKind, SignatureAlgorithm, Int)] = [
    (.p256, .es256, 64), (.p384, .es384, 96), (.p521, .es512, 132), (.ed25519, .ed25519, 64),
    (.rsa(bits: 2048), .ps256, 256), (.rsa(bits: 2048), .ps384, 256),
    (.rsa(bits: 2048), .ps512, 256), (.rsaPSS(bits: 2048), .ps256, 256),
  ]

  @Test(arguments: pairs)
  func `what is signed verifies, and nothing else does`(
    kind: KeyKind, algorithm: SignatureAlgorithm, length: Int
  ) throws {
    let key = try PrivateKey.generate(kind)
    #expect(key.kind == kind)
    let message = Array("Sig_structure".utf8)
    var signature = try key.sign(message, algorithm: algorithm)
    #expect(signature.count == length)
    let reloaded = try PublicKey(spkiDER: key.publicKey.spkiDER)
    #expect(reloaded.verify(signature: signature, message: message, algorithm: algorithm))
    #expect(!reloaded.verify(signature: signature, message: message + [0], algorithm: algorithm))
    #expect(!reloaded.verify(signature: signature + [0], message: message, algorithm: algorithm))
    #expect(!reloaded.verify(signature: [], message: message, algorithm: algorithm))
    signature[signature.count - 1] ^= 1
    #expect(!reloaded.verify(signature: signature, message: message, algorithm: algorithm))
  }

  @Test func `a PEM round trip keeps the key`() throws {
    let key = try PrivateKey.generate(.p256)
    let again = try PrivateKey(pem: key.pem())
    #expect(again.publicKey.spkiDER == key.publicKey.spkiDER)
    let publicAgain = try PublicKey(pem: key.publicKey.pem)
    #expect(publicAgain.spkiDER == key.publicKey.spkiDER)
  }

  /// RFC 8032 section 7.1, test 2.
  @Test func `an Ed25519 vector`() throws {
    let seed = try #require(
      Hex.decode("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
    let key = try PrivateKey(ed25519Seed: seed)
    #expect(
      key.publicKey.rawEd25519.map(Hex.encode)
        == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    #expect(
      Hex.encode(try key.sign([0x72], algorithm: .ed25519))
        == "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
  }

  @Test func `an algorithm that does not fit the curve is refused`() throws {
    let key = try PrivateKey.generate(.p384)
    let error = #expect(throws: PKIError.self) { try key.sign([1], algorithm: .es256) }
    #expect(error?.code == .algorithmMismatch)
  }

  @Test func `what is no key is refused without asking for a passphrase`() {
    let error = #expect(throws: PKIError.self) { try PrivateKey(pem: Array("hello".utf8)) }
    #expect(error?.code == .malformedKey)
    #expect(throws: PKIError.self) { try PrivateKey(pem: []) }
    #expect(throws: PKIError.self) { try PublicKey(rawEd25519: [1, 2, 3]) }
  }

  @Test func `an encrypted key needs its passphrase`() throws {
    let pem = try PrivateKey.generate(.ed25519).pem(passphrase: Array("secret".utf8))
    #expect(throws: PKIError.self) { try PrivateKey(pem: pem) }
    let wrong = #expect(throws: PKIError.self) {
      try PrivateKey(pem: pem, passphrase: Array("public".utf8))
    }
    #expect(wrong?.code == .wrongPassphrase)
    #expect(try PrivateKey(pem: pem, passphrase: Array("secret".utf8)).kind == .ed25519)
  }
}
